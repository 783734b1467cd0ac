import { Failure } from '../../shared/failure.ts'
import type { Handlers } from '../contract/dispatch.ts'
import { proposeInThread } from '../services/curation-in-thread.ts'
import { compareVersions, confirmCuration, restoreVersion, versionsOf } from '../services/dataset-versions.ts'
import { estimateRetraining, startRetraining } from '../services/retraining.ts'
import type { HandlerContext } from './context.ts'

export const curationHandlers = (
  context: HandlerContext,
): Pick<
  Handlers,
  | 'version.list'
  | 'version.compare'
  | 'version.restore'
  | 'curation.propose'
  | 'curation.confirm'
  | 'retrain.estimate'
  | 'retrain.start'
> => ({
  'version.list': ({ dataset }) => versionsOf(context.session().workspace, dataset),
  'version.compare': (request) => compareVersions(context.session().workspace, request),
  'version.restore': (request) => {
    const { workspace, events } = context.session()
    const made = restoreVersion(workspace, request)
    events.emit('dataset.changed', { dataset: made.datasetId })
    return made
  },
  'curation.propose': ({ run }) => proposeInThread(context.session().workspace, { run }),
  'curation.confirm': async ({ run, base, ...confirmation }) => {
    const { workspace, events } = context.session()
    const proposal = await proposeInThread(workspace, { run })
    if (proposal.base.id !== base) {
      throw new Failure('proposal-outdated', { version: proposal.base.number })
    }
    const made = confirmCuration(workspace, proposal, confirmation)
    events.emit('dataset.changed', { dataset: made.datasetId })
    return made
  },
  'retrain.estimate': ({ run, start }) => ({
    seconds: estimateRetraining(context.session(), { run, start, set: {} }),
  }),
  'retrain.start': (request) => startRetraining(context.session(), request),
})
