/** The check of the workspace as a job. */
import { jsonObjectSchema, verifyReportSchema } from '../../shared/domain.ts'
import { Failure } from '../../shared/failure.ts'
import type { Session } from '../services/session.ts'
import { verifyInThread } from '../store/verify-in-thread.ts'
import type { JobPlan } from './jobs.ts'

export function verifyPlan(session: Session): JobPlan {
  return {
    kind: 'verify',
    payload: {},
    lane: 'disk',
    async work({ signal, progress }) {
      const started = performance.now()
      try {
        const report = await verifyInThread(session.workspace, {
          signal,
          onProgress: ({ done, total }) => {
            const elapsed = (performance.now() - started) / 1000
            const secondsLeft = done > 0 ? (elapsed / done) * (total - done) : null
            progress({ phase: 'verify', done, total, secondsLeft, paused: false })
          },
        })
        return { state: 'done', result: jsonObjectSchema.parse(verifyReportSchema.parse(report)) }
      } catch (error) {
        if (!(error instanceof Failure && error.code === 'cancelled')) throw error
        return signal.reason === 'close' ? { state: 'interrupted', failure: error } : { state: 'cancelled' }
      }
    },
  }
}
