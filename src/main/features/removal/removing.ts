/** Deletes datasets and runs, and puts back what was deleted; the same for windows and the command line. */

import { Failure } from '../../../shared/failure.ts'
import type { Dependents, Removed, RemovedKind } from '../../../shared/removed.ts'
import type { Run } from '../../../shared/run.ts'
import { idSchema } from '../../../shared/values.ts'
import type { Session } from '../../session/session.ts'
import type { Database } from '../../store/database.ts'
import { datasetById, findDataset } from '../../store/datasets.ts'
import { modelHistory, modelInUse, runBefore } from '../../store/model-uses.ts'
import {
  dependentsOfDataset,
  dependentsOfRun,
  putDatasetBack,
  putRunBack,
  removeDataset,
  removedDatasets,
  removedRuns,
  removedUntil,
  removeRun,
  requireIdle,
  requireNotInUse,
} from '../../store/removed.ts'
import { putOperatorBack, removedOperators } from '../../store/removed-operators.ts'
import { findRun, runById } from '../../store/runs.ts'
import { typeChanges } from '../../store/type-changes.ts'
import { runWorkspaceTask } from '../../threads/run-task.ts'
import { undoTypeChangeTask } from '../label/label-tasks.ts'
import { learnedFrom, runName } from '../runs/run-name.ts'

/**
 * What goes with a dataset or a run, and its name.
 * @throws Failure `removal-busy`, `run-in-use` where it cannot be deleted
 */
export function dependentsOf(db: Database, kind: 'dataset' | 'run', text: string): Dependents {
  if (kind === 'run') {
    const run = findRun(db, text)
    const name = runName(db, run)
    requireNotInUse(db, run.id, name)
    requireIdle(db, 'run', run.id, name)
    return { name, inUse: null, rollbackOf: rollbackOf(db, run), ...dependentsOfRun(db, run.id) }
  }
  const { id, name } = findDataset(db, text)
  requireIdle(db, 'dataset', id, name)
  const use = modelInUse(db, id)
  const inUse = use === null ? undefined : runById(db, use.runId)
  return {
    name,
    inUse: inUse === undefined ? null : runName(db, inUse),
    rollbackOf: null,
    ...dependentsOfDataset(db, id),
  }
}

/** The model in use that a rollback would replace by the run; null where a rollback returns to another one, or to none. */
function rollbackOf(db: Database, { id, datasetId }: Run): string | null {
  const history = modelHistory(db, datasetId)
  const present = history[0] === undefined ? undefined : runById(db, history[0].runId)
  return present !== undefined && runBefore(history) === id ? runName(db, present) : null
}

type Teller = Pick<Session, 'workspace' | 'events'>

/** @throws Failure `removal-busy`, `run-in-use` */
export function remove(
  { workspace: { db }, events }: Teller,
  kind: 'dataset' | 'run',
  text: string,
  operator: string | null,
): void {
  if (kind === 'dataset') {
    removeDataset(db, findDataset(db, text), operator)
  } else {
    const run = findRun(db, text)
    removeRun(db, { id: run.id, name: runName(db, run), dataset: learnedFrom(db, run) }, operator)
  }
  events.emit('removed.changed', {})
}

/** Newest first. */
export function listRemoved(db: Database): Removed[] {
  const runs = removedRuns(db).flatMap(({ id, at, by }): Removed[] => {
    const run = runById(db, id)
    if (run === undefined) return []
    const dataset = datasetById(db, run.datasetId)?.name ?? null
    const until = removedUntil(at)
    return [{ kind: 'run', id, name: runName(db, run), dataset, becomes: null, at, by, until }]
  })
  return [...removedDatasets(db), ...runs, ...typeChanges(db), ...removedOperators(db)].sort(
    (a, b) => b.at - a.at,
  )
}

/** @throws Failure `removed-unknown`, `removed-cleared`, `validation-frozen` */
export async function putBack(
  { workspace, events }: Teller,
  kind: RemovedKind,
  id: string,
  operator: string | null,
): Promise<{ name: string; kept: number }> {
  const { db } = workspace
  const done = { name: '', kept: 0 }
  if (kind === 'dataset') {
    done.name = putDatasetBack(db, idSchema.parse(id), operator)
  } else if (kind === 'run') {
    putRunBack(db, idSchema.parse(id), operator)
    done.name = runName(db, findRun(db, id))
  } else if (kind === 'operator') {
    done.name = putOperatorBack(db, id, operator)
  } else {
    const change = Number(id)
    if (!Number.isSafeInteger(change)) throw new Failure('removed-unknown', { id })
    const undone = await runWorkspaceTask(workspace, undoTypeChangeTask, { change, operator })
    done.name = undone.name
    done.kept = undone.kept
    events.emit('dataset.changed', { dataset: datasetById(db, undone.datasetId)?.name ?? '' })
  }
  events.emit('removed.changed', {})
  return done
}
