import type { Id } from '../../../shared/values.ts'
import { decodeImage } from '../../images/decode.ts'
import { grayLevels } from '../../images/gray-levels.ts'
import { ImageRefusal } from '../../images/refusal.ts'
import { imageById } from '../../store/images.ts'
import { saveGrayLevels, unmeasuredImages } from '../../store/white-levels.ts'
import type { Workspace } from '../../store/workspace.ts'

/** Measures what an earlier version imported without measuring it. What cannot be read any more stays unmeasured. */
export async function measureImages(
  { db, blobs }: Workspace,
  datasetId: Id,
  bitDepth: 16 | null,
  onProgress: (progress: { done: number; total: number }) => void,
): Promise<{ measured: number }> {
  const ids = unmeasuredImages(db, datasetId, bitDepth)
  let measured = 0
  for (const [done, id] of ids.entries()) {
    const image = imageById(db, id)
    if (image === undefined) continue
    try {
      saveGrayLevels(db, id, grayLevels(await decodeImage(blobs.path(image.sha256, image.format))))
      measured++
    } catch (error) {
      // Training names a photograph that is missing or damaged.
      if (!(error instanceof ImageRefusal)) throw error
    }
    onProgress({ done: done + 1, total: ids.length })
  }
  return { measured }
}
