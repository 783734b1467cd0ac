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

/** @param users those who may connect, with their passwords; everybody without */
export async function openAedes(users: Readonly<Record<string, string>> | null = null): Promise<Broker> {
  const aedes = await Aedes.createBroker({
    authenticate: (_, name, password, done) =>
      done(null, users === null || users[name ?? ''] === password?.toString()),
  })
  let server: Server | null = null
  const sockets = new Set<Socket>()
  const broker: Broker = {
    port: 0,
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
