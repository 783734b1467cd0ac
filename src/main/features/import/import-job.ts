/** Import as a job: a thread reads the files, and the same import again goes on where this one stopped. */

import type { Label, Layout } from '../../../shared/image.ts'
import { type ImportCorrection, importReportSchema } from '../../../shared/import.ts'
import type { SampleRange } from '../../../shared/sample-range.ts'
import { jsonObjectSchema } from '../../../shared/values.ts'
import type { JobContext, JobEnd, JobPlan } from '../../jobs/jobs.ts'
import { endOfStoppedWork } from '../../jobs/stopped-work.ts'
import { rateLimit } from '../../platform/rate-limit.ts'
import type { Session } from '../../session/session.ts'
import { datasetByName, setHasDirection } from '../../store/datasets.ts'
import { runWorkspaceTask } from '../../threads/run-task.ts'
import { importFolderTask } from './import-task.ts'

/** Milliseconds between two events about photographs that came in. */
const tellEvery = 2_000

export interface ImportRequest {
  folder: string
  dataset: string
  layout: Layout | 'auto'
  /** What photographs without a telling folder are. */
  unlabeledAs: Label
  /** The part has a direction: training does not mirror it. Null leaves it as the dataset has it. */
  hasDirection: boolean | null
  corrections?: ImportCorrection[]
  followLinks?: boolean
  range?: SampleRange | null
  /** The path of a saved plan that is done as it stands. */
  as?: string
}

export function importPlan(session: Session, request: ImportRequest): JobPlan {
  const known = datasetByName(session.workspace.db, request.dataset)
  return {
    kind: 'import',
    payload: { ...request },
    ...(known ? { datasetId: known.id } : {}),
    lane: 'disk',
    work: (context) => importFiles(session, request, context),
  }
}

/** The part of a job that imports; the job of the sample line does it too. */
export async function importFiles(
  session: Session,
  request: ImportRequest,
  context: JobContext,
): Promise<JobEnd> {
  const { workspace, events } = session
  const { hasDirection, ...options } = request
  const cameIn = rateLimit<null>(tellEvery, () =>
    events.emit('dataset.changed', { dataset: request.dataset }),
  )
  try {
    const report = await runWorkspaceTask(workspace, importFolderTask, options, {
      signal: context.signal,
      onProgress(progress) {
        context.progress({ phase: 'import', paused: false, ...progress })
        cameIn.offer(null)
      },
    })
    const dataset = datasetByName(workspace.db, report.dataset)
    if (dataset && hasDirection !== null) setHasDirection(workspace.db, dataset.id, hasDirection)
    return { state: 'done', result: jsonObjectSchema.parse(importReportSchema.parse(report)) }
  } catch (error) {
    return endOfStoppedWork(error, 'import-cancelled', context.signal)
  } finally {
    cameIn.drop()
    const dataset = datasetByName(workspace.db, request.dataset)
    if (dataset) context.link({ datasetId: dataset.id })
    // Also where nothing came in: a dataset that was made for this import is gone again.
    events.emit('dataset.changed', { dataset: dataset?.name ?? request.dataset })
  }
}
