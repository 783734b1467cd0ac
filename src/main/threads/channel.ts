/**
 * What passes between main and a thread. Each call has a port of its own: progress comes through it to main, and the
 * word that the work shall stop goes the other way. What the call came to is its answer.
 */
import { MessagePort } from 'node:worker_threads'
import { z } from 'zod'
import { failureInfoSchema } from '../../shared/failure-schema.ts'

export const callSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('perform'),
    task: z.string(),
    input: z.unknown(),
    port: z.instanceof(MessagePort),
  }),
  /** Before a thread ends: what tasks hold open is closed. */
  z.object({ kind: z.literal('close') }),
])
export type Call = z.infer<typeof callSchema>

/** A failure is an answer too, so that its code and remedy come through whole. */
export const answerSchema = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), value: z.unknown() }),
  z.object({ ok: z.literal(false), failure: failureInfoSchema }),
])
export type Answer = z.infer<typeof answerSchema>

export const cancelMessage = 'cancel'
