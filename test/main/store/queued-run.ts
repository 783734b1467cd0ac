import type { Database } from '../../../src/main/store/database.ts'
import { createRun, type NewRun } from '../../../src/main/store/runs.ts'
import type { Run } from '../../../src/shared/run.ts'
import type { Id } from '../../../src/shared/values.ts'

/** The row of a run of which nothing but its dataset matters; `values` changes the others. */
export const queuedRun = (db: Database, datasetId: Id, values: Partial<NewRun> = {}): Run =>
  createRun(db, {
    datasetId,
    model: 'fanogan',
    preset: 'smoke',
    seed: 1,
    config: {},
    stepsTotal: 1,
    ...values,
  })
