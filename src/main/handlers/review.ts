import type { Handlers } from '../contract/dispatch.ts'
import { decideImage, reviewQueue, undoLast } from '../services/review.ts'
import type { HandlerContext } from './context.ts'

export const reviewHandlers = (
  context: HandlerContext,
): Pick<Handlers, 'review.queue' | 'review.decide' | 'review.undo'> => ({
  'review.queue': (request) => reviewQueue(context.session(), request),
  'review.decide': (request) => decideImage(context.session(), request),
  'review.undo': (request) => ({ undone: undoLast(context.session(), request) }),
})
