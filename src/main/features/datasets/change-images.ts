/** Changes many images of a dataset at once: all of them or none. */
import { z } from 'zod'
import {
  type ChangedImages,
  type ImageChange,
  type ImageChoice,
  mostChosen,
  type SplitPreview,
  type SplitRequest,
} from '../../../shared/dataset.ts'
import { Failure } from '../../../shared/failure.ts'
import { labelSchema, splitSchema } from '../../../shared/image.ts'
import { type Id, type ImageId, imageIdSchema } from '../../../shared/values.ts'
import { recordAudit } from '../../store/audit.ts'
import type { Database } from '../../store/database.ts'
import { datasetById } from '../../store/datasets.ts'
import { requireNotFrozen, validationFrozenAt } from '../../store/frozen.ts'
import { gridOrder } from '../../store/image-grid.ts'
import { removeImage, restoreImage, setLabel, setSplit } from '../../store/images.ts'
import { flag } from '../../store/row.ts'
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

const stateRow = z.object({
  id: imageIdSchema,
  split: splitSchema,
  label: labelSchema,
  defectType: z.string().nullable(),
  isRemoved: flag,
})

/** The change that brings an image back to how it is now; null where this change leaves it as it is. */
function reverseOf(image: z.output<typeof stateRow>, change: ImageChange): ImageChange | null {
  switch (change.kind) {
    case 'label':
      return { kind: 'label', label: image.label, defectType: image.defectType }
    case 'split':
      return image.split === change.split ? null : { kind: 'split', split: image.split }
    case 'remove':
      return image.isRemoved ? null : { kind: 'restore' }
    case 'restore':
      return image.isRemoved ? { kind: 'remove' } : null
  }
}

/** What would bring these images back, with those together that the same change brings back. */
function wayBackOf(db: Database, ids: readonly ImageId[], change: ImageChange): ChangedImages['wayBack'] {
  const found: ChangedImages['wayBack'] = []
  const open = new Map<string, ChangedImages['wayBack'][number]>()
  const images = db.all(
    stateRow,
    `SELECT image.id, split, label, defect_type AS defectType, removed_at IS NOT NULL AS isRemoved
     FROM json_each($ids) AS wanted JOIN image ON image.id = wanted.value`,
    { ids: JSON.stringify(ids) },
  )
  for (const image of images) {
    const reverse = reverseOf(image, change)
    if (reverse === null) continue
    const key = JSON.stringify(reverse)
    const known = open.get(key)
    if (known !== undefined && known.ids.length < mostChosen) known.ids.push(image.id)
    else {
      const group = { ids: [image.id], change: reverse }
      open.set(key, group)
      found.push(group)
    }
  }
  return found
}

/** @throws Failure `validation-frozen`, `nothing-chosen` */
export function changeImages(
  db: Database,
  request: { datasetId: Id; choice: ImageChoice; change: ImageChange; operator: string | null },
): ChangedImages {
  const { datasetId, choice, change, operator } = request
  return db.transaction(() => {
    const ids = chosenIds(db, datasetId, choice)
    if (ids.length === 0) {
      throw new Failure('nothing-chosen')
    }
    requireNotFrozen(db, ids, change.kind === 'split' ? change.split : undefined)
    const wayBack = wayBackOf(db, ids, change)
    for (const id of ids) {
      switch (change.kind) {
        case 'label':
          setLabel(db, id, change.label, change.label === 'anomalous' ? change.defectType : null, operator)
          break
        case 'split':
          setSplit(db, id, change.split)
          recordAudit(db, { action: 'image.moved', operator, image: id, detail: { split: change.split } })
          break
        case 'remove':
          removeImage(db, id, operator)
          break
        case 'restore':
          restoreImage(db, id, operator)
      }
    }
    return { changed: ids.length, wayBack }
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
  request: { datasetId: Id; split: SplitRequest; apply: boolean; operator: string | null },
): SplitPreview {
  const { datasetId, split, apply, operator } = request
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
      for (const image of images) {
        const to = drawn.splits.get(image.id)
        if (to !== undefined && to !== image.split) setSplit(db, image.id, to)
        if (to === undefined && split.only === 'anomalous') continue
        db.run('UPDATE image SET part_group = $group WHERE id = $id AND part_group IS NOT $group', {
          id: image.id,
          group: drawn.groups.get(image.id) ?? null,
        })
      }
      recordAudit(db, {
        action: 'image.moved',
        operator,
        dataset: datasetById(db, datasetId)?.name ?? null,
        detail: { images: Object.fromEntries(moved.map(({ id }) => [id, drawn.splits.get(id) ?? ''])) },
      })
    }
    return drawn.preview
  })
}
