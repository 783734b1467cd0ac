/** Starts the measurement of learning curves, and finds those that were measured. */
import {
  type CurveReport,
  type CurveRequest,
  curveReportSchema,
  type MeasuredCurve,
} from '../../../shared/learning-curve.ts'
import type { Id } from '../../../shared/values.ts'
import type { Session } from '../../session/session.ts'
import { findDataset } from '../../store/datasets.ts'
import { findJob, finishedJobs } from '../../store/jobs.ts'
import type { Workspace } from '../../store/workspace.ts'
import { curvePlan } from './curve-job.ts'

/** @throws Failure `unknown-dataset` */
export const startCurve = (session: Session, request: CurveRequest): Id =>
  session.jobs.start(curvePlan(session, request)).id

/** The newest curve of a dataset; null before the first. @throws Failure `unknown-dataset` */
export function newestCurve({ db }: Workspace, dataset: string): MeasuredCurve | null {
  for (const { id, finishedAt, createdAt, result } of finishedJobs(
    db,
    'curve',
    findDataset(db, dataset).id,
  )) {
    const report = curveReportSchema.safeParse(result)
    if (report.success) return { job: id, at: finishedAt ?? createdAt, report: report.data }
  }
  return null
}

export const curveOf = ({ db }: Workspace, job: Id): CurveReport =>
  curveReportSchema.parse(findJob(db, job).result)
