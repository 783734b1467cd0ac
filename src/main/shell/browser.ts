/**
 * The host for machines without the Electron binary, and for tests: a server on 127.0.0.1 that only the browser which
 * opened its address can use.
 *
 *     GET  /<ticket>/            the app
 *     GET  /<ticket>/asset/...   pixels
 *     POST /<ticket>/drop/...    a file of a folder that was dropped, see `features/folders/drops.ts`
 *     WS   /<ticket>/socket      {id, name, input} -> {id, answer}; {event, payload}
 *     POST /address              a new address, for the command line, see `address-desk.ts`
 */

import { join } from 'node:path'
import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { WebSocket } from 'ws'
import { z } from 'zod'
import { Failure, failureData } from '../../shared/failure.ts'
import { wordsIn } from '../../shared/messages/words.ts'
import { actionableError } from '../platform/actionable-error.ts'
import { addressPath, createAddressDesk } from './address-desk.ts'
import { type HostOptions, openShell, reportToStandardError, type Shell } from './hosted.ts'
import { openServer } from './open-server.ts'
import { type OpenedWindow, openWindow, standardSize, type WindowSize } from './open-window.ts'
import { createTickets } from './tickets.ts'

export interface BrowserHostOptions extends HostOptions {
  /** The built script of the bridge; by default next to `rendererFolder`. */
  bridgeFile?: string
  /** The port; 0, the default, takes a free one. */
  port?: number
  /** The folder of the workspace that is open already, and can be written. */
  workspace?: string | undefined
  /** Whether to open a window; false, the default, only serves. */
  open?: boolean
}

export interface BrowserHost {
  /** The address for one browser; see `newUrl`. */
  url: string
  /** Makes an address for another browser. */
  newUrl(): string
  /**
   * The window that was opened; null where none was requested or none could be opened. Then a person must open `url`.
   */
  window: OpenedWindow | null
  close(): Promise<void>
}

/**
 * Bytes of unread events after which the connection of a window is closed. When it reconnects, it asks for what it
 * missed.
 */
const mostUnread = 16 * 1024 * 1024

const requestSchema = z.object({ id: z.number(), name: z.unknown(), input: z.unknown() })

/** In both languages: nobody knows yet who reads it. */
const refusal = ((): string => {
  const { code, params } = new Failure('address-refused')
  return (['en', 'zh-CN'] as const)
    .map((language) => {
      const words = wordsIn(language)
      const part = (name: 'title' | 'remedy'): string => words.text('failure', { code, params }, name)
      return `${part('title')}\n${part('remedy')}\n`
    })
    .join('\n')
})()

