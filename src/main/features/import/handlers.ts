import { resolve } from 'node:path'
import { Failure } from '../../../shared/failure.ts'
import { type ImportReport, importReportSchema } from '../../../shared/import.ts'
import type { Handlers } from '../../contract/dispatch.ts'
import type { HandlerContext } from '../../session/handler-context.ts'
import type { Session } from '../../session/session.ts'
import { recordAudit } from '../../store/audit.ts'
import { importPlan } from './import-job.ts'
import { exportImportReport } from './import-report.ts'

function importReportOf({ jobs }: Session, job: string): ImportReport {
  const { kind, state, result } = jobs.find(job)
  const report = importReportSchema.safeParse(result)
  if (report.success) return report.data
  throw new Failure('no-import-report', { job, kind, state })
}

export const importHandlers = (
  context: HandlerContext,
): Pick<Handlers, 'dataset.import' | 'dataset.importReport' | 'dataset.exportReport'> => ({
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
  'dataset.exportReport': async ({ job, folder }) => {
    const session = context.session()
    const { db } = session.workspace
    const report = importReportOf(session, job)
    const written = await exportImportReport(report, folder, db.now())
    recordAudit(db, {
      action: 'export.written',
      dataset: report.dataset,
      detail: { format: 'import-report', to: written.file },
    })
    return written
  },
})
