/**
 * `window.fanoscope` over whatever carries messages to main. Generic over the contract: a call goes by its name
 * to the one gate in main (`src/main/contract/dispatch.ts`), which knows the schemas; none travels in here.
 */
import type { Bridge, CallInput, CallName, CallOutput, EventName, EventPayload } from '../shared/contract.ts'
import type { FailureData } from '../shared/failure.ts'

/** What the gate answers. */
export type AnswerOf<N extends CallName> =
  | { ok: true; value: CallOutput<N> }
  | { ok: false; failure: FailureData }

export interface Transport {
  /** Rejects with FailureData where no answer can be had. */
  call<N extends CallName>(name: N, input: CallInput<N>): Promise<AnswerOf<N>>
  /** Hears every event. */
  listen(listener: <N extends EventName>(name: N, payload: EventPayload<N>) => void): void
}

export interface BridgeOptions {
  host: Bridge['host']
  /** Complete address that ends in a slash; paths of `assetPath` lie below it. */
  assetBase: string
  transport: Transport
  droppedPath: Bridge['droppedPath']
  sendDropped: Bridge['sendDropped']
}

export function createBridge(options: BridgeOptions): Bridge {
  const { host, assetBase, transport, droppedPath, sendDropped } = options
  const events = new EventTarget()
  // The same address is another picture in another workspace, and a page keeps what it has once shown.
  let workspacesSeen = 0
  transport.listen((name, payload) => {
    if (name === 'workspace.changed') workspacesSeen += 1
    events.dispatchEvent(new MessageEvent(name, { data: payload }))
  })

  return {
    host,
    async call(name, input) {
      const answer = await transport.call(name, input)
      if (!answer.ok) throw answer.failure
      return answer.value
    },
    on(name, listener) {
      const heard = (event: Event): void => {
        if (event instanceof MessageEvent) listener(event.data)
      }
      events.addEventListener(name, heard)
      return () => events.removeEventListener(name, heard)
    },
    asset: (path) => `${assetBase}${path}?w=${workspacesSeen}`,
    droppedPath,
    sendDropped,
  }
}
