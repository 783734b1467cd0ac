/**
 * `Pictures` beside main: decoding a 16-bit photograph of a modern camera takes seconds, in which main must
 * answer. One thread, started by the first picture and started again when it died.
 */
import { isMainThread, parentPort, Worker } from 'node:worker_threads'
import { z } from 'zod'
import { failureInfoSchema, imageFormatSchema, sha256Schema } from '../../shared/domain.ts'
import { Failure, failureData, failureOf } from '../../shared/failure.ts'
import { messageSchema } from '../../shared/messages/message.ts'
import { workerEntry } from '../entry.ts'
import type { Pictures } from './pictures.ts'

const displaySchema = z.object({
  source: z.string(),
  cache: z.string(),
  white: z.number().optional(),
  image: z.object({
    sha256: sha256Schema,
    format: imageFormatSchema,
    bitDepth: z.union([z.literal(8), z.literal(16)]),
    peak: z.number(),
    warnings: z.array(messageSchema),
  }),
})

const requestSchema = z.intersection(
  z.object({ id: z.number() }),
  z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('display'), of: displaySchema }),
    z.object({ kind: z.literal('thumbnail'), of: displaySchema }),
    z.object({ kind: z.literal('mask'), of: z.string() }),
    z.object({ kind: z.literal('map'), of: z.string() }),
  ]),
)
type Request = z.infer<typeof requestSchema>
type Job =
  | { kind: 'display' | 'thumbnail'; of: z.infer<typeof displaySchema> }
  | { kind: 'mask' | 'map'; of: string }

const replySchema = z.union([
  z.object({ id: z.number(), value: z.union([z.string(), z.instanceof(Uint8Array)]) }),
  z.object({ id: z.number(), failure: failureInfoSchema }),
])

interface Waiting {
  resolve(value: string | Uint8Array): void
  reject(error: unknown): void
}

export interface PictureThread extends Pictures {
  /** Ends the thread; what it was working on is rejected with Failure `thread-died`. */
  close(): Promise<void>
}

export function openPictureThread(entry: URL = workerEntry('picture-worker')): PictureThread {
  const waiting = new Map<number, Waiting>()
  let worker: Worker | null = null
  let lastId = 0

  const start = (): Worker => {
    const started = new Worker(entry)
    const ended = (cause: unknown): void => {
      if (worker !== started) return
      worker = null
      const lost = [...waiting.values()]
      waiting.clear()
      const failure = new Failure('thread-died', { case: 'pictures' }, { cause })
      for (const { reject } of lost) reject(failure)
    }
    started.on('message', (message: unknown) => {
      const reply = replySchema.parse(message)
      const asked = waiting.get(reply.id)
      waiting.delete(reply.id)
      if (waiting.size === 0) started.unref()
      if ('value' in reply) asked?.resolve(reply.value)
      else asked?.reject(failureOf(reply.failure))
    })
    started.on('error', ended)
    started.on('exit', ended)
    return started
  }

  const ask = (job: Job): Promise<string | Uint8Array> =>
    new Promise((resolve, reject) => {
      worker ??= start()
      worker.ref()
      lastId += 1
      waiting.set(lastId, { resolve, reject })
      worker.postMessage({ id: lastId, ...job })
    })

  return {
    display: async (of) => z.string().parse(await ask({ kind: 'display', of })),
    thumbnail: async (of) => z.string().parse(await ask({ kind: 'thumbnail', of })),
    mask: async (of) => z.instanceof(Uint8Array).parse(await ask({ kind: 'mask', of })),
    map: async (of) => z.instanceof(Uint8Array).parse(await ask({ kind: 'map', of })),
    async close() {
      await worker?.terminate()
    },
  }
}

/** The thread's side. */
export function servePictures(pictures: Pictures): void {
  const port = parentPort
  if (isMainThread || port === null) throw new Error('This file runs as a thread of main, not on its own.')
  const make = (request: Request): Promise<string | Uint8Array> => {
    switch (request.kind) {
      case 'display':
        return pictures.display(optionsOf(request.of))
      case 'thumbnail':
        return pictures.thumbnail(optionsOf(request.of))
      case 'mask':
        return pictures.mask(request.of)
      case 'map':
        return pictures.map(request.of)
    }
  }
  port.on('message', (message: unknown) => {
    const request = requestSchema.parse(message)
    make(request).then(
      (value) => port.postMessage({ id: request.id, value }),
      (error: unknown) => port.postMessage({ id: request.id, failure: failureData(error) }),
    )
  })
}

const optionsOf = ({ white, ...rest }: z.infer<typeof displaySchema>) =>
  white === undefined ? rest : { ...rest, white }
