/**
 * What features do when a session opens or closes, or a run must be rescored. Both the application and commands open sessions
 * with these.
 */
import { rescore } from '../features/thresholds/threshold-task.ts'
import { noteActiveTrainings } from '../features/training/resume-at-start.ts'
import { recordDone } from '../features/update/update-audit.ts'
import type { SessionHooks } from '../session/session.ts'

export const sessionHooks: SessionHooks = {
  opened: ({ db }) => recordDone(db),
  beforeClose: noteActiveTrainings,
  rescore,
}
