/** A browser as far as the browser host can tell: it keeps its cookie and says which origin it comes from. */
import { type IncomingHttpHeaders, request as send } from 'node:http'
import { WebSocket } from 'ws'
import { createBridge } from '../../../src/preload/bridge.ts'
import { sendDroppedTo } from '../../../src/preload/send-dropped.ts'
import { openSocketTransport } from '../../../src/preload/socket.ts'
import type { Bridge } from '../../../src/shared/contract.ts'

export interface Answer {
  status: number
  headers: IncomingHttpHeaders
  body: Buffer
}

/** One request, with exactly these headers beside those that every request has. */
export function request(url: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = send(url, { method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks),
        }),
      )
    })
    sent.on('error', reject)
    sent.end()
  })
}

/** Opens the address for the first time and answers with the cookie. */
export async function firstVisit(url: string): Promise<string> {
  const { status, headers } = await request(url)
  if (status !== 200) throw new Error(`${url} answered ${status}`)
  return headers['set-cookie']?.[0]?.split(';')[0] ?? ''
}

export function socketTo(url: string, cookie: string, origin = new URL(url).origin): WebSocket {
  const address = new URL('socket', url)
  address.protocol = 'ws:'
  return new WebSocket(address, { origin, headers: { cookie } })
}

/** The HTTP status with which a socket is refused, or 101 where it opens. */
export function socketStatus(socket: WebSocket): Promise<number> {
  return new Promise((resolve) => {
    // A refused socket also has an error, which is this status once more.
    socket.on('error', () => undefined)
    socket.once('unexpected-response', (_request, response) => {
      resolve(response.statusCode ?? 0)
      socket.terminate()
    })
    socket.once('open', () => {
      resolve(101)
      socket.terminate()
    })
  })
}

/** The code and reason with which the host closes the socket. */
export function closing(socket: WebSocket): Promise<{ code: number; reason: string }> {
  return new Promise((resolve) => {
    socket.on('error', () => undefined)
    socket.once('close', (code, reason) => resolve({ code, reason: String(reason) }))
  })
}

export interface Visitor {
  bridge: Bridge
  cookie: string
  /** Breaks the connection as a closed window does. */
  leave(): void
}

/** The bridge of a window that opened the address: the real one, over a real socket. */
export async function visit(url: string): Promise<Visitor> {
  const cookie = await firstVisit(url)
  let socket: WebSocket | null = null
  const bridge = createBridge({
    host: 'browser',
    assetBase: new URL('asset/', url).href,
    transport: openSocketTransport({
      connect() {
        socket = socketTo(url, cookie)
        socket.on('error', () => undefined)
        return socket
      },
      // A test's window does not come back.
      wait: () => undefined,
    }),
    droppedPath: () => null,
    sendDropped: sendDroppedTo(new URL('drop/', url), (address, init) =>
      fetch(address, { ...init, headers: { ...init?.headers, cookie, origin: new URL(url).origin } }),
    ),
  })
  return { bridge, cookie, leave: () => socket?.terminate() }
}
