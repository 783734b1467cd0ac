/** Compares options of scoring on synthetic defects, and measures how such a choice holds on real ones. */
import {
  type CarryOver,
  type ChoiceReport,
  type ChoiceRequest,
  choiceReportSchema,
  type MadeChoice,
} from '../../../shared/choice.ts'
import { Failure } from '../../../shared/failure.ts'
import type { Id } from '../../../shared/values.ts'
import type { Session } from '../../session/session.ts'
import { findJob, finishedJobs } from '../../store/jobs.ts'
import { findRun } from '../../store/runs.ts'
import type { Workspace } from '../../store/workspace.ts'
import { runWorkspaceTask } from '../../threads/run-task.ts'
import { runsToTest } from './carry-over.ts'
import { carryOverTask } from './choice-tasks.ts'
import { choosePlan } from './choose-job.ts'

/** @throws Failure `run-unknown`, `not-trained`, `different-datasets` */
export const startChoice = (session: Session, request: ChoiceRequest): Id =>
  session.jobs.start(choosePlan(session, request)).id

/** The newest comparison in which the run took part; null before the first. */
export function newestChoice({ db }: Workspace, text: string): MadeChoice | null {
  const run = findRun(db, text)
  for (const { id, finishedAt, createdAt, result } of finishedJobs(db, 'choose', run.datasetId)) {
    const report = choiceReportSchema.safeParse(result)
    if (report.success && report.data.runs.includes(run.id)) {
      return { job: id, at: finishedAt ?? createdAt, report: report.data }
    }
  }
  return null
}

/** @throws Failure `job-unknown`, `choice-unknown` */
export function choiceOf({ db }: Workspace, job: Id): ChoiceReport {
  const report = choiceReportSchema.safeParse(findJob(db, job).result)
  if (report.success) return report.data
  throw new Failure('choice-unknown', { job })
}

/** The runs of a comparison that must score the test split before `carryOverOf`. */
export const untestedRuns = (workspace: Workspace, job: Id): Id[] =>
  runsToTest(workspace.db, choiceOf(workspace, job))

/** @throws Failure those of `choiceOf`, `run-unknown`, `no-test-defects`, `not-scored` */
export const carryOverOf = (workspace: Workspace, job: Id): Promise<CarryOver> =>
  runWorkspaceTask(workspace, carryOverTask, choiceOf(workspace, job))
