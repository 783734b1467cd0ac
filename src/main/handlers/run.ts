import type { Handlers } from '../contract/dispatch.ts'
import { runsToScore } from '../services/comparison.ts'
import { compareInThread } from '../services/comparison-in-thread.ts'
import { evaluateInThread } from '../services/evaluation-in-thread.ts'
import { listPreviews } from '../services/previews.ts'
import { runRegion } from '../services/regions-of-interest.ts'
import { startScoring } from '../services/scoring.ts'
import { findDataset } from '../store/datasets.ts'
import { findRun, listRuns, metricsOf } from '../store/runs.ts'
import type { HandlerContext } from './context.ts'

export const runHandlers = (
  context: HandlerContext,
): Pick<
  Handlers,
  | 'run.list'
  | 'run.get'
  | 'run.curves'
  | 'run.previews'
  | 'run.score'
  | 'run.evaluate'
  | 'run.region'
  | 'run.compare'
  | 'run.unscored'
> => ({
  'run.list': ({ dataset, state }) => {
    const { db } = context.session().workspace
    const datasetId = dataset === undefined ? undefined : findDataset(db, dataset).id
    return listRuns(db, { datasetId, state })
  },
  'run.get': ({ run }) => findRun(context.session().workspace.db, run),
  'run.curves': ({ run, afterStep }) => {
    const { db } = context.session().workspace
    return { points: metricsOf(db, findRun(db, run).id, afterStep) }
  },
  'run.previews': ({ run }) => {
    const { workspace } = context.session()
    return listPreviews(workspace, findRun(workspace.db, run).id)
  },
  'run.score': ({ run, split, again }) => ({
    job: startScoring(context.session(), { run, split, again }).job,
  }),
  'run.evaluate': ({ run, score, split }) =>
    evaluateInThread(context.session().workspace, { run, score: score ?? null, split }),
  'run.region': (request) => runRegion(context.session().workspace, request),
  'run.compare': (request) => compareInThread(context.session().workspace, request),
  'run.unscored': (request) => ({ runs: runsToScore(context.session().workspace, request) }),
})
