/** Photographs of floating point and 32 bits: imported in a range that a person confirmed, else left out by name. */
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { importFolder } from '../../../../src/main/features/import/import-folder.ts'
import { previewFolder } from '../../../../src/main/features/import/preview-folder.ts'
import { planFolder } from '../../../../src/main/features/layouts/plan.ts'
import { decodeImage } from '../../../../src/main/images/decode.ts'
import { findDataset } from '../../../../src/main/store/datasets.ts'
import { listImages } from '../../../../src/main/store/images.ts'
import { freshWorkspace } from '../../store/stocked-workspace.ts'
import { temporaryFolder } from '../../store/temporary-folder.ts'
import { writeFolder } from './photographs.ts'

const [width, height] = [24, 20]

/** A gray TIFF of one strip. @param format 1 unsigned, 2 signed, 3 floating point */
function tiff(data: Float32Array | Int32Array | Uint32Array, format: number): Buffer {
  const entries: [tag: number, type: number, value: number][] = [
    [256, 3, width],
    [257, 3, height],
    [258, 3, 32],
    [259, 3, 1],
    [262, 3, 1],
    [273, 4, 8],
    [277, 3, 1],
    [278, 3, height],
    [279, 4, data.byteLength],
    [339, 3, format],
  ]
  const directory = Buffer.alloc(2 + entries.length * 12 + 4)
  directory.writeUInt16LE(entries.length, 0)
  for (const [i, [tag, type, value]] of entries.entries()) {
    directory.writeUInt16LE(tag, 2 + i * 12)
    directory.writeUInt16LE(type, 4 + i * 12)
    directory.writeUInt32LE(1, 6 + i * 12)
    directory.writeUInt32LE(value, 10 + i * 12)
  }
  const head = Buffer.from([0x49, 0x49, 42, 0, 0, 0, 0, 0])
  head.writeUInt32LE(8 + data.byteLength, 4)
  return Buffer.concat([head, Buffer.from(data.buffer), directory])
}
const values = Array.from({ length: width * height }, (_, i) => i / (width * height - 1))
const floats = tiff(Float32Array.from(values), 3)

async function pixels(workspace: ReturnType<typeof freshWorkspace>, file: string) {
  const image = listImages(workspace.db, { datasetId: findDataset(workspace.db, 'parts').id }).find(
    (one) => one.file === file,
  )
  if (!image) throw new RangeError(`${file} was not imported`)
  return (await decodeImage(workspace.blobs.path(image.sha256, image.format))).data
}

describe('photographs whose values have no range of their own', () => {
  it('are left out by name where nobody gave one, and the preview says what their values are', async () => {
    const folder = await writeFolder(temporaryFolder(), { 'good/1.png': 1, 'good/2.tif': floats })
    const preview = await previewFolder(folder)
    expect(preview.rangeNeeded).toEqual({ file: 'good/2.tif', seen: { low: 0, high: 1 } })
    const workspace = freshWorkspace()
    const { imported, refused, warnings } = await importFolder(workspace, { folder, dataset: 'parts' })
    expect(imported).toBe(1)
    expect(refused).toEqual([
      { file: 'good/2.tif', code: 'unsupported-type', params: { case: 'samples-float', bits: 32 } },
    ])
    expect(warnings).toContainEqual({
      file: 'good/2.tif',
      code: 'sample-range-needed',
      params: { low: 0, high: 1 },
    })
  })

  it.each([
    ['floating point', floats, { low: 0, high: 1 }],
    [
      'signed',
      tiff(
        Int32Array.from(values, (value) => Math.round(value * 2e9 - 1e9)),
        2,
      ),
      { low: -1e9, high: 1e9 },
    ],
    [
      'unsigned',
      tiff(
        Uint32Array.from(values, (value) => Math.round(value * 4e9)),
        1,
      ),
      { low: 0, high: 4e9 },
    ],
  ])('are imported in the range that is given: %s', async (_, bytes, range) => {
    const folder = await writeFolder(temporaryFolder(), { 'good/1.tif': bytes })
    const workspace = freshWorkspace()
    const report = await importFolder(workspace, { folder, dataset: 'parts', range })
    expect(report).toMatchObject({ imported: 1, refused: [] })
    expect(report.warnings.map(({ code }) => code)).toEqual(['sample-range'])
    const found = await pixels(workspace, 'good/1.tif')
    const expected = values.map((value) => Math.round(value * 65_535))
    expect(Math.max(...expected.map((value, i) => Math.abs(value - (found[i] ?? -1))))).toBeLessThanOrEqual(1)
  })

  it('keep the range for the dataset: a later import needs none and takes no other', async () => {
    const folder = await writeFolder(temporaryFolder(), { 'good/1.tif': floats })
    const workspace = freshWorkspace()
    await importFolder(workspace, { folder, dataset: 'parts', range: { low: 0.25, high: 0.75 } })
    const found = await pixels(workspace, 'good/1.tif')
    expect([found[0], found.at(-1)]).toEqual([0, 65_535])
    const later = await importFolder(workspace, { folder, dataset: 'parts' })
    expect(later).toMatchObject({ imported: 0, already: 1 })
    const codes = ['sample-range', 'sample-range-outside']
    expect(later.warnings.map(({ code }) => code)).toEqual(codes)
    await expect(
      importFolder(workspace, { folder, dataset: 'parts', range: { low: 0, high: 1 } }),
    ).rejects.toMatchObject({ code: 'sample-range-differs' })
  })

  it('have pixels outside of the range and without a value, which is said', async () => {
    const holes = Float32Array.from(values)
    holes.set([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY], 0)
    const folder = await writeFolder(temporaryFolder(), { 'good/1.tif': tiff(holes, 3) })
    const workspace = freshWorkspace()
    const { warnings } = await importFolder(workspace, {
      folder,
      dataset: 'parts',
      range: { low: 0, high: 1 },
    })
    expect(warnings.map(({ code }) => code)).toEqual([
      'sample-range',
      'sample-range-outside',
      'sample-range-missing',
    ])
    expect([...(await pixels(workspace, 'good/1.tif')).slice(0, 3)]).toEqual([0, 65_535, 0])
  })

  it('have their range in the plan', async () => {
    const folder = await writeFolder(temporaryFolder(), { 'good/1.tif': floats })
    const plan = await planFolder(folder, { range: { low: 0, high: 2 } })
    expect(plan.range).toEqual({ low: 0, high: 2 })
    expect(plan.notes).toEqual([])
    const saved = temporaryFolder()
    await writeFolder(saved, { 'plan.json': JSON.stringify(plan) })
    const workspace = freshWorkspace()
    await importFolder(workspace, { folder, dataset: 'parts', as: join(saved, 'plan.json') })
    expect((await pixels(workspace, 'good/1.tif')).at(-1)).toBe(Math.round(65_535 / 2))
  })
})
