/** Resumes, when the window opens again, the trainings that were running when Fanoscope was closed. */
import { z } from 'zod'
import { failureDocument } from '../../../shared/failure.ts'
import type { Job } from '../../../shared/job.ts'
import { jobProgressSchema } from '../../../shared/job.ts'
import type { Id } from '../../../shared/values.ts'
import type { Session } from '../../session/session.ts'
import { readSetting, writeSetting } from '../../store/settings.ts'
import { resumeTraining } from './training.ts'

const key = 'training.goOn'
const runsSchema = z.array(z.string())

/** Whether a person paused the training; then it stays paused. */
const isHeld = ({ progress }: Job): boolean => jobProgressSchema.safeParse(progress).data?.paused === true

/** Stores which trainings are running, before closing stops the jobs. */
export function noteActiveTrainings({ workspace: { db }, jobs }: Pick<Session, 'workspace' | 'jobs'>): void {
  const active = jobs.list({ active: true }).reverse()
  const runs = active.flatMap((job) =>
    job.kind === 'train' && job.runId !== null && !isHeld(job) ? [job.runId] : [],
  )
  writeSetting(db, key, runs)
}

/** Resumes those trainings once: a training that crashes the program must not do so at every start. */
export function resumeNotedTrainings(session: Session): Id[] {
  const { db } = session.workspace
  const runs = readSetting(db, key, runsSchema, [])
  if (runs.length > 0) writeSetting(db, key, [])
  return runs.flatMap((run) => {
    try {
      return [resumeTraining(session, run).job]
    } catch (error) {
      session.log.warn(`The training ${run} could not go on.`, failureDocument(error))
      return []
    }
  })
}
