/**
 * The messages between main and a thread. Each call has its own port, on which progress comes to main and a request
 * to stop goes to the thread. The result is the answer of the call.
 */
import { MessagePort } from 'node:worker_threads'
import { z } from 'zod'
import { failureInfoSchema } from '../../shared/failure-schema.ts'

export const callSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('perform'),
    task: z.string(),
    input: z.unknown(),
    /** In whose name it is done, see `actor`. */
    operator: z.string().nullable(),
    port: z.instanceof(MessagePort),
  }),
  /** Sent before a thread ends, so that its tasks close what they hold open. */
  z.object({ kind: z.literal('close') }),
])
export type Call = z.infer<typeof callSchema>

/** The answer of a call. A failure is an answer too, so that its code and values arrive unchanged. */
export const answerSchema = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), value: z.unknown() }),
  z.object({ ok: z.literal(false), failure: failureInfoSchema }),
])
export type Answer = z.infer<typeof answerSchema>

export const cancelMessage = 'cancel'
