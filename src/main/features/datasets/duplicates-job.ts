/** The job that searches for pictures that are in two splits. */

import type { Dataset } from '../../../shared/dataset.ts'
import type { JobPlan } from '../../jobs/jobs.ts'
import { reportByTask } from '../../session/report-job.ts'
import type { Session } from '../../session/session.ts'
import { findDuplicatesTask } from './dataset-tasks.ts'

export const duplicatesPlan = ({ workspace }: Session, { id: datasetId }: Dataset): JobPlan => ({
  kind: 'duplicates',
  leavesNoTrace: true,
  payload: { dataset: datasetId },
  datasetId,
  lane: 'disk',
  work: (context) => reportByTask(workspace, findDuplicatesTask, { datasetId }, 'duplicates', context),
})
