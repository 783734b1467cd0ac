/** Starts exports. */
import { isAbsolute } from 'node:path'
import type { Id, Split } from '../../shared/domain.ts'
import { Failure } from '../../shared/failure.ts'
import { requireFree } from '../export/target.ts'
import { type ExportFormat, exportPlan } from '../jobs/export-job.ts'
import type { ReportLanguage } from '../report/words.ts'
import { findRun, requireTrained } from '../store/runs.ts'
import type { Session } from './session.ts'

export interface ExportOrder {
  run: string
  format: ExportFormat
  /** Absolute path of the file or folder that is to be made. */
  to: string
  batch: number
  language: ReportLanguage
  split: Split
  operator: string | null
}

/** @throws Failure `run-unknown`, `not-trained`, `target-exists`, `path-not-absolute` */
export function startExport(session: Session, order: ExportOrder): { job: Id } {
  const run = findRun(session.workspace.db, order.run)
  requireTrained(run, 'export')
  if (!isAbsolute(order.to)) {
    throw new Failure('path-not-absolute', { path: order.to })
  }
  requireFree(order.to)
  return { job: session.jobs.start(exportPlan(session, { ...order, run: run.id })).id }
}
