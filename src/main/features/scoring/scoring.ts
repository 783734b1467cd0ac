/** Starts scorings. */

import { Failure } from '../../../shared/failure.ts'
import type { Split } from '../../../shared/image.ts'
import type { Id } from '../../../shared/values.ts'
import type { Session } from '../../session/session.ts'
import { countImages } from '../../store/images.ts'
import { datasetOfSplit } from '../../store/live.ts'
import { findRun } from '../../store/runs.ts'
import { requireTrained } from '../runs/require-trained.ts'
import { scorePlan } from './score-job.ts'

export interface ScoringRequest {
  run: string
  /** A dataset other than the run's own, whose images are scored. */
  datasetId?: Id
  split: Split | null
  again: boolean
}

/** @throws Failure `unknown-run`, `not-trained`, `nothing-to-score` */
export function startScoring(session: Session, request: ScoringRequest): { job: Id; run: Id } {
  const { workspace, jobs } = session
  const run = findRun(workspace.db, request.run)
  requireTrained(run, 'score')
  const { split, again } = request
  const datasetId = request.datasetId ?? datasetOfSplit(workspace.db, run.datasetId, split)
  if (countImages(workspace.db, { datasetId, ...(split === null ? {} : { split }) }) === 0) {
    throw split === null
      ? new Failure('nothing-to-score')
      : new Failure('nothing-to-score', { case: 'split', split })
  }
  return { job: jobs.start(scorePlan(session, { run: run.id, datasetId, split, again })).id, run: run.id }
}
