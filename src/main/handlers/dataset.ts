import { resolve } from 'node:path'
import { importReportSchema } from '../../shared/domain.ts'
import { Failure } from '../../shared/failure.ts'
import type { Handlers } from '../contract/dispatch.ts'
import { importPlan } from '../jobs/import-job.ts'
import { datasetSummaries, findDataset } from '../store/datasets.ts'
import { countImages, listImages } from '../store/images.ts'
import type { HandlerContext } from './context.ts'

export const datasetHandlers = (
  context: HandlerContext,
): Pick<Handlers, 'dataset.list' | 'dataset.import' | 'dataset.importReport' | 'dataset.images'> => ({
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
    const found = context.session().jobs.find(job)
    const report = importReportSchema.safeParse(found.result)
    if (report.success) return report.data
    throw new Failure(
      'no-import-report',
      `The job ${job} has no report of an import: it is a job of kind "${found.kind}" and ${found.state}.`,
      'A report is there when an import is done.',
    )
  },
  'dataset.images': ({ dataset, filter, offset, limit }) => {
    const { db } = context.session().workspace
    const wanted = { ...filter, datasetId: findDataset(db, dataset).id }
    return { total: countImages(db, wanted), images: listImages(db, wanted, { offset, limit }) }
  },
})
