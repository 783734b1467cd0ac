import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { onTestFinished } from 'vitest'
import { createDataset } from '../../../src/main/store/datasets.ts'
import { addBlob, addImage, type NewImage } from '../../../src/main/store/images.ts'
import { beginImport } from '../../../src/main/store/imports.ts'
import { openWorkspace, type Workspace } from '../../../src/main/store/workspace.ts'
import type { Dataset } from '../../../src/shared/dataset.ts'
import type { ImageId } from '../../../src/shared/values.ts'
import { temporaryFolder } from './temporary-folder.ts'

export interface Stocked {
  workspace: Workspace
  dataset: Dataset
  images: ImageId[]
}

/** A clock that ticks one second at each look. */
export function tickingClock(start = Date.UTC(2026, 0, 31, 12)): () => number {
  let time = start
  return () => {
    time += 1000
    return time
  }
}

export function freshWorkspace(): Workspace {
  const workspace = openWorkspace(join(temporaryFolder(), 'line'), { create: true, now: tickingClock() })
  onTestFinished(() => workspace.close())
  return workspace
}

/** A workspace with a dataset "parts" of `count` real 16 x 16 photographs; `values` changes the rows. */
export async function stockedWorkspace(
  count = 4,
  values: (index: number) => Partial<NewImage> = () => ({}),
): Promise<Stocked> {
  const workspace = freshWorkspace()
  const { db, blobs } = workspace
  const dataset = createDataset(db, { name: 'parts', layout: 'flat', source: '/photos' })
  const importId = beginImport(db, { datasetId: dataset.id, source: '/photos', layout: 'flat' })
  const images: ImageId[] = []
  const source = join(temporaryFolder(), 'photo.png')
  for (let i = 0; i < count; i++) {
    const samples = Buffer.alloc(256, i)
    writeFileSync(
      source,
      await sharp(samples, { raw: { width: 16, height: 16, channels: 1 } })
        .png()
        .toBuffer(),
    )
    const staged = blobs.stage(source)
    const publication = blobs.publish([{ staged, format: 'png' }])
    addBlob(db, { sha256: staged.sha256, format: 'png', bytes: staged.bytes })
    images.push(
      addImage(db, {
        datasetId: dataset.id,
        sha256: staged.sha256,
        file: `photo-${i}.png`,
        width: 16,
        height: 16,
        channels: 1,
        bitDepth: 8,
        peak: i,
        split: 'test',
        label: 'unlabeled',
        defectType: null,
        maskSha256: null,
        partGroup: null,
        warnings: [],
        importId,
        ...values(i),
      }),
    )
    publication.confirm()
  }
  return { workspace, dataset, images }
}
