import type { Handlers } from '../../contract/dispatch.ts'
import type { HandlerContext } from '../../session/handler-context.ts'
import { findDataset } from '../../store/datasets.ts'
import { findRun, listRuns, metricsOf } from '../../store/runs.ts'
import { runsToScore } from '../comparison/comparison.ts'
import { compareInThread } from '../comparison/comparison-in-thread.ts'
import { runRegion } from '../datasets/regions-of-interest.ts'
import { evaluateInThread } from '../scoring/evaluation-in-thread.ts'
import { startScoring } from '../scoring/scoring.ts'
import { listPreviews } from './previews.ts'

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
