/**
 * A real server on loopback that takes webhooks, and can be told to refuse, to hang, and to go away; without the test
 * runner.
 */
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { z } from 'zod'
import {
  type OutputDocument,
  resultDocumentSchema,
  stateDocumentSchema,
  testDocumentSchema,
} from '../../../../src/shared/result.ts'

const documentSchema = z.union([resultDocumentSchema, stateDocumentSchema, testDocumentSchema])

export interface Received {
  document: OutputDocument
  headers: IncomingHttpHeaders
  body: string
}

export interface Receiver {
  url: string
  received: Received[]
  /** The numbers of results in the order in which they came, with repetitions. */
  numbers(): number[]
  states(): string[]
  /** What it does with the next requests. */
  mode: 'take' | 'refuse' | 'hang'
  /** Resolves once it is so, looked at after each request. */
  until(holds: () => boolean): Promise<void>
  away(): Promise<void>
  back(): Promise<void>
}

export async function openReceiver(): Promise<Receiver> {
  let server: Server | null = null
  let port = 0
  let waiting: (() => void)[] = []
  const look = (): void => {
    const due = waiting
    waiting = []
    for (const again of due) again()
  }
  const receiver: Receiver = {
    url: '',
    received: [],
    mode: 'take',
    numbers: () =>
      receiver.received.flatMap(({ document }) =>
        document.format === 'fanoscope.result/1' ? [document.number] : [],
      ),
    states: () =>
      receiver.received.flatMap(({ document }) =>
        document.format === 'fanoscope.state/1' ? [document.state] : [],
      ),
    async until(holds) {
      while (!holds()) await new Promise<void>((resolve) => waiting.push(resolve))
    },
    async away() {
      const ending = server
      server = null
      if (ending === null) return
      const closed = once(ending, 'close')
      ending.close()
      ending.closeAllConnections()
      await closed
    },
    async back() {
      server = createServer((request, response) => {
        void text(request).then((body) => {
          if (receiver.mode === 'take') {
            receiver.received.push({
              document: documentSchema.parse(JSON.parse(body)),
              headers: request.headers,
              body,
            })
            response.writeHead(204).end()
          } else if (receiver.mode === 'refuse') response.writeHead(503).end('not now')
          look()
        })
      })
      server.listen(port, '127.0.0.1')
      await once(server, 'listening')
      const address: AddressInfo | string | null = server.address()
      if (address === null || typeof address === 'string') throw new RangeError('it does not listen')
      port = address.port
      receiver.url = `http://127.0.0.1:${port}/parts`
    },
  }
  await receiver.back()
  return receiver
}
