import type { Handlers } from '../contract/dispatch.ts'
import { resumeTraining, startTraining } from '../services/training.ts'
import { trainingOutlook } from '../services/training-outlook.ts'
import type { HandlerContext } from './context.ts'

export const trainHandlers = (
  context: HandlerContext,
): Pick<Handlers, 'train.start' | 'train.outlook' | 'train.resume'> => ({
  'train.outlook': (request) => {
    const { workspace, supervisor } = context.session()
    return trainingOutlook(workspace, supervisor.state().provider?.gpu === true, request)
  },
  'train.start': (request) => startTraining(context.session(), request),
  'train.resume': ({ run }) => resumeTraining(context.session(), run),
})
