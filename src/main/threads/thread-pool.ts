/**
 * Threads that run tasks one after another, from main. Piscina starts them when needed, distributes the calls and
 * ends unused threads. This file adds what it cannot do. Piscina would end a thread to cancel a call, but an ended
 * thread may leave half a file behind; so the request to stop goes through the call's own port and the task decides
 * where to stop. And when the last thread dies, calls that wait for one are rejected; otherwise they would wait for
 * ever.
 */
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads'
import type { Piscina } from 'piscina'
import { Failure, failureOf, reasonOf } from '../../shared/failure.ts'
import { actor } from '../platform/actor.ts'
import { programFile } from '../platform/program-file.ts'
import { answerSchema, type Call, cancelMessage } from './channel.ts'
import type { ReadableTask } from './task.ts'

export interface RunOptions<P> {
  /** Aborting it asks the task to stop; `run` then settles with what the task gives or throws. */
  signal?: AbortSignal
  onProgress?: (progress: P) => void
}

export interface PoolSize {
  maxThreads: number
  /** Milliseconds after which an unused thread ends; Infinity keeps it until `close`. */
  idleTimeout: number
  /** The number of calls that one thread handles at the same time, for calls that wait for something else. */
  callsPerThread?: number
}

export interface ThreadPool {
  /** @throws Failure what the task throws, or `thread-died` */
  run<P, R>(task: ReadableTask<P, R>, message: unknown, options?: RunOptions<P>): Promise<R>
  /**
   * Ends the threads. With `holding`, earlier calls are answered first and tasks close what they keep open; otherwise
   * running calls are rejected with Failure `thread-died`. A later call starts a thread again.
   */
  close(options?: { holding?: boolean }): Promise<void>
}

/** @param file the thread's program, which exports what `serveTasks` returns */
export function createThreadPool(size: PoolSize, file: URL = programFile('thread')): ThreadPool {
  let current: Promise<Piscina<Call, unknown>> | null = null

  async function start(): Promise<Piscina<Call, unknown>> {
    // A native library must be loaded by main before a thread loads it: otherwise it cannot be unloaded with the
    // thread. Threads load two: that of the database, which main has loaded when it opened the workspace, and sharp,
    // which is loaded here. So are the turns of decoders: what main has loaded before, all threads share.
    const [{ Piscina }] = await Promise.all([
      import('piscina'),
      import('sharp'),
      import('../images/decoder-turns.ts'),
    ])
    const pool = new Piscina<Call, unknown>({
      filename: file.href,
      minThreads: size.idleTimeout === Number.POSITIVE_INFINITY ? size.maxThreads : 0,
      maxThreads: size.maxThreads,
      idleTimeout: size.idleTimeout,
      concurrentTasksPerWorker: size.callsPerThread ?? 1,
      stricterFIFO: true,
      recordTiming: false,
      // With messages instead of atomics, a thread does between two calls what the first one left to do, such as
      // closing its port.
      atomics: 'disabled',
    })
    // A thread could not start; nothing would answer the calls that wait for it.
    pool.on('error', () => giveUp(pool))
    return pool
  }

  /** Rejects the waiting calls; the next call starts a new pool. */
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
        const call: Call = {
          kind: 'perform',
          task: task.name,
          input: message,
          operator: actor(),
          port: port2,
        }
        const answer = answerSchema.parse(await Promise.race([answerTo(call), broken.promise]))
        // The last progress was sent before the answer, but through another port, so it may not have been read yet.
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
