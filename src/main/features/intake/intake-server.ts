/**
 * The port at which programs post photographs:
 *
 *     POST /v1/points/<point>/photographs?part=<number>&view=<view>   the bytes of a photograph -> its verdict
 *     GET  /v1/maps/<run>/<image>                                     a heat map
 *
 * Each request has the token. A photograph is taken only where a place is free, so that nothing grows without bound.
 */
import { readFile } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import fastify, { type FastifyInstance, type FastifyReply } from 'fastify'
import { z } from 'zod'
import { Failure, failureData, failureDocument } from '../../../shared/failure.ts'
import { givenNameSchema, type IntakeRules, intakeAnswerSchema } from '../../../shared/intake.ts'
import type { LivePart } from '../../../shared/live.ts'
import type { LineState } from '../../../shared/result.ts'
import { ImageRefusal } from '../../images/refusal.ts'
import { actionableError } from '../../platform/actionable-error.ts'
import { isStorageFailure } from '../../platform/storage-errors.ts'
import type { Session } from '../../session/session.ts'
import { countDeposits } from '../../store/deposits.ts'
import { findPoint } from '../../store/inspection-points.ts'
import { newestWatch } from '../../store/live.ts'
import { scoreOf } from '../../store/scores.ts'
import { lineStateOf } from '../delivery/deliver-results.ts'
import { answerOf } from './answer-photograph.ts'
import { type Posted, putPhotograph } from './put-photograph.ts'
import { isAuthorized } from './token.ts'

/** Milliseconds that a program may take for its whole request. */
const sentWithin = 60_000

const statuses: Readonly<Record<string, number>> = {
  'intake-token-wrong': 401,
  'intake-wrong-request': 400,
  'intake-view-unknown': 400,
  'inspection-unknown': 404,
  'not-found': 404,
  'intake-too-large': 413,
  'intake-busy': 503,
  'intake-rests': 503,
  'intake-late': 504,
}

/** In which a photograph would only lie there. */
const awayStates: ReadonlySet<LineState> = new Set(['stopped', 'storage-full', 'camera-away'])

const querySchema = z.strictObject({ part: givenNameSchema.optional(), view: givenNameSchema.optional() })
const mapSchema = z.object({ run: z.string().min(1).max(64), image: z.coerce.number().int().positive() })

/** Those who wait for the verdict of a file. */
export type Waiting = Map<string, (part: LivePart) => void>

/** Makes the server; it does not listen yet. */
export function intakeServer(session: Session, rules: IntakeRules, waiting: Waiting): FastifyInstance {
  const { db } = session.workspace
  /** Photographs that come in now, and have no row yet. */
  let coming = 0
  const server = fastify({
    forceCloseConnections: true,
    requestTimeout: sentWithin,
    routerOptions: { maxParamLength: 200 },
  })
  server.removeAllContentTypeParsers()
  // Whatever a program says that it sends: the bytes themselves say what it is.
  server.addContentTypeParser('*', (_request, content, done) => done(null, content))
  server.addHook('onRequest', async (request) => {
    if (!isAuthorized(db, request.headers.authorization)) throw new Failure('intake-token-wrong')
  })
  server.setNotFoundHandler((_request, reply) => refuse(session, reply, new Failure('not-found')))
  server.setErrorHandler((error, _request, reply) => refuse(session, reply, error))

  server.post<{ Params: { point: string }; Body: Readable | undefined }>(
    '/v1/points/:point/photographs',
    async ({ params, query, body }, reply) => {
      const posted = postedOf(session, params.point, query)
      if (body === undefined) throw new Failure('intake-wrong-request', { case: 'empty' })
      if (coming + countDeposits(db, posted.folder) >= rules.mostWaiting)
        throw new Failure('intake-busy', { most: rules.mostWaiting })
      coming += 1
      let file: string | null = null
      const judged = Promise.withResolvers<LivePart>()
      let isComing = true
      const arrived = (): void => {
        if (isComing) coming -= 1
        isComing = false
      }
      try {
        await putPhotograph(db, posted, body, {
          mostBytes: rules.megabytes * 1e6,
          onNamed(name) {
            file = name
            waiting.set(name, judged.resolve)
            // Its row counts from now on.
            arrived()
          },
        })
        const part = await within(rules.answerWithin, judged.promise)
        return reply.send(intakeAnswerSchema.parse(await answerOf(session.workspace, part)))
      } finally {
        arrived()
        if (file !== null) waiting.delete(file)
      }
    },
  )

  server.get('/v1/maps/:run/:image', async ({ params }, reply) => {
    const { data } = mapSchema.safeParse(params)
    const file = data === undefined ? null : scoreOf(db, data.run, data.image)?.mapFile
    const bytes = file == null ? null : await readFile(session.workspace.path(file)).catch(() => null)
    if (bytes === null) throw new Failure('not-found')
    return reply.type('image/png').header('cache-control', 'no-store').send(bytes)
  })
  return server
}

/** Where a photograph goes, and what the program says of it. @throws Failure */
function postedOf(session: Session, point: string, query: unknown): Posted {
  const { views } = findPoint(session.workspace.db, point)
  const { data } = querySchema.safeParse(query)
  if (data === undefined) throw new Failure('intake-wrong-request')
  const { part = null, view = null } = data
  if (view !== null && (part === null || views?.names.includes(view) !== true))
    throw new Failure('intake-view-unknown', { view, views: views?.names.join(', ') ?? '-' })
  const watch = newestWatch(session.workspace.db, point)
  if (watch === undefined || awayStates.has(lineStateOf(session, point)))
    throw new Failure('intake-rests', { point })
  return { point, folder: watch.folder, partNumber: part, view }
}

async function within<T>(seconds: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Failure('intake-late', { seconds })), seconds * 1000)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

function refuse({ log }: Session, reply: FastifyReply, error: unknown): void {
  const own = statusOf(error)
  const failure =
    own !== null && own < 500 && !(error instanceof Failure)
      ? new Failure('intake-wrong-request', { case: 'broken' })
      : actionableError(error)
  const data = failureData(failure)
  const status =
    statuses[data.code] ??
    (failure instanceof ImageRefusal ? 422 : isStorageFailure(error) ? 503 : (own ?? 500))
  if (data.code === 'internal')
    log.error('A posted photograph could not be answered.', failureDocument(error))
  if (status === 503) reply.header('retry-after', '1')
  if (status === 401) reply.header('www-authenticate', 'Bearer')
  // The rest of the request may not have been read, and then its connection cannot be used again.
  reply
    .code(status)
    .header('connection', 'close')
    .type('application/json; charset=utf-8')
    .send(JSON.stringify({ error: failureDocument(failure) }))
}

/** What the server itself says of a request that cannot be read. */
function statusOf(error: unknown): number | null {
  const { data } = z.object({ statusCode: z.int().min(400).max(599) }).safeParse(error)
  return data?.statusCode ?? null
}
