/** A real MQTT broker on loopback, and a client that hears what it has; without the test runner. */
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { Aedes } from 'aedes'
import { connectAsync, type MqttClient } from 'mqtt'

export interface Broker {
  port: number
  /** For good. */
  close(): Promise<void>
  /** Lets it go, with every connection, as a power cut does. */
  away(): Promise<void>
  back(): Promise<void>
}

export interface RecordingBroker extends Broker {
  /**
   * What clients published, in that order. A subscriber that comes back may hear what was kept for it after what is
   * new, so the order of a publisher is told by this alone.
   */
  published: { topic: string; document: unknown }[]
}

/** @param users those who may connect, with their passwords; everybody without */
export async function openAedes(
  users: Readonly<Record<string, string>> | null = null,
): Promise<RecordingBroker> {
  const aedes = await Aedes.createBroker({
    authenticate: (_, name, password, done) =>
      done(null, users === null || users[name ?? ''] === password?.toString()),
  })
  const published: RecordingBroker['published'] = []
  aedes.on('publish', ({ topic, payload }, client) => {
    if (client !== null) published.push({ topic, document: documentOf(payload) })
  })
  let server: Server | null = null
  const sockets = new Set<Socket>()
  const broker: RecordingBroker = {
    port: 0,
    published,
    async close() {
      await broker.away()
      await new Promise<void>((resolve) => aedes.close(resolve))
    },
    async away() {
      const ending = server
      server = null
      if (ending === null) return
      const closed = once(ending, 'close')
      ending.close()
      for (const socket of sockets) socket.destroy()
      await closed
    },
    async back() {
      server = createServer((socket) => {
        sockets.add(socket)
        socket.on('close', () => sockets.delete(socket))
        aedes.handle(socket)
      })
      server.listen(broker.port, '127.0.0.1')
      await once(server, 'listening')
      broker.port = portOf(server)
    },
  }
  await broker.back()
  return broker
}

function documentOf(payload: string | Buffer): unknown {
  try {
    return JSON.parse(payload.toString())
  } catch {
    return null
  }
}

export function portOf(server: Server): number {
  const address: AddressInfo | string | null = server.address()
  if (address === null || typeof address === 'string') throw new RangeError('it does not listen')
  return address.port
}

export interface Subscriber {
  client: MqttClient
  /** Every message, as topic and document, with whether the broker had kept it. */
  messages: { topic: string; document: Record<string, unknown>; isKept: boolean }[]
  numbers(): unknown[]
  states(): unknown[]
  until(holds: () => boolean): Promise<void>
}

/** A client of its own that hears everything below a topic. */
export async function openSubscriber(port: number, topic: string, options: object = {}): Promise<Subscriber> {
  const client = await connectAsync(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 10, ...options })
  let waiting: (() => void)[] = []
  const messages: Subscriber['messages'] = []
  client.on('message', (on, payload, { retain }) => {
    messages.push({ topic: on, document: JSON.parse(payload.toString()), isKept: retain })
    const due = waiting
    waiting = []
    for (const again of due) again()
  })
  client.on('error', () => undefined)
  await client.subscribeAsync(`${topic}/#`, { qos: 1 })
  const on = (kind: string) => messages.filter((message) => message.topic === `${topic}/${kind}`)
  return {
    client,
    messages,
    numbers: () => on('result').map(({ document }) => document.number),
    states: () => on('state').map(({ document }) => document.state),
    async until(holds) {
      while (!holds()) await new Promise<void>((resolve) => waiting.push(resolve))
    },
  }
}
