/** Opens and saves the shapes that are drawn on a photograph, and makes its mask from them. */
import {
  cleanDefectType,
  type SavedAnnotation,
  type Shape,
  unnamedDefect,
  type Verdict,
} from '../../../shared/label.ts'
import { areasOf, defectsOf, rasterize } from '../../../shared/rasterize.ts'
import { regionShapesOf } from '../../../shared/region-shape.ts'
import type { ImageId } from '../../../shared/values.ts'
import { readMask } from '../../images/mask.ts'
import { maskPng } from '../../images/mask-png.ts'
import { annotationOf, keepAnnotation } from '../../store/annotations.ts'
import { recordAudit } from '../../store/audit.ts'
import type { Database } from '../../store/database.ts'
import { requireNotFrozen } from '../../store/frozen.ts'
import { addBlob, blobFormat, findImage, setLabel, setMask } from '../../store/images.ts'
import { operatorById } from '../../store/operators.ts'
import type { Workspace } from '../../store/workspace.ts'

/**
 * The shapes drawn on an image; where only a mask was imported, its pixels as a shape.
 * @throws Failure `image-unknown`; ImageRefusal where the mask cannot be read
 */
export async function shapesOf(workspace: Workspace, id: ImageId): Promise<Shape[]> {
  return annotationOf(workspace.db, id)?.shapes ?? maskShapesOf(workspace, id)
}

/** The pixels of an image's mask as shapes. @throws Failure `image-unknown`; ImageRefusal where it cannot be read */
export async function maskShapesOf({ db, blobs }: Workspace, id: ImageId): Promise<Shape[]> {
  const image = findImage(db, id)
  if (image.maskSha256 === null) return []
  const format = blobFormat(db, image.maskSha256)
  if (!format) return []
  const mask = await readMask(blobs.path(image.maskSha256, format))
  const type = cleanDefectType(image.defectType ?? '') ?? unnamedDefect
  return regionShapesOf(mask, (index) => mask.data[index] === 1, type)
}

/**
 * Stores shapes with the mask made from them and with what is said of the whole image, all three or nothing. Where no
 * `verdict` is given, the mask decides: an image with a defect is anomalous, and its defect type is the one that covers
 * most of it. A mask that is not used any more is removed. When this returns, everything survives a power cut.
 *
 * @throws Failure `image-unknown`, `validation-frozen`, `disk-full`
 */
export async function saveAnnotation(
  workspace: Workspace,
  request: {
    image: ImageId
    shapes: readonly Shape[]
    /** Is stored whatever the mask says. */
    verdict?: Verdict | null
    /** Is stored where the mask decides and marks nothing; what is stored stays where this is not given. */
    unmasked?: Verdict | null
    operatorId: number | null
  },
): Promise<SavedAnnotation> {
  const { db, blobs } = workspace
  const { shapes, verdict = null, unmasked = null, operatorId } = request
  const image = findImage(db, request.image)
  requireNotFrozen(db, [image.id])
  const raster = defectsOf(rasterize(shapes, image.width, image.height))
  const areas = areasOf(raster)
  const [largest] = areas
  const staged = largest ? blobs.stageBytes(await maskPng(raster)) : null
  const publication = staged ? blobs.publish([{ staged, format: 'png' }]) : null
  const former = findImage(db, image.id).maskSha256
  const formerFormat = former === null || former === staged?.sha256 ? undefined : blobFormat(db, former)
  const withdrawal =
    former !== null && formerFormat ? blobs.withdraw([{ sha256: former, format: formerFormat }]) : null
  const marked: Verdict | null = largest ? { label: 'anomalous', defectType: largest.defectType } : unmasked
  let isGone = false
  try {
    db.transaction(() => {
      requireNotFrozen(db, [image.id])
      if (staged) addBlob(db, { sha256: staged.sha256, bytes: staged.bytes, format: 'png' })
      keepAnnotation(db, { imageId: image.id, shapes, operatorId })
      setMask(db, image.id, staged?.sha256 ?? null)
      recordAudit(db, {
        action: 'image.drawn',
        operator: nameOf(db, operatorId),
        image: image.id,
        detail: { shapes: shapes.length, mask: staged?.sha256 ?? null, before: former },
      })
      say(workspace, image.id, verdict ?? marked, operatorId)
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

/** Sets label and defect type of an image, and records who did; nothing where they are so already. */
function say({ db }: Workspace, id: ImageId, verdict: Verdict | null, operatorId: number | null): void {
  const stored = findImage(db, id)
  if (verdict === null || (verdict.label === stored.label && verdict.defectType === stored.defectType)) return
  setLabel(db, id, verdict.label, verdict.defectType, nameOf(db, operatorId))
}

const nameOf = (db: Database, operatorId: number | null): string | null =>
  operatorId === null ? null : (operatorById(db, operatorId)?.name ?? null)

/** Removes a blob from the database unless an image or another mask has the same bytes. */
function removeUnused({ db }: Workspace, sha256: string): boolean {
  const { changes } = db.run(
    `DELETE FROM blob WHERE sha256 = $sha256
       AND NOT EXISTS (SELECT 1 FROM image WHERE image.sha256 = $sha256)
       AND NOT EXISTS (SELECT 1 FROM image WHERE image.mask_sha256 = $sha256)`,
    { sha256 },
  )
  return changes > 0
}
