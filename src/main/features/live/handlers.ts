import type { Handlers } from '../../contract/dispatch.ts'
import type { HandlerContext } from '../../session/handler-context.ts'
import { liveState, startLive, stopLive } from './live.ts'
import { seePart, undoSeen } from './see-parts.ts'

export const liveHandlers = (
  context: HandlerContext,
): Pick<Handlers, 'live.start' | 'live.stop' | 'live.state' | 'live.seen' | 'live.undo'> => ({
  'live.start': (request) => startLive(context.session(), request),
  'live.stop': () => {
    stopLive(context.session())
    return {}
  },
  'live.state': () => liveState(context.session()),
  'live.seen': (request) => {
    seePart(context.session(), request)
    return {}
  },
  'live.undo': (request) => undoSeen(context.session(), request),
})
