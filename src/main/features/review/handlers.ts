import type { Handlers } from '../../contract/dispatch.ts'
import type { HandlerContext } from '../../session/handler-context.ts'
import { nearestGood } from './nearest-good.ts'
import { acceptRest, decideImage, reviewQueue, undoLast, waitingParts } from './review.ts'

export const reviewHandlers = (
  context: HandlerContext,
): Pick<
  Handlers,
  'review.queue' | 'review.waiting' | 'review.decide' | 'review.undo' | 'review.acceptRest' | 'review.nearest'
> => ({
  'review.queue': (request) => reviewQueue(context.session(), request),
  'review.waiting': (request) => waitingParts(context.session(), request),
  'review.decide': (request) => decideImage(context.session(), request),
  'review.undo': (request) => undoLast(context.session(), request),
  'review.acceptRest': (request) => acceptRest(context.session(), request),
  'review.nearest': (request) => nearestGood(context.session(), request),
})
