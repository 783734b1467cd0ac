/** Opens and saves what is drawn on a photograph, and makes the mask of it. */
import sharp from 'sharp'
import { type SavedAnnotation, type Shape, unnamedDefect } from '../../../shared/label.ts'
import { regionOf } from '../../../shared/region-runs.ts'
import type { ImageId } from '../../../shared/values.ts'
import { readMask } from '../../images/mask.ts'
import { areasOf, type Raster, rasterize } from '../../images/rasterize.ts'
import { annotationOf, keepAnnotation } from '../../store/annotations.ts'
import { requireThawed } from '../../store/frozen.ts'
import { addBlob, blobFormat, findImage, setLabel, setMask } from '../../store/images.ts'
import type { Workspace } from '../../store/workspace.ts'

/**
 * What is drawn on an image; where only a mask was imported, its pixels.
 * @throws Failure `image-unknown`; ImageRefusal where the mask cannot be read
 */
export async function shapesOf({ db, blobs }: Workspace, id: ImageId): Promise<Shape[]> {
  const image = findImage(db, id)
  const annotation = annotationOf(db, id)
  if (annotation) return annotation.shapes
  if (image.maskSha256 === null) return []
  const format = blobFormat(db, image.maskSha256)
  if (!format) return []
  const mask = await readMask(blobs.path(image.maskSha256, format))
  const region = regionOf(mask, (index) => mask.data[index] === 1, image.defectType ?? unnamedDefect)
  return region ? [region] : []
}

/** White where there is a defect, whatever its kind: what every reader of masks understands. */
export function maskPng({ data, width, height }: Raster): Promise<Buffer> {
  const gray = data.map((value) => (value > 0 ? 255 : 0))
  return sharp(gray, { raw: { width, height, channels: 1 } })
    .toColourspace('b-w')
    .png({ compressionLevel: 6 })
    .toBuffer()
}

/**
 * Stores shapes with the mask that they make, and gives the image the kind of defect that covers most of it. A mask
 * that nothing needs any more is removed. When this is done, all of it survives a power cut.
 *
 * @throws Failure `image-unknown`, `validation-frozen`, `disk-full`
 */
export async function saveAnnotation(
  workspace: Workspace,
  request: { image: ImageId; shapes: readonly Shape[]; operatorId: number | null },
): Promise<SavedAnnotation> {
  const { db, blobs } = workspace
  const { shapes, operatorId } = request
  const image = findImage(db, request.image)
  requireThawed(db, [image.id])
  const raster = rasterize(shapes, image.width, image.height)
  const areas = areasOf(raster)
  const [largest] = areas
  const staged = largest ? blobs.stageBytes(await maskPng(raster)) : null
  const publication = staged ? blobs.publish([{ staged, format: 'png' }]) : null
  const former = findImage(db, image.id).maskSha256
  const formerFormat = former === null || former === staged?.sha256 ? undefined : blobFormat(db, former)
  const withdrawal =
    former !== null && formerFormat ? blobs.withdraw([{ sha256: former, format: formerFormat }]) : null
  let isGone = false
  try {
    db.transaction(() => {
      requireThawed(db, [image.id])
      if (staged) addBlob(db, { sha256: staged.sha256, bytes: staged.bytes, format: 'png' })
      keepAnnotation(db, { imageId: image.id, shapes, operatorId })
      setMask(db, image.id, staged?.sha256 ?? null)
      if (largest) setLabel(db, image.id, 'anomalous', largest.defectType)
      if (former !== null && withdrawal) isGone = removeUnused(workspace, former)
    })
  } catch (error) {
    publication?.undo()
    withdrawal?.undo()
    throw error
  }
  publication?.confirm()
  if (isGone) withdrawal?.confirm()
  else withdrawal?.undo()
  const { label, defectType } = findImage(db, image.id)
  return { maskSha256: staged?.sha256 ?? null, label, defectType, areas }
}

/** Takes a blob out of the list unless an image or another mask is the same bytes. */
function removeUnused({ db }: Workspace, sha256: string): boolean {
  const { changes } = db.run(
    `DELETE FROM blob WHERE sha256 = $sha256
       AND NOT EXISTS (SELECT 1 FROM image WHERE image.sha256 = $sha256)
       AND NOT EXISTS (SELECT 1 FROM image WHERE image.mask_sha256 = $sha256)`,
    { sha256 },
  )
  return changes > 0
}
