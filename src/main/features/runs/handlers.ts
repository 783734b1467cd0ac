import type { Handlers } from '../../contract/dispatch.ts'
import type { HandlerContext } from '../../session/handler-context.ts'
import { findDataset } from '../../store/datasets.ts'
import { describeRun } from '../../store/run-notes.ts'
import { findRun, listRuns, metricsOf } from '../../store/runs.ts'
import { listPreviews } from './previews.ts'

export const runHandlers = (
  context: HandlerContext,
): Pick<Handlers, 'run.list' | 'run.get' | 'run.describe' | 'run.curves' | 'run.previews'> => ({
  'run.list': ({ dataset, state }) => {
    const { db } = context.session().workspace
    const datasetId = dataset === undefined ? undefined : findDataset(db, dataset).id
    return listRuns(db, { datasetId, state })
  },
  'run.get': ({ run }) => findRun(context.session().workspace.db, run),
  'run.describe': ({ run, description, operator }) => {
    const { workspace, events } = context.session()
    const described = describeRun(workspace.db, findRun(workspace.db, run).id, description, operator)
    events.emit('run.changed', { run: described.id })
    return described
  },
  'run.curves': ({ run, afterStep }) => {
    const { db } = context.session().workspace
    return { points: metricsOf(db, findRun(db, run).id, afterStep) }
  },
  'run.previews': ({ run }) => {
    const { workspace } = context.session()
    return listPreviews(workspace, findRun(workspace.db, run).id)
  },
})
