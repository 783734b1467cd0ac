/** Waits for a job: shows its progress and lets Ctrl-C stop it. */

import { Failure, failureOf } from '../../shared/failure.ts'
import type { Job } from '../../shared/job.ts'
import { jobProgressSchema } from '../../shared/job.ts'
import type { Id } from '../../shared/values.ts'
import type { StopReason } from '../jobs/jobs.ts'
import type { Session } from '../session/session.ts'
import type { CommandContext } from './command.ts'

/**
 * @returns the job once it is done or cancelled
 * @throws Failure the one that the job failed with
 */
export async function followJob(
  context: CommandContext,
  session: Session,
  id: Id,
  onInterrupt: StopReason = 'cancel',
): Promise<Job> {
  const display = await context.progress()
  const stopShowing = session.events.on('job.changed', (job) => {
    const progress = jobProgressSchema.safeParse(job.progress)
    if (job.id === id && job.state === 'running' && progress.success) display.show(progress.data)
  })
  const stopListening = context.io.onInterrupt(() => {
    // Nobody listens to a second Ctrl-C, so it ends the process at once.
    stopListening()
    context.notice('Stopping; what was done so far is kept. Ctrl-C again ends at once.')
    if (session.jobs.list({ active: true }).some((job) => job.id === id)) session.jobs.stop(id, onInterrupt)
  })
  try {
    const job = await session.jobs.ended(id)
    if (job.state === 'done' || job.state === 'cancelled') return job
    throw job.failure === null
      ? new Failure('job-failed', { job: id, state: job.state })
      : failureOf(job.failure)
  } finally {
    stopListening()
    stopShowing()
    display.end()
  }
}
