/** The job that checks the workspace. */

import { Failure } from '../../../shared/failure.ts'
import { jsonObjectSchema } from '../../../shared/values.ts'
import type { JobPlan } from '../../jobs/jobs.ts'
import type { Session } from '../../session/session.ts'
import { runWorkspaceTask } from '../../threads/run-task.ts'
import { verifyTask } from './verify-task.ts'

export function verifyPlan(session: Session): JobPlan {
  return {
    kind: 'verify',
    payload: {},
    lane: 'disk',
    async work({ signal, progress }) {
      const started = performance.now()
      try {
        const report = await runWorkspaceTask(
          session.workspace,
          verifyTask,
          {},
          {
            signal,
            onProgress: ({ done, total }) => {
              const elapsed = (performance.now() - started) / 1000
              const secondsLeft = done > 0 ? (elapsed / done) * (total - done) : null
              progress({ phase: 'verify', done, total, secondsLeft, paused: false })
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
