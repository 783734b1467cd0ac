/** Writes the files of masks again that are damaged or missing, from what was drawn, which the database has. */
import { z } from 'zod'
import type { MasksWritten } from '../../../shared/label.ts'
import { defectsOf, rasterize } from '../../../shared/rasterize.ts'
import { imageIdSchema, sha256Schema } from '../../../shared/values.ts'
import { maskPng } from '../../images/mask-png.ts'
import { annotationOf } from '../../store/annotations.ts'
import { hashFile } from '../../store/blob-store.ts'
import { blobFormat, findImage } from '../../store/images.ts'
import type { Workspace } from '../../store/workspace.ts'

const drawnRow = z.object({ image: imageIdSchema, sha256: sha256Schema })

/**
 * A file is only written where it has the content that the database names, so nothing in the database changes. Another
 * version of the library that compresses pictures may write other bytes for the same mask: such a mask is left, and
 * stored anew when somebody changes it.
 *
 * @throws Failure `disk-full`, `cancelled`
 */
export async function mendMasks(
  { db, blobs }: Workspace,
  options: { signal?: AbortSignal } = {},
): Promise<MasksWritten> {
  const rows = db.all(
    drawnRow,
    `SELECT min(image.id) AS image, mask_sha256 AS sha256 FROM image
     JOIN annotation ON annotation.image_id = image.id
     WHERE mask_sha256 IS NOT NULL GROUP BY mask_sha256 ORDER BY image`,
    {},
  )
  const written: string[] = []
  const left: string[] = []
  for (const { image, sha256 } of rows) {
    options.signal?.throwIfAborted()
    const format = blobFormat(db, sha256)
    if (format === undefined || (await isWhole(blobs.path(sha256, format), sha256))) continue
    const { file } = findImage(db, image)
    const bytes = await maskOf(db, image)
    const staged = bytes === null ? null : blobs.stageBytes(bytes)
    if (staged?.sha256 === sha256) {
      blobs.publish([{ staged, format }]).confirm()
      written.push(file)
    } else {
      if (staged !== null) blobs.discard(staged)
      left.push(file)
    }
  }
  return { written, left }
}

async function isWhole(path: string, sha256: string): Promise<boolean> {
  try {
    return (await hashFile(path)) === sha256
  } catch {
    // Missing, or on a damaged part of the disk: it is to be written again.
    return false
  }
}

/** The mask's picture; null where what was drawn cannot be read, or marks nothing. */
async function maskOf(db: Workspace['db'], id: number): Promise<Buffer | null> {
  const { width, height } = findImage(db, id)
  let shapes: NonNullable<ReturnType<typeof annotationOf>>['shapes']
  try {
    shapes = annotationOf(db, id)?.shapes ?? []
  } catch {
    // `verify` names it as a label that cannot be read.
    return null
  }
  const raster = defectsOf(rasterize(shapes, width, height))
  return raster.data.some((value) => value > 0) ? maskPng(raster) : null
}
