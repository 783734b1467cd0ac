import type { Handlers } from '../../contract/dispatch.ts'
import type { HandlerContext } from '../../session/handler-context.ts'
import { liveState, startLive, stopLive } from './live.ts'

export const liveHandlers = (
  context: HandlerContext,
): Pick<Handlers, 'live.start' | 'live.stop' | 'live.state'> => ({
  'live.start': (request) => startLive(context.session(), request),
  'live.stop': () => {
    stopLive(context.session())
    return {}
  },
  'live.state': () => liveState(context.session()),
})
