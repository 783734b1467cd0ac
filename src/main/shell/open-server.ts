/**
 * The HTTP server of the browser host. What the server itself answers, because no route does or because a request
 * cannot be read, has the form of all other failures, `{error: {code, params}}` under the same headers. The server's
 * own texts are not sent: they repeat the address, and with it the ticket.
 */
import { STATUS_CODES } from 'node:http'
import websocket from '@fastify/websocket'
import fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify'
import { Failure, type FailureData, failureData } from '../../shared/failure.ts'
import type { ReportDefect } from '../contract/dispatch.ts'
import { securityHeaders } from './policy.ts'

/** Bytes of a part of an address. A ticket has 32, a name of a file in a dropped folder up to 255 letters. */
const longestPart = 4096

/** Most messages of a socket are small; the largest is a photograph with a hundred masks of thousands of points. */
const largestMessage = 16 * 1024 * 1024

const jsonType = 'application/json; charset=utf-8'
const bodyOf = (failure: FailureData): string => JSON.stringify({ error: failure })

/**
 * @param refuse answers a request that may not come in, and says whether it did
 */
export async function openServer(
  refuse: (request: FastifyRequest, reply: FastifyReply) => boolean,
  report: ReportDefect,
): Promise<FastifyInstance> {
  const server = fastify({
    forceCloseConnections: true,
    routerOptions: { maxParamLength: longestPart },
    frameworkErrors(error, request, reply) {
      // Such a request comes past the hooks.
      reply.headers(securityHeaders)
      if (!refuse(request, reply)) send(reply, error)
    },
    clientErrorHandler(error, socket) {
      if (!socket.writable) return socket.destroy()
      const isTooLarge = 'code' in error && error.code === 'HPE_HEADER_OVERFLOW'
      socket.end(rawAnswer(isTooLarge ? 431 : 400))
    },
  })
  // A photograph is posted as bytes; nothing else is, and nothing is read as a whole.
  server.removeAllContentTypeParsers()
  server.addContentTypeParser('application/octet-stream', (_request, content, done) => done(null, content))
  // Before the hook: a socket that the hook refuses is closed by this plugin.
  await server.register(websocket, { options: { maxPayload: largestMessage } })
  server.addHook('onRequest', async (request, reply) => {
    reply.headers(securityHeaders)
    if (refuse(request, reply)) return reply
  })
  server.setNotFoundHandler((_request, reply) => {
    reply
      .code(404)
      .type(jsonType)
      .send(bodyOf(failureData(new Failure('not-found'))))
  })
  server.setErrorHandler((error: FastifyError, _request, reply) => {
    if (isOfRequest(error)) return send(reply, error)
    report('A request could not be answered.', error)
    reply
      .code(500)
      .type(jsonType)
      .send(bodyOf(failureData(error)))
  })
  return server
}

const isOfRequest = ({ statusCode = 500 }: FastifyError): boolean => statusCode >= 400 && statusCode < 500

function send(reply: FastifyReply, { statusCode = 400 }: FastifyError): void {
  // The rest of the request may not have been read, and then its connection cannot be used again.
  reply
    .code(statusCode)
    .header('connection', 'close')
    .type(jsonType)
    .send(bodyOf(refusalFor(statusCode)))
}

function refusalFor(status: number): FailureData {
  const isTooLarge = status === 413 || status === 414 || status === 431
  return failureData(isTooLarge ? new Failure('request-too-large') : new Failure('bad-request'))
}

/** The answer to bytes that are no request, for which there is no reply. */
function rawAnswer(status: number): string {
  const body = bodyOf(refusalFor(status))
  const headers = {
    ...securityHeaders,
    'content-type': jsonType,
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`
}
