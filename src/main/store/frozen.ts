/** Frozen validation sets: the images on which thresholds and comparisons were measured must not change. */
import { z } from 'zod'
import { Failure } from '../../shared/failure.ts'
import type { Split } from '../../shared/image.ts'
import { type Id, type ImageId, timeSchema } from '../../shared/values.ts'
import { recordAudit } from './audit.ts'
import type { Database } from './database.ts'

/** Since when the validation set is frozen; null where it may change. */
export const validationFrozenAt = (db: Database, datasetId: Id): number | null =>
  db.get(
    z.object({ at: timeSchema.nullable() }),
    'SELECT validation_frozen_at AS at FROM dataset WHERE id = $datasetId',
    { datasetId },
  )?.at ?? null

const nameOf = (db: Database, datasetId: Id): string | null =>
  db.get(z.object({ name: z.string() }), 'SELECT name FROM dataset WHERE id = $datasetId', { datasetId })
    ?.name ?? null

/** Freezes the validation set, or lets it change again; both are recorded, where they change something. */
export function freezeValidation(
  db: Database,
  datasetId: Id,
  frozen: boolean,
  operator: string | null = null,
): void {
  db.transaction(() => {
    const since = validationFrozenAt(db, datasetId)
    if ((since !== null) === frozen) return
    db.run('UPDATE dataset SET validation_frozen_at = $at WHERE id = $datasetId', {
      datasetId,
      at: frozen ? db.now() : null,
    })
    recordAudit(db, {
      action: frozen ? 'dataset.frozen' : 'dataset.unfrozen',
      operator,
      dataset: nameOf(db, datasetId),
      ...(since === null ? {} : { detail: { since: new Date(since).toISOString() } }),
    })
  })
}

/**
 * To be called before a change of images: refuses it where it affects a frozen validation set.
 * @param to the split to which they would be moved
 * @throws Failure `validation-frozen`
 */
export function requireNotFrozen(db: Database, ids: readonly ImageId[], to?: Split): void {
  const frozen = db.get(
    z.object({ name: z.string(), at: timeSchema }),
    `SELECT dataset.name, dataset.validation_frozen_at AS at
     FROM json_each($ids) AS wanted JOIN image ON image.id = wanted.value
       JOIN dataset ON dataset.id = image.dataset_id
     WHERE dataset.validation_frozen_at IS NOT NULL
       AND (image.split = 'validation' OR ($to = 'validation' AND image.split <> 'validation')) LIMIT 1`,
    { ids: JSON.stringify(ids), to: to ?? '' },
  )
  if (!frozen) return
  const since = new Date(frozen.at).toISOString().slice(0, 10)
  throw new Failure('validation-frozen', { dataset: frozen.name, since })
}
