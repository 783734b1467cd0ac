/** Changes many images of a dataset at once: all of them or none. */
import { z } from 'zod'
import type { ImageChange, ImageChoice, SplitPreview, SplitRequest } from '../../../shared/dataset.ts'
import { Failure } from '../../../shared/failure.ts'
import { labelSchema, splitSchema } from '../../../shared/image.ts'
import { type Id, type ImageId, imageIdSchema } from '../../../shared/values.ts'
import { recordAudit } from '../../store/audit.ts'
import type { Database } from '../../store/database.ts'
import { datasetById } from '../../store/datasets.ts'
import { requireNotFrozen, validationFrozenAt } from '../../store/frozen.ts'
import { gridOrder } from '../../store/image-grid.ts'
import { removeImage, restoreImage, setLabel, setSplit } from '../../store/images.ts'
import { type DrawnImage, drawSplits } from './draw-splits.ts'

function chosenIds(db: Database, datasetId: Id, choice: ImageChoice): ImageId[] {
  if ('filter' in choice) return gridOrder(db, datasetId, choice.filter, { by: 'added', descending: false })
  const known = db.all(
    z.object({ id: imageIdSchema }),
    `SELECT image.id FROM json_each($ids) AS wanted JOIN image ON image.id = wanted.value
     WHERE image.dataset_id = $datasetId`,
    { ids: JSON.stringify(choice.ids), datasetId },
  )
  return known.map(({ id }) => id)
}

/** @throws Failure `validation-frozen`, `nothing-chosen` */
export function changeImages(
  db: Database,
  request: { datasetId: Id; choice: ImageChoice; change: ImageChange; operator: string | null },
): { changed: number } {
  const { datasetId, choice, change, operator } = request
  return db.transaction(() => {
    const ids = chosenIds(db, datasetId, choice)
    if (ids.length === 0) {
      throw new Failure('nothing-chosen')
    }
    requireNotFrozen(db, ids, change.kind === 'split' ? change.split : undefined)
    for (const id of ids) {
      switch (change.kind) {
        case 'label':
          setLabel(db, id, change.label, change.label === 'anomalous' ? change.defectType : null, operator)
          break
        case 'split':
          setSplit(db, id, change.split)
          recordAudit(db, { action: 'image.moved', image: id, detail: { split: change.split } })
          break
        case 'remove':
          removeImage(db, id)
          break
        case 'restore':
          restoreImage(db, id)
      }
    }
    return { changed: ids.length }
  })
}

const drawnRow = z.object({
  id: imageIdSchema,
  sha256: z.string(),
  file: z.string(),
  split: splitSchema,
  label: labelSchema,
  defectType: z.string().nullable(),
  partGroup: z.string().nullable(),
})

/**
 * Draws the splits anew and returns what would change; with `apply`, the change is made.
 * @throws Failure those of `drawSplits`
 */
export function splitImages(
  db: Database,
  request: { datasetId: Id; split: SplitRequest; apply: boolean },
): SplitPreview {
  const { datasetId, split, apply } = request
  return db.transaction(() => {
    const images: DrawnImage[] = db.all(
      drawnRow,
      `SELECT id, sha256, file, split, label, defect_type AS defectType, part_group AS partGroup FROM image
       WHERE dataset_id = $datasetId AND removed_at IS NULL ORDER BY id`,
      { datasetId },
    )
    const drawn = drawSplits(images, split, validationFrozenAt(db, datasetId) !== null)
    if (apply) {
      const moved = images.filter(({ id, split: from }) => (drawn.splits.get(id) ?? from) !== from)
      recordAudit(db, {
        action: 'image.moved',
        dataset: datasetById(db, datasetId)?.name ?? null,
        detail: { images: Object.fromEntries(moved.map(({ id }) => [id, drawn.splits.get(id) ?? ''])) },
      })
      for (const image of images) {
        const to = drawn.splits.get(image.id)
        if (to !== undefined && to !== image.split) setSplit(db, image.id, to)
        if (to === undefined && split.only === 'anomalous') continue
        db.run('UPDATE image SET part_group = $group WHERE id = $id AND part_group IS NOT $group', {
          id: image.id,
          group: drawn.groups.get(image.id) ?? null,
        })
      }
    }
    return drawn.preview
  })
}
