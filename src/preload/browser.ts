/** Puts the bridge on `window` where no preload does: a script of its own, run before the app. */
import { createBridge } from './bridge.ts'
import { sendDroppedTo } from './send-dropped.ts'
import { openSocketTransport } from './socket.ts'

declare const location: { readonly href: string }

const base = new URL('.', location.href)
const socketAddress = new URL('socket', base)
socketAddress.protocol = 'ws:'

const bridge = createBridge({
  host: 'browser',
  assetBase: new URL('asset/', base).href,
  transport: openSocketTransport({
    connect: () => new WebSocket(socketAddress),
    wait: (milliseconds, then) => setTimeout(then, milliseconds),
  }),
  droppedPath: () => null,
  sendDropped: sendDroppedTo(new URL('drop/', base)),
})

Object.defineProperty(globalThis, 'fanoscope', { value: bridge, enumerable: true })
