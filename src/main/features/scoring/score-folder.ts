/** The import of a folder whose photographs are to be scored: into which dataset, and in which range of values. */
import { basename } from 'node:path'
import type { SampleRange } from '../../../shared/sample-range.ts'
import type { Id } from '../../../shared/values.ts'
import type { Database } from '../../store/database.ts'
import { datasetById, datasetByName } from '../../store/datasets.ts'
import { findRun } from '../../store/runs.ts'
import { sampleRangeOf } from '../../store/sample-ranges.ts'
import type { ImportRequest } from '../import/import-job.ts'

/**
 * Each folder has a dataset of its own, which scoring it again uses too. Photographs of floating point or 32 bits are
 * read in the range that was confirmed for those that the model knows, as an import and the live line read them; what
 * was read in another range for another model stays in another dataset.
 *
 * @throws Failure `run-unknown`
 */
export function importToScore(
  db: Database,
  run: Id,
  folder: string,
): { request: ImportRequest; rangeOf: string | null } {
  const trainedOn = findRun(db, run).datasetId
  const range = sampleRangeOf(db, trainedOn)
  const base = `scored ${basename(folder)}`.slice(0, 90)
  let dataset = base
  for (let n = 2; !canTake(db, dataset, folder, range); n++) dataset = `${base} ${n}`
  return {
    request: { folder, dataset, layout: 'auto', unlabeledAs: 'unlabeled', hasDirection: null, range },
    rangeOf: range === null ? null : (datasetById(db, trainedOn)?.name ?? null),
  }
}

function canTake(db: Database, name: string, folder: string, range: SampleRange | null): boolean {
  const dataset = datasetByName(db, name)
  if (dataset === undefined) return true
  const kept = sampleRangeOf(db, dataset.id)
  return dataset.source === folder && (kept === null || (kept.low === range?.low && kept.high === range.high))
}
