/**
 * `Pictures` in a thread of its own: decoding a 16-bit photograph of a modern camera takes seconds, during which main
 * must still answer. No other work shares the thread, so nothing delays a picture. It starts with the first picture,
 * and again if it died.
 */

import { z } from 'zod'
import { imageFormatSchema } from '../../../shared/image.ts'
import { messageSchema } from '../../../shared/messages/message.ts'
import { sha256Schema } from '../../../shared/values.ts'
import { defineTask, noProgress, type Task } from '../../threads/task.ts'
import { createThreadPool } from '../../threads/thread-pool.ts'
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
const bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array)

export const displayPictureTask = defineTask({
  name: 'display-picture',
  input: displaySchema,
  progress: noProgress,
  result: z.string(),
  work: async (of) => (await import('./pictures.ts')).pictures.display(optionsOf(of)),
})

export const thumbnailTask = defineTask({
  name: 'thumbnail',
  input: displaySchema,
  progress: noProgress,
  result: z.string(),
  work: async (of) => (await import('./pictures.ts')).pictures.thumbnail(optionsOf(of)),
})

export const maskPictureTask = defineTask({
  name: 'mask-picture',
  input: z.string(),
  progress: noProgress,
  result: bytes,
  work: async (file) => (await import('./pictures.ts')).pictures.mask(file),
})

export const mapBytesTask = defineTask({
  name: 'map-bytes',
  input: z.string(),
  progress: noProgress,
  result: bytes,
  work: async (file) => (await import('./pictures.ts')).pictures.map(file),
})

const optionsOf = ({ white, ...rest }: z.infer<typeof displaySchema>) =>
  white === undefined ? rest : { ...rest, white }

export interface PictureThread extends Pictures {
  /** Ends the thread; pictures in progress are rejected with Failure `thread-died`. */
  close(): Promise<void>
}

/** More than libvips decodes at the same time, so that libvips always has work. */
const callsPerThread = 8

export function openPictureThread(): PictureThread {
  const thread = createThreadPool({ maxThreads: 1, idleTimeout: Number.POSITIVE_INFINITY, callsPerThread })
  const ask = <I, R>(task: Task<I, never, R>, input: I): Promise<R> => thread.run(task, task.message(input))
  return {
    display: (of) => ask(displayPictureTask, of),
    thumbnail: (of) => ask(thumbnailTask, of),
    mask: (file) => ask(maskPictureTask, file),
    map: (file) => ask(mapBytesTask, file),
    close: () => thread.close(),
  }
}