/** Rejects with Failure `port-in-use` or `renderer-missing`. */
export async function startBrowserHost(options: BrowserHostOptions): Promise<BrowserHost> {
  const { rendererFolder, port = 0, open = false, report = reportToStandardError } = options
  const bridgeFile = options.bridgeFile ?? join(rendererFolder, '..', 'preload', 'browser.js')
  const shell = await openShell({ ...options, bridgeFile })
  const tickets = createTickets()
  const sockets = new Set<WebSocket>()
  let origin = ''
  const newUrl = (): string => `${origin}/${tickets.issue()}/`
  const desk = createAddressDesk(() => origin, report)

  /** Answers a request of somebody who may not use the ticket; says whether it did. */
  const refuse = (request: FastifyRequest, reply: FastifyReply): boolean => {
    const isSocket = request.headers.upgrade !== undefined
    // Requests with another host name (an attacker's DNS may point to this machine) or another origin are rejected
    // first.
    const isOurs =
      request.headers.host === new URL(origin).host &&
      (isSocket || request.method === 'POST'
        ? request.headers.origin === origin
        : (request.headers.origin ?? origin) === origin)
    // No browser asks for it: one would name its origin.
    if (request.method === 'POST' && pathOf(request.url) === addressPath) {
      const isCommand = request.headers.host === new URL(origin).host && request.headers.origin === undefined
      if (isCommand && desk.admits(request.headers.authorization)) return false
      reply.code(403).type('text/plain; charset=utf-8').send(refusal)
      return true
    }
    const [, ticket = '', ...rest] = pathOf(request.url).split('/')
    // A program that looks at an address before a browser opens it asks with HEAD or OPTIONS.
    const opensWindow = request.method === 'GET' && !isSocket && rest.join('/') === '' && rest.length === 1
    const admission = isOurs
      ? tickets.admit(ticket, request.headers.cookie, opensWindow)
      : { kind: 'refused' as const }
    if (admission.kind === 'first') reply.header('set-cookie', admission.cookie)
    if (admission.kind !== 'refused') return false
    reply.code(403).type('text/plain; charset=utf-8').send(refusal)
    return true
  }
  const server = await openServer(refuse, report)

  server.get<{ Params: { ticket: string } }>('/:ticket/socket', { websocket: true }, (socket, { params }) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('message', async (data) => {
      const request = parseRequest(String(data))
      if (request === null) return socket.close(1008, 'Not a call.')
      const answer = await shell.call(request.name, request.input, params.ticket)
      socket.send(JSON.stringify({ id: request.id, answer }))
    })
  })

  server.post<{ Params: { ticket: string; drop: string; '*': string }; Body: Readable | undefined }>(
    '/:ticket/drop/:drop/*',
    async ({ params, body }, reply) => {
      try {
        await options.application.drops.write(params.drop, params['*'], body ?? Readable.from([]))
        return reply.code(204).send()
      } catch (error) {
        const failure = failureData(actionableError(error))
        if (failure.code === 'internal') report('A dropped file could not be written.', error)
        // The rest of the file is not needed, and a connection with unread data cannot be used again.
        return reply.code(409).header('connection', 'close').send({ error: failure })
      }
    },
  )

  server.post(addressPath, () => ({ url: newUrl() }))

  server.get<{ Params: { ticket: string } }>('/:ticket/*', async (request, reply) => {
    const path = pathOf(request.url).slice(request.params.ticket.length + 2)
    const { status, headers, body } = await shell.site.answer(path, request.headers['if-none-match'] ?? null)
    return reply.code(status).headers(headers).send(body)
  })

  const stopEvents = shell.onEvent((event, payload) => {
    const text = JSON.stringify({ event, payload })
    for (const socket of sockets) {
      if (socket.bufferedAmount > mostUnread) socket.terminate()
      else socket.send(text)
    }
  })

  let window: OpenedWindow | null = null
  let stopMoving = (): void => undefined
  const close = async (): Promise<void> => {
    stopMoving()
    desk.moveTo(null)
    stopEvents()
    window?.close()
    for (const socket of sockets) socket.close(1001, 'Fanoscope ends.')
    await server.close()
    await shell.close()
  }

  try {
    origin = new URL(await server.listen({ host: '127.0.0.1', port })).origin
  } catch (cause) {
    await close()
    throw new Failure('port-in-use', { port }, { cause })
  }
  desk.moveTo(options.workspace ?? null)
  stopMoving = options.application.events.on('workspace.changed', ({ workspace }) =>
    desk.moveTo(workspace === null || workspace.isReadOnly ? null : workspace.dir),
  )
  if (open) window = await openWindow(newUrl(), await rememberedSize(shell))
  return { url: newUrl(), newUrl, window, close }
}

/** The setting in which the window stores its size, see `src/renderer/frame/use-window-size.ts`. */
const sizeKey = 'ui.app-window-size'
const sizeSchema = z.object({
  width: z.number().int().min(640).max(16_384),
  height: z.number().int().min(480).max(16_384),
})

async function rememberedSize(shell: Shell): Promise<WindowSize> {
  const remembered = await shell.call('setting.get', { key: sizeKey })
  const setting = z.object({ value: sizeSchema }).safeParse(remembered.ok ? remembered.value : null)
  return setting.data?.value ?? standardSize
}

const pathOf = (url: string): string => url.split('?', 1)[0] ?? ''

function parseRequest(text: string): z.infer<typeof requestSchema> | null {
  try {
    return requestSchema.safeParse(JSON.parse(text)).data ?? null
  } catch {
    return null
  }
}
