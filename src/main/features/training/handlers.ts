import type { Handlers } from '../../contract/dispatch.ts'
import type { HandlerContext } from '../../session/handler-context.ts'
import { presentBackbone } from './backbone.ts'
import { estimateRetraining, startRetraining } from './retraining.ts'
import { resumeTraining, startTraining } from './training.ts'
import { wholeOutlook } from './training-outlook.ts'

export const trainHandlers = (
  context: HandlerContext,
): Pick<
  Handlers,
  'train.start' | 'train.outlook' | 'train.resume' | 'retrain.estimate' | 'retrain.start'
> => ({
  'train.outlook': async (request) => {
    const { workspace, supervisor } = context.session()
    const hasGpu = supervisor.state().provider?.gpu === true
    return wholeOutlook(workspace, { hasGpu, backbone: await presentBackbone() }, request)
  },
  'train.start': (request) => startTraining(context.session(), request),
  'train.resume': ({ run }) => resumeTraining(context.session(), run),
  'retrain.estimate': ({ run, start }) => ({
    seconds: estimateRetraining(context.session(), { run, start, set: {} }),
  }),
  'retrain.start': (request) => startRetraining(context.session(), request),
})
