/** Main's side of the thread that answers about thresholds: started when it is first asked, kept for its memory. */
import { Worker } from 'node:worker_threads'
// A native library must be loaded by main before a thread loads it: it could not be unloaded with the thread.
import 'sharp'
import { z } from 'zod'
import { type CallArguments, type CallOutput, calls } from '../../shared/contract.ts'
import { failureInfoSchema } from '../../shared/domain.ts'
import { Failure } from '../../shared/failure.ts'
import { workerEntry } from '../entry.ts'
import type { DeskCall, DeskCalls } from '../thresholds/desk.ts'

const names = [
  'threshold.validation',
  'threshold.distribution',
  'threshold.at',
  'threshold.choose',
  'threshold.flips',
  'point.list',
  'point.save',
  'point.use',
] as const satisfies readonly DeskCall[]

export const deskRequestSchema = z.union([
  z.object({ id: z.int(), name: z.enum(names), input: z.unknown() }),
  z.object({ id: z.int(), name: z.literal('rescore'), input: z.string() }),
])
const answerSchema = z.discriminatedUnion('ok', [
  z.object({ id: z.int(), ok: z.literal(true), value: z.unknown() }),
  z.object({ id: z.int(), ok: z.literal(false), failure: failureInfoSchema }),
])

// The same object as `calls`, seen so that one schema's input belongs to the same call's answer.
const schemas: { [N in DeskCall]: { input: z.ZodType<CallArguments<N>>; output: z.ZodType<CallOutput<N>> } } =
  calls

/** In the thread: one call. */
export const answerDesk = <N extends DeskCall>(desk: DeskCalls, name: N, input: unknown): CallOutput<N> =>
  desk[name](schemas[name].input.parse(input))

export interface Thresholds {
  /** @throws Failure what the call throws, or `thread-died` */
  ask<N extends DeskCall>(name: N, input: CallArguments<N>): Promise<CallOutput<N>>
  /** See `Desk`. */
  rescore(run: string): Promise<void>
  close(): Promise<void>
}

interface Waiting {
  resolve(value: unknown): void
  reject(error: unknown): void
}

export function createThresholds(dir: string): Thresholds {
  const waiting = new Map<number, Waiting>()
  let worker: Worker | null = null
  let next = 1

  function start(): Worker {
    const started = new Worker(workerEntry('threshold-worker'), { workerData: { dir } })
    started.on('message', (message: unknown) => {
      const answer = answerSchema.parse(message)
      const asker = waiting.get(answer.id)
      waiting.delete(answer.id)
      if (answer.ok) asker?.resolve(answer.value)
      else {
        const { code, message: text, remedy } = answer.failure
        asker?.reject(new Failure(code, text, remedy))
      }
    })
    const end = (cause: unknown): void => {
      if (worker === started) worker = null
      for (const { reject } of waiting.values()) {
        reject(
          new Failure(
            'thread-died',
            'The thread that knows the validation images ended before it had answered.',
            'Try again.',
            { cause },
          ),
        )
      }
      waiting.clear()
    }
    started.on('error', end)
    started.on('exit', end)
    return started
  }

  function send(name: DeskCall | 'rescore', input: unknown): Promise<unknown> {
    worker ??= start()
    const to = worker
    const id = next++
    return new Promise((resolve, reject) => {
      waiting.set(id, { resolve, reject })
      to.postMessage({ id, name, input })
    })
  }

  return {
    ask: async (name, input) => schemas[name].output.parse(await send(name, input)),
    rescore: async (run) => void (await send('rescore', run)),
    async close() {
      const closing = worker
      if (closing === null) return
      worker = null
      await new Promise<void>((resolve) => {
        closing.once('exit', () => resolve())
        closing.postMessage('close')
      })
    },
  }
}
