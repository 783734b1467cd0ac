/** The range of values that a person confirmed for the photographs of a dataset whose samples have none of their own. */
import { Failure } from '../../shared/failure.ts'
import { type SampleRange, sampleRangeSchema } from '../../shared/sample-range.ts'
import type { Id } from '../../shared/values.ts'
import { recordAudit } from './audit.ts'
import type { Database } from './database.ts'
import { datasetById } from './datasets.ts'

/** Null where nobody has confirmed one. */
export const sampleRangeOf = (db: Database, datasetId: Id): SampleRange | null =>
  db.get(sampleRangeSchema, 'SELECT low, high FROM sample_range WHERE dataset_id = $datasetId', {
    datasetId,
  }) ?? null

/**
 * Keeps a range for all photographs of a dataset; two would make equal parts look different.
 * @throws Failure `sample-range-differs` where the dataset has another one
 */
export function keepSampleRange(db: Database, datasetId: Id, range: SampleRange): void {
  const known = sampleRangeOf(db, datasetId)
  if (known !== null) {
    if (known.low === range.low && known.high === range.high) return
    const dataset = datasetById(db, datasetId)?.name ?? ''
    throw new Failure('sample-range-differs', { dataset, ...known, newLow: range.low, newHigh: range.high })
  }
  db.transaction(() => {
    db.run(
      'INSERT INTO sample_range (dataset_id, low, high, confirmed_at) VALUES ($datasetId, $low, $high, $now)',
      { datasetId, ...range, now: db.now() },
    )
    recordAudit(db, {
      action: 'dataset.sample-range',
      dataset: datasetById(db, datasetId)?.name ?? null,
      detail: { ...range },
    })
  })
}
