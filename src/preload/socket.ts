/**
 * Calls and events over one WebSocket: fetches of pixels cannot hold up a call there, as they can where a
 * browser allows six connections. When the socket is lost, what was asked over it is rejected (its answer will
 * never come) and what is asked afterwards waits for the next one.
 */
import type { CallName, EventName, EventPayload } from '../shared/contract.ts'
import type { FailureData } from '../shared/failure.ts'
import type { AnswerOf, Transport } from './bridge.ts'

/** What is used of a WebSocket. */
export interface Socket {
  send(text: string): void
  addEventListener(type: 'open' | 'close', listener: () => void): void
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void
}

export interface SocketTransportOptions {
  connect: () => Socket
  wait: (milliseconds: number, then: () => void) => void
}

/** Milliseconds before each attempt to connect again; after the last, what waits is given up. */
const pauses = [100, 200, 400, 800, 1600, 3200] as const

interface Asked {
  text: string
  settle(answer: unknown): void
  reject(failure: FailureData): void
}

const lost: FailureData = { code: 'connection-lost', params: {} }

const gone: FailureData = { code: 'host-gone', params: {} }

export function openSocketTransport({ connect, wait }: SocketTransportOptions): Transport {
  let emit: <N extends EventName>(name: N, payload: EventPayload<N>) => void = () => undefined
  let open: Socket | null = null
  let connecting = false
  let wasOpen = false
  let lastId = 0
  let failures = 0
  const queued = new Map<number, Asked>()
  const sent = new Map<number, Asked>()

  const rejectAll = (asked: Map<number, Asked>, failure: FailureData): void => {
    const all = [...asked.values()]
    asked.clear()
    for (const { reject } of all) reject(failure)
  }

  const send = (socket: Socket): void => {
    for (const [id, asked] of queued) {
      queued.delete(id)
      sent.set(id, asked)
      socket.send(asked.text)
    }
  }

  const receive = (data: unknown): void => {
    const message = JSON.parse(String(data))
    if ('event' in message) {
      emit(message.event, message.payload)
      return
    }
    const asked = sent.get(message.id)
    sent.delete(message.id)
    asked?.settle(message.answer)
  }

  const start = (): void => {
    if (open !== null || connecting) return
    connecting = true
    const socket = connect()
    socket.addEventListener('open', () => {
      connecting = false
      failures = 0
      open = socket
      send(socket)
      if (wasOpen) void catchUp()
      wasOpen = true
    })
    socket.addEventListener('message', ({ data }) => receive(data))
    socket.addEventListener('close', () => {
      connecting = false
      open = null
      rejectAll(sent, lost)
      const pause = pauses[failures]
      failures += 1
      if (pause !== undefined) wait(pause, start)
      else {
        // The next call tries again from the first pause.
        failures = 0
        rejectAll(queued, gone)
      }
    })
  }

  const call = <N extends CallName>(name: N, input: unknown): Promise<AnswerOf<N>> =>
    new Promise((resolve, reject) => {
      lastId += 1
      const settle = (answer: unknown): void => {
        if (isAnswer<N>(answer)) resolve(answer)
        else reject(lost)
      }
      queued.set(lastId, { text: JSON.stringify({ id: lastId, name, input }), settle, reject })
      if (open === null) start()
      else send(open)
    })

  /** Events in between were missed: says what they would have led to. */
  const catchUp = async (): Promise<void> => {
    const answer = await call('app.info', {}).catch(() => null)
    if (!answer?.ok) return
    emit('engine.changed', answer.value.engine)
    emit('workspace.changed', { workspace: answer.value.workspace })
  }

  start()
  return {
    call,
    listen(listener) {
      emit = listener
    },
  }
}

/** Looks at the envelope only: the value was checked against the contract before it was sent. */
function isAnswer<N extends CallName>(value: unknown): value is AnswerOf<N> {
  return typeof value === 'object' && value !== null && 'ok' in value
}
