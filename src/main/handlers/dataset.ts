import { resolve } from 'node:path'
import { duplicateReportSchema } from '../../shared/dataset-grid.ts'
import { type ImportReport, importReportSchema } from '../../shared/domain.ts'
import { Failure } from '../../shared/failure.ts'
import type { Handlers } from '../contract/dispatch.ts'
import { changeInThread, splitInThread } from '../datasets/dataset-in-thread.ts'
import { duplicatesPlan } from '../jobs/duplicates-job.ts'
import { importPlan } from '../jobs/import-job.ts'
import { exportImportReport } from '../services/import-report.ts'
import { datasetRegion, previewDatasetRegion, setDatasetRegion } from '../services/regions-of-interest.ts'
import type { Session } from '../services/session.ts'
import { datasetSummaries, findDataset } from '../store/datasets.ts'
import { freezeValidation } from '../store/frozen.ts'
import { newestResult } from '../store/jobs.ts'
import type { HandlerContext } from './context.ts'

function importReportOf({ jobs }: Session, job: string): ImportReport {
  const { kind, state, result } = jobs.find(job)
  const report = importReportSchema.safeParse(result)
  if (report.success) return report.data
  throw new Failure('no-import-report', { job, kind, state })
}

export const datasetHandlers = (
  context: HandlerContext,
): Pick<
  Handlers,
  | 'dataset.list'
  | 'dataset.import'
  | 'dataset.importReport'
  | 'dataset.exportReport'
  | 'dataset.images'
  | 'dataset.change'
  | 'dataset.split'
  | 'dataset.freeze'
  | 'dataset.findDuplicates'
  | 'dataset.duplicates'
  | 'dataset.region'
  | 'dataset.setRegion'
  | 'dataset.previewRegion'
> => ({
  'dataset.list': () => datasetSummaries(context.session().workspace.db),
  'dataset.import': ({ folder, hasDirection, ...request }) => {
    const session = context.session()
    const plan = importPlan(session, {
      ...request,
      folder: resolve(folder),
      hasDirection: hasDirection ?? null,
    })
    return { job: session.jobs.start(plan).id }
  },
  'dataset.importReport': ({ job }) => {
    return importReportOf(context.session(), job)
  },
  'dataset.exportReport': ({ job, folder }) => {
    const session = context.session()
    return exportImportReport(importReportOf(session, job), folder, session.workspace.db.now())
  },
  'dataset.images': (input) => context.session().grid.images(input),
  'dataset.change': async ({ dataset, choice, change, operator }) => {
    const { workspace, events } = context.session()
    const { id, name } = findDataset(workspace.db, dataset)
    const done = await changeInThread(workspace, { datasetId: id, choice, change, operator })
    events.emit('dataset.changed', { dataset: name })
    return done
  },
  'dataset.split': async ({ dataset, split, apply }) => {
    const { workspace, events } = context.session()
    const { id, name } = findDataset(workspace.db, dataset)
    const preview = await splitInThread(workspace, { datasetId: id, split, apply })
    if (apply) events.emit('dataset.changed', { dataset: name })
    return preview
  },
  'dataset.freeze': ({ dataset, frozen }) => {
    const { workspace, events } = context.session()
    const { id, name } = findDataset(workspace.db, dataset)
    freezeValidation(workspace.db, id, frozen)
    events.emit('dataset.changed', { dataset: name })
    return {}
  },
  'dataset.region': ({ dataset }) => datasetRegion(context.session().workspace, dataset),
  'dataset.setRegion': (request) => {
    const { workspace, events } = context.session()
    const region = setDatasetRegion(workspace, request)
    events.emit('dataset.changed', { dataset: findDataset(workspace.db, request.dataset).name })
    return region
  },
  'dataset.previewRegion': (request) => previewDatasetRegion(context.session().workspace, request),
  'dataset.findDuplicates': ({ dataset }) => {
    const session = context.session()
    return { job: session.jobs.start(duplicatesPlan(session, findDataset(session.workspace.db, dataset))).id }
  },
  'dataset.duplicates': ({ dataset }) => {
    const { db } = context.session().workspace
    const { id } = findDataset(db, dataset)
    const newest = newestResult(db, 'duplicates', id)
    const report = duplicateReportSchema.safeParse(newest)
    return report.success ? report.data : null
  },
})
