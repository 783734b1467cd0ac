/**
 * Main's side: threads that take tasks one after another. Piscina starts them when they are needed, hands out the
 * calls, and lets threads without work go; what it cannot do is here. It would end a thread to cancel a call, but a
 * thread that is ended may leave half a file behind, so the wish to stop goes through the call's own port and the
 * task decides. And calls that wait for a thread would wait for ever when the last thread died, so they are told.
 */
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads'
import type { Piscina } from 'piscina'
import { Failure, failureOf, reasonOf } from '../../shared/failure.ts'
import { programFile } from '../platform/program-file.ts'
import { answerSchema, type Call, cancelMessage } from './channel.ts'
import type { ReadableTask } from './task.ts'

export interface RunOptions<P> {
  /** Aborting it asks the task to stop; what `run` then comes to is what the task says. */
  signal?: AbortSignal
  onProgress?: (progress: P) => void
}

export interface PoolSize {
  maxThreads: number
  /** Milliseconds after which a thread without work ends; Infinity keeps it until `close`. */
  idleTimeout: number
  /** Calls that one thread works on at the same time, where they wait for something else. */
  callsPerThread?: number
}

export interface ThreadPool {
  /** @throws Failure what the task throws, or `thread-died` */
  run<P, R>(task: ReadableTask<P, R>, message: unknown, options?: RunOptions<P>): Promise<R>
  /**
   * Ends the threads. Where tasks hold something open, that is closed first, after the calls before; otherwise calls
   * at work are rejected with Failure `thread-died`. A later call starts a thread again.
   */
  close(options?: { holding?: boolean }): Promise<void>
}

/** @param file the thread's program, which exports what `serveTasks` returns */
export function createThreadPool(size: PoolSize, file: URL = programFile('thread')): ThreadPool {
  let current: Promise<Piscina<Call, unknown>> | null = null

  async function start(): Promise<Piscina<Call, unknown>> {
    // A native library must be loaded by main before a thread loads it: it could not be unloaded with the thread.
    // Of those that threads load, the database's is loaded by whoever opened the workspace, and sharp's here.
    const [{ Piscina }] = await Promise.all([import('piscina'), import('sharp')])
    const pool = new Piscina<Call, unknown>({
      filename: file.href,
      minThreads: size.idleTimeout === Number.POSITIVE_INFINITY ? size.maxThreads : 0,
      maxThreads: size.maxThreads,
      idleTimeout: size.idleTimeout,
      concurrentTasksPerWorker: size.callsPerThread ?? 1,
      stricterFIFO: true,
      recordTiming: false,
      // Messages instead: between two calls a thread then still does what the first one left to be done, such as
      // closing its port.
      atomics: 'disabled',
    })
    // A thread that could not start: nobody would answer the calls that wait for it.
    pool.on('error', () => giveUp(pool))
    return pool
  }

  /** Those who wait are rejected; the next call starts anew. */
  function giveUp(pool: Piscina<Call, unknown>): void {
    current = null
    void pool.destroy()
  }

  async function answerTo(call: Extract<Call, { kind: 'perform' }>): Promise<unknown> {
    current ??= start()
    const pool = await current
    try {
      return await pool.run(call, { transferList: [call.port] })
    } catch (cause) {
      if (pool.threads.length === 0 && pool.queueSize > 0) giveUp(pool)
      throw new Failure('thread-died', { task: call.task, reason: reasonOf(cause) }, { cause })
    }
  }

  return {
    async run(task, message, { signal, onProgress } = {}) {
      const { port1: port, port2 } = new MessageChannel()
      const told = (value: unknown): void => onProgress?.(task.readProgress(value))
      const broken = Promise.withResolvers<never>()
      port.on('message', (value: unknown) => {
        try {
          told(value)
        } catch (error) {
          broken.reject(error)
        }
      })
      const cancel = (): void => port.postMessage(cancelMessage)
      if (signal?.aborted) cancel()
      signal?.addEventListener('abort', cancel, { once: true })
      try {
        const call: Call = { kind: 'perform', task: task.name, input: message, port: port2 }
        const answer = answerSchema.parse(await Promise.race([answerTo(call), broken.promise]))
        // Sent before the answer, but through another port.
        for (let last = receiveMessageOnPort(port); last; last = receiveMessageOnPort(port))
          told(last.message)
        if (answer.ok) return task.readResult(answer.value)
        throw failureOf(answer.failure)
      } finally {
        signal?.removeEventListener('abort', cancel)
        port.close()
      }
    },
    async close({ holding = false } = {}) {
      const pool = await current
      current = null
      if (pool === null) return
      if (holding && pool.threads.length > 0) await pool.run({ kind: 'close' }).catch(() => undefined)
      await pool.destroy()
    },
  }
}
