/** Starts exports. */

import { isAbsolute } from 'node:path'
import { Failure } from '../../../shared/failure.ts'
import type { Split } from '../../../shared/image.ts'
import type { Id } from '../../../shared/values.ts'
import type { Session } from '../../session/session.ts'
import { findRun } from '../../store/runs.ts'
import type { ReportLanguage } from '../report/words.ts'
import { requireTrained } from '../runs/require-trained.ts'
import { type ExportFormat, exportPlan } from './export-job.ts'
import { requireFree } from './target.ts'

export interface ExportOrder {
  run: string
  format: ExportFormat
  /** Absolute path of the file or folder to make. */
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
