import type { Handlers } from '../contract/dispatch.ts'
import { resumeTraining, startTraining } from '../services/training.ts'
import type { HandlerContext } from './context.ts'

export const trainHandlers = (context: HandlerContext): Pick<Handlers, 'train.start' | 'train.resume'> => ({
  'train.start': (request) => startTraining(context.session(), request),
  'train.resume': ({ run }) => resumeTraining(context.session(), run),
})
