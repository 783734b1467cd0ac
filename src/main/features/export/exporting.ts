/** Starts exports. */

import { isAbsolute } from 'node:path'
import { Failure } from '../../../shared/failure.ts'
import type { Id } from '../../../shared/values.ts'
import type { Session } from '../../session/session.ts'
import { findRun } from '../../store/runs.ts'
import { requireOutside } from '../../store/workspace.ts'
import { requireTrained } from '../runs/require-trained.ts'
import { type ExportRequest, exportPlan } from './export-job.ts'
import { requireFree } from './target.ts'

export interface ExportOrder extends Omit<ExportRequest, 'run'> {
  /** Id, or the end of one. */
  run: string
}

/** @throws Failure `run-unknown`, `not-trained`, `target-exists`, `path-not-absolute`, `inside-workspace` */
export function startExport(session: Session, order: ExportOrder): { job: Id } {
  const run = findRun(session.workspace.db, order.run)
  requireTrained(run, 'export')
  if (!isAbsolute(order.to)) {
    throw new Failure('path-not-absolute', { path: order.to })
  }
  requireOutside(session.workspace, order.to)
  requireFree(order.to)
  return { job: session.jobs.start(exportPlan(session, { ...order, run: run.id })).id }
}
