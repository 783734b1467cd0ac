/** The job that checks the workspace. */

import type { JobPlan } from '../../jobs/jobs.ts'
import { reportByTask } from '../../session/report-job.ts'
import type { Session } from '../../session/session.ts'
import { verifyTask } from './verify-task.ts'

export const verifyPlan = ({ workspace }: Session): JobPlan => ({
  kind: 'verify',
  leavesNoTrace: true,
  payload: {},
  lane: 'disk',
  work: (context) => reportByTask(workspace, verifyTask, {}, 'verify', context),
})
