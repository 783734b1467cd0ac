/** Copies of the database: on demand as a job, and once a day by themselves. */
import { z } from 'zod'
import { failureDocument } from '../../../shared/failure.ts'
import type { JobPlan } from '../../jobs/jobs.ts'
import type { Session } from '../../session/session.ts'
import { listBackups } from '../../store/backup-list.ts'
import { backUpDatabase } from '../../store/database-backups.ts'
import { runWorkspaceTask } from '../../threads/run-task.ts'
import { defineWorkspaceTask, noProgress } from '../../threads/task.ts'

export const backUpTask = defineWorkspaceTask({
  name: 'back-up-database',
  input: z.object({ reason: z.enum(['daily', 'asked']) }),
  progress: noProgress,
  result: z.object({ file: z.string() }),
  work: async ({ db, paths }, { reason }) => ({ file: backUpDatabase(db, paths.backups, reason) }),
})

export const backupPlan = ({ workspace }: Session): JobPlan => ({
  kind: 'backup',
  leavesNoTrace: true,
  payload: {},
  lane: 'disk',
  work: async () => ({
    state: 'done',
    result: await runWorkspaceTask(workspace, backUpTask, { reason: 'asked' }),
  }),
})

const day = 86_400_000
/** Milliseconds until the first look whether a copy is due, and between two. */
const times = { first: 120_000, every: 3_600_000 }

const isDue = ({ workspace: { db, paths } }: Session): boolean => {
  const daily = listBackups(paths.backups).filter(({ file }) => file.startsWith('fanoscope-daily-'))
  // A clock that was set back must neither end the copies nor make one each hour.
  return daily.every(({ at }) => Math.abs(db.now() - at) >= day)
}

/** Makes a copy each day while a workspace is open. @returns what ends it, with the copy that is being made */
export function keepBackedUp(session: Session, waits: typeof times = times): () => Promise<void> {
  const { workspace, log } = session
  let isEnded = false
  let copying: Promise<void> = Promise.resolve()
  let timer: NodeJS.Timeout
  const look = async (): Promise<void> => {
    try {
      if (isDue(session)) {
        const { file } = await runWorkspaceTask(workspace, backUpTask, { reason: 'daily' })
        log.info(`The database was copied to ${file}.`)
      }
    } catch (error) {
      log.error('The daily copy of the database could not be made.', failureDocument(error))
    }
    if (!isEnded) begin(waits.every)
  }
  const begin = (wait: number): void => {
    timer = setTimeout(() => {
      copying = look()
    }, wait).unref()
  }
  begin(waits.first)
  return async () => {
    isEnded = true
    clearTimeout(timer)
    await copying
  }
}
