/** What features add to a session, wherever one is opened: by the application, by a command. */
import { rescore } from '../features/thresholds/threshold-task.ts'
import { noteActiveTrainings } from '../features/training/resume-at-start.ts'
import type { SessionHooks } from '../session/session.ts'

export const sessionHooks: SessionHooks = { beforeClose: noteActiveTrainings, rescore }
