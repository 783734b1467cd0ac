/**
 * Threads of main for what takes longer than 20 ms: one task each, with a database connection of its own. What a
 * thread is given and what it sends back are plain data.
 */
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { z } from 'zod'
import { failureInfoSchema } from '../../shared/domain.ts'
import { Failure, failureData, failureOf } from '../../shared/failure.ts'
import { type EntryName, workerEntry } from '../entry.ts'

const toMainSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('progress'), value: z.unknown() }),
  z.object({ type: z.literal('done'), value: z.unknown() }),
  z.object({ type: z.literal('failed'), failure: failureInfoSchema }),
])
const cancelMessage = 'cancel'

/**
 * Runs a task in a thread and waits for it. Aborting the signal asks the thread to stop at the next safe point; the
 * promise then settles as the thread decides.
 *
 * @throws Failure what the thread threw, or `thread-died`
 */
export function runInThread<P extends z.ZodType, R extends z.ZodType>(
  name: EntryName,
  input: unknown,
  schemas: { progress: P; result: R },
  options: { signal?: AbortSignal; onProgress?: (progress: z.output<P>) => void } = {},
): Promise<z.output<R>> {
  const { signal, onProgress } = options
  return new Promise((resolve, reject) => {
    const worker = new Worker(workerEntry(name), { workerData: input })
    const cancel = (): void => worker.postMessage(cancelMessage)
    const settle = (finish: () => void): void => {
      signal?.removeEventListener('abort', cancel)
      finish()
    }
    if (signal?.aborted) cancel()
    signal?.addEventListener('abort', cancel, { once: true })
    worker.on('message', (message: unknown) => {
      try {
        const parsed = toMainSchema.parse(message)
        if (parsed.type === 'progress') onProgress?.(schemas.progress.parse(parsed.value))
        else if (parsed.type === 'done') settle(() => resolve(schemas.result.parse(parsed.value)))
        else settle(() => reject(failureOf(parsed.failure)))
      } catch (error) {
        settle(() => reject(error))
      }
    })
    worker.on('error', (error) => settle(() => reject(error)))
    worker.on('exit', (code) => settle(() => reject(new Failure('thread-died', { name, code }))))
  })
}

/** The thread's side: runs the task that the thread was started for, and sends what comes of it. */
export function serveThread<I extends z.ZodType>(
  input: I,
  task: (
    input: z.output<I>,
    context: { signal: AbortSignal; onProgress: (progress: unknown) => void },
  ) => Promise<unknown>,
): void {
  const port = parentPort
  if (isMainThread || !port) throw new Error('This file runs as a thread of main, not on its own.')
  const abort = new AbortController()
  port.on('message', (message: unknown) => {
    if (message === cancelMessage) abort.abort()
  })
  const run = async (): Promise<void> => {
    try {
      const value = await task(input.parse(workerData), {
        signal: abort.signal,
        onProgress: (progress) => port.postMessage({ type: 'progress', value: progress }),
      })
      port.postMessage({ type: 'done', value })
    } catch (error) {
      port.postMessage({ type: 'failed', failure: failureData(error) })
    } finally {
      port.close()
    }
  }
  void run()
}
