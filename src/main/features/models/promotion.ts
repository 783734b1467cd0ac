/**
 * Promotion decides which model is in use. A model is promoted when it is not worse than the present one by more than
 * a stated margin, overall and for each type of defect; otherwise a reason is required, which is recorded. A rollback
 * undoes one promotion.
 */

import { type Comparison, leastTypeParts, type PairedFigure } from '../../../shared/comparison.ts'
import { Failure } from '../../../shared/failure.ts'
import type { Gate, ModelUse } from '../../../shared/model.ts'
import type { Run } from '../../../shared/run.ts'
import type { Id } from '../../../shared/values.ts'
import type { SharedWorkspace } from '../../session/open-shared-workspace.ts'
import { recordAudit } from '../../store/audit.ts'
import type { Database } from '../../store/database.ts'
import { findDataset } from '../../store/datasets.ts'
import { modelHistory, modelInUse, recordModelUse, runToRollBackTo } from '../../store/model-uses.ts'
import { findOrMakeOperator } from '../../store/operators.ts'
import { findRun } from '../../store/runs.ts'
import { runWorkspaceTask } from '../../threads/run-task.ts'
import { defaultTargets } from '../comparison/comparison.ts'
import { compareRunsTask } from '../comparison/comparison-task.ts'
import { requireReason } from '../datasets/dataset-versions.ts'
import { modelOf, onlyModel } from '../runs/model-in-use.ts'
import { requireTrained } from '../runs/require-trained.ts'

/** How much lower an area or a recall of the new model may be. */
export const defaultMargin = 0.02

export interface PromotionRequest {
  run: string
  operator: string
  /** Required where the gate does not pass; recorded in any case. */
  reason: string | null
  margin: number
}

export interface Promotion {
  use: ModelUse
  gate: Gate
  comparison: Comparison | null
}

/**
 * Compares the run with the model in use, as a promotion would.
 * @throws Failure `run-unknown`, `not-trained`, `model-in-use`, those of `compareRuns`
 */
export async function judgePromotion(
  { workspace }: Pick<SharedWorkspace, 'workspace'>,
  request: Pick<PromotionRequest, 'run' | 'margin'>,
): Promise<{ run: Run; gate: Gate; comparison: Comparison | null }> {
  const { db } = workspace
  const run = findRun(db, request.run)
  requireTrained(run, 'promote')
  const present = modelInUse(db, run.datasetId)
  if (present === null) {
    const gate: Gate = {
      margin: request.margin,
      against: null,
      validation: null,
      checks: [],
      leastParts: leastTypeParts,
      verdict: 'first',
    }
    return { run, gate, comparison: null }
  }
  if (present.runId === run.id) {
    throw new Failure('model-in-use', { run: run.id })
  }
  const comparison = await runWorkspaceTask(workspace, compareRunsTask, {
    a: present.runId,
    b: run.id,
    ...defaultTargets,
  })
  return { run, gate: gateOf(comparison, request.margin), comparison }
}

/** The outcome of the gate for a comparison (a: the model in use, b: the run to promote). */
export function gateOf(comparison: Comparison, margin: number): Gate {
  const checks: Gate['checks'] = []
  const check = (
    figure: Gate['checks'][number]['figure'],
    defectType: string | null,
    of: PairedFigure | null,
    parts: number | null = null,
  ) => {
    if (of === null) return
    const { value: difference, low, high } = of
    // Allows for rounding: a difference of exactly the margin passes.
    const least = -margin - 1e-9
    // The interval of an area is too narrow for few parts; the interval of a recall is valid for any number.
    const surelyWorse = figure === 'type-recall' && high < least
    const judged = parts === null || parts >= leastTypeParts || surelyWorse
    checks.push({
      figure,
      defectType,
      difference,
      low,
      high,
      passed: judged ? difference >= least : !surelyWorse,
      sure: judged && low >= least,
      parts,
      judged,
    })
  }
  check('image-auroc', null, comparison.delta.imageAuroc)
  check('recall', null, comparison.delta.recall)
  for (const [type, { n, imageAuroc, recall }] of Object.entries(comparison.perDefectType)) {
    check('type-auroc', type, imageAuroc, n)
    check('type-recall', type, recall, n)
  }
  const verdict =
    checks.length === 0 ? 'undecidable' : checks.every(({ passed }) => passed) ? 'passed' : 'worse'
  return {
    margin,
    against: comparison.a,
    validation: comparison.validation.sha256,
    checks,
    leastParts: leastTypeParts,
    verdict,
  }
}

/**
 * Makes a run the model in use.
 * @throws Failure `reason-missing` where the gate did not pass, those of `judgePromotion`
 */
export async function promote(
  session: Pick<SharedWorkspace, 'workspace' | 'events'>,
  request: PromotionRequest,
): Promise<Promotion> {
  const { db } = session.workspace
  const { run, gate, comparison } = await judgePromotion(session, request)
  const reason = request.reason?.trim() || null
  if (gate.verdict === 'worse' || gate.verdict === 'undecidable') requireReason(reason, 'promotion')
  const use = db.transaction(() => {
    // Another promotion may have happened meanwhile; this run was compared with the model that was in use before it.
    const present = modelInUse(db, run.datasetId)
    if ((present?.runId ?? null) !== gate.against) {
      throw new Failure('model-changed')
    }
    const made = recordModelUse(db, {
      datasetId: run.datasetId,
      runId: run.id,
      action: 'promote',
      operatorId: findOrMakeOperator(db, request.operator).id,
      reason,
      gate,
    })
    audit(db, made, gate.against)
    return made
  })
  session.events.emit('model.changed', { dataset: run.datasetId })
  return { use, gate, comparison }
}

export interface RollbackRequest {
  /** Name or id; null where only one dataset has a model in use. */
  dataset: string | null
  operator: string
  /** Required, and kept in the audit. */
  reason: string | null
}

/** @throws Failure `no-model-in-use`, `several-models-in-use`, `nothing-to-roll-back`, `reason-missing` */
export function rollBack(
  { workspace: { db }, events }: Pick<SharedWorkspace, 'workspace' | 'events'>,
  request: RollbackRequest,
): ModelUse {
  const use = db.transaction(() => {
    const present = request.dataset === null ? onlyModel(db) : modelOf(db, request.dataset)
    const { id: runId } = findRun(db, runToRollBackTo(modelHistory(db, present.datasetId)))
    requireReason(request.reason, 'rollback')
    const made = recordModelUse(db, {
      datasetId: present.datasetId,
      runId,
      action: 'rollback',
      operatorId: findOrMakeOperator(db, request.operator).id,
      reason: request.reason?.trim() || null,
      gate: null,
    })
    audit(db, made, present.runId)
    return made
  })
  events.emit('model.changed', { dataset: use.datasetId })
  return use
}

function audit(
  db: Database,
  { action, operator, runId, datasetId, reason, gate }: ModelUse,
  before: Id | null,
): void {
  recordAudit(db, {
    action: action === 'promote' ? 'model.promoted' : 'model.rolled-back',
    operator,
    run: runId,
    dataset: findDataset(db, datasetId).name,
    detail: {
      before,
      reason,
      verdict: gate?.verdict ?? null,
      margin: gate?.margin ?? null,
      validation: gate?.validation ?? null,
    },
  })
}
