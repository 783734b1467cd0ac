/**
 * Datasets drawn at random are exported in each format and imported again: equal, or each difference is named. The
 * seed is fixed; FANOSCOPE_ROUND_TRIPS draws as many datasets as it says, 1,000 for instance.
 */
import { join } from 'node:path'
import fc from 'fast-check'
import sharp from 'sharp'
import { describe, expect, it, onTestFinished } from 'vitest'
import { saveAnnotation, shapesOf } from '../../../../src/main/features/label/annotate.ts'
import { importMasks } from '../../../../src/main/features/label/exchange.ts'
import { exportMasks } from '../../../../src/main/features/label/export-masks.ts'
import { createDataset } from '../../../../src/main/store/datasets.ts'
import { addBlob, addImage, listImages } from '../../../../src/main/store/images.ts'
import { beginImport } from '../../../../src/main/store/imports.ts'
import { openWorkspace, type Workspace } from '../../../../src/main/store/workspace.ts'
import type { Dataset } from '../../../../src/shared/dataset.ts'
import type { Image } from '../../../../src/shared/image.ts'
import { shapesSchema } from '../../../../src/shared/label.ts'
import { areasOf, rasterize } from '../../../../src/shared/rasterize.ts'
import { temporaryFolder } from '../../store/temporary-folder.ts'
import { type DrawnImage, drawnDataset } from './drawn-datasets.ts'
import { filesBelow } from './files-below.ts'

const trips = Number(process.env.FANOSCOPE_ROUND_TRIPS ?? 12)

/** A dataset of the photographs, without what is drawn on them. */
async function stored(workspace: Workspace, name: string, images: readonly DrawnImage[]): Promise<Dataset> {
  const { db, blobs } = workspace
  const dataset = createDataset(db, { name, layout: 'mvtec', source: '/photographs' })
  const importId = beginImport(db, { datasetId: dataset.id, source: '/photographs', layout: 'mvtec' })
  for (const [place, { file, width, height }] of images.entries()) {
    const values = Uint8Array.from({ length: width * height }, (_, i) => (i * 31 + place * 17 + width) % 251)
    const png = await sharp(values, { raw: { width, height, channels: 1 } })
      .toColourspace('b-w')
      .png()
      .toBuffer()
    const staged = blobs.stageBytes(png)
    const { sha256, bytes } = staged
    blobs.publish([{ staged, format: 'png' }]).confirm()
    addBlob(db, { sha256, bytes, format: 'png' })
    const [split = '', folder = ''] = file.split('/')
    const isGood = folder === 'good'
    addImage(db, {
      datasetId: dataset.id,
      importId,
      sha256,
      file,
      width,
      height,
      channels: 1,
      bitDepth: 8,
      peak: 250,
      split: split === 'train' ? 'train' : split === 'validation' ? 'validation' : 'test',
      label: isGood ? 'normal' : 'anomalous',
      defectType: isGood ? null : folder,
      maskSha256: null,
      partGroup: null,
      warnings: [],
    })
  }
  return dataset
}

/** The pixels of each defect type, by the photograph's path. */
async function marks(workspace: Workspace, image: Image): Promise<Record<string, string>> {
  const raster = rasterize(shapesSchema.parse(await shapesOf(workspace, image.id)), image.width, image.height)
  const runs = (value: number) => [...raster.data].map((own) => (own === value ? '1' : '0')).join('')
  return Object.fromEntries(
    areasOf(raster).map(({ defectType }) => [defectType, runs(raster.types.indexOf(defectType) + 1)]),
  )
}

/** All that is marked, whatever its type. */
function united(found: Record<string, string>): string {
  const parts = Object.values(found)
  const [first = ''] = parts
  return [...first].map((_, i) => (parts.some((part) => part[i] === '1') ? '1' : '0')).join('')
}

/** Formats that have every pixel; boxes have only those around them. */
const formats = ['mvtec', 'coco', 'labelme', 'voc', 'yolo'] as const

describe.each(formats)('any dataset, exported as %s', (format) => {
  it('comes back equal, or each difference is named', async () => {
    const workspace = openWorkspace(join(temporaryFolder(), 'workspace'), { create: true })
    onTestFinished(() => workspace.close())
    let number = 0
    await fc.assert(
      fc.asyncProperty(drawnDataset, async (images) => {
        number += 1
        const from = await stored(workspace, `from ${number}`, images)
        const drawn = listImages(workspace.db, { datasetId: from.id })
        for (const [place, { id }] of drawn.entries()) {
          const { shapes = [] } = images[place] ?? {}
          if (shapes.length > 0) await saveAnnotation(workspace, { image: id, shapes, operatorId: null })
        }
        const before = listImages(workspace.db, { datasetId: from.id })
        const masked = before.filter(({ maskSha256 }) => maskSha256 !== null)
        if (masked.length === 0) return
        const folder = temporaryFolder()
        const written = await exportMasks(workspace, { dataset: from, format, folder })
        expect(written.images).toBe(masked.length)
        expect(filesBelow(folder)).toHaveLength(written.files)

        const to = await stored(workspace, `to ${number}`, images)
        const report = await importMasks(workspace, { dataset: to, format, folder })
        expect(report.skipped.map(({ file, code, params }) => ({ file, code, params }))).toEqual([])
        expect(report.images).toBe(masked.length)
        // A label that says "ignore" or "good" is no defect, and its shapes are named as left out.
        const named = new Set(
          report.notes
            .filter(
              ({ code, params }) => code === 'shape-left-out' && /^(ignored|good)$/.test(String(params.case)),
            )
            .map(({ params }) => params.image),
        )
        const after = listImages(workspace.db, { datasetId: to.id })
        for (const [place, image] of before.entries()) {
          const other = after[place]
          if (!other) throw new RangeError(`${image.file} is missing`)
          const [was, is] = [await marks(workspace, image), await marks(workspace, other)]
          if (named.has(image.file)) continue
          // A picture has no defect types: its pixels are those of all.
          if (format === 'mvtec') expect([image.file, united(is)]).toEqual([image.file, united(was)])
          else expect([image.file, is]).toEqual([image.file, was])
        }
      }),
      { seed: 20_240_611, numRuns: trips },
    )
  }, 3_600_000)
})
