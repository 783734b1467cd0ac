/** The job that searches for pictures that are in two splits. */

import type { Dataset } from '../../../shared/dataset.ts'
import { Failure } from '../../../shared/failure.ts'
import { jsonObjectSchema } from '../../../shared/values.ts'
import type { JobPlan } from '../../jobs/jobs.ts'
import type { Session } from '../../session/session.ts'
import { runWorkspaceTask } from '../../threads/run-task.ts'
import { findDuplicatesTask } from './dataset-tasks.ts'

export function duplicatesPlan(session: Session, dataset: Dataset): JobPlan {
  return {
    kind: 'duplicates',
    payload: { dataset: dataset.id },
    datasetId: dataset.id,
    lane: 'disk',
    async work({ signal, progress }) {
      const started = performance.now()
      try {
        const report = await runWorkspaceTask(
          session.workspace,
          findDuplicatesTask,
          { datasetId: dataset.id },
          {
            signal,
            onProgress: ({ done, total }) => {
              const elapsed = (performance.now() - started) / 1000
              const secondsLeft = done > 0 ? (elapsed / done) * (total - done) : null
              progress({ phase: 'duplicates', done, total, secondsLeft, paused: false })
            },
          },
        )
        return { state: 'done', result: jsonObjectSchema.parse(report) }
      } catch (error) {
        if (!(error instanceof Failure && error.code === 'cancelled')) throw error
        return signal.reason === 'close' ? { state: 'interrupted', failure: error } : { state: 'cancelled' }
      }
    },
  }
}
