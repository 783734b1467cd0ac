/**
 * A thread that answers, for as long as a workspace is open: it has a database connection of its own, keeps in memory
 * what it answers from, and is started when it is first asked.
 */
import { parentPort, Worker, workerData } from 'node:worker_threads'
import { z } from 'zod'
import { failureInfoSchema } from '../../shared/domain.ts'
import { Failure, failureData, failureOf } from '../../shared/failure.ts'
import { type EntryName, workerEntry } from '../entry.ts'
import type { Database } from '../store/database.ts'
import { attachWorkspace } from '../store/workspace.ts'

const requestSchema = z.object({ id: z.int(), request: z.unknown() })
const answerSchema = z.discriminatedUnion('ok', [
  z.object({ id: z.int(), ok: z.literal(true), value: z.unknown() }),
  z.object({ id: z.int(), ok: z.literal(false), failure: failureInfoSchema }),
])
const closeMessage = 'close'

export interface DeskThread {
  /** @throws Failure what the thread throws, or `thread-died` */
  ask(request: unknown): Promise<unknown>
  close(): Promise<void>
}

interface Waiting {
  resolve(value: unknown): void
  reject(error: unknown): void
}

/** @param lost the case of `thread-died` that says which thread ended before it had answered */
export function createDeskThread(name: EntryName, dir: string, lost: 'thresholds' | 'images'): DeskThread {
  const waiting = new Map<number, Waiting>()
  let worker: Worker | null = null
  let next = 1

  function start(): Worker {
    const started = new Worker(workerEntry(name), { workerData: { dir } })
    started.on('message', (message: unknown) => {
      const answer = answerSchema.parse(message)
      const asker = waiting.get(answer.id)
      waiting.delete(answer.id)
      if (answer.ok) asker?.resolve(answer.value)
      else asker?.reject(failureOf(answer.failure))
    })
    const end = (cause: unknown): void => {
      if (worker === started) worker = null
      for (const { reject } of waiting.values()) {
        reject(new Failure('thread-died', { case: lost }, { cause }))
      }
      waiting.clear()
    }
    started.on('error', end)
    started.on('exit', end)
    return started
  }

  return {
    ask(request) {
      worker ??= start()
      const to = worker
      const id = next++
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve, reject })
        to.postMessage({ id, request })
      })
    },
    async close() {
      const closing = worker
      if (closing === null) return
      worker = null
      await new Promise<void>((resolve) => {
        closing.once('exit', () => resolve())
        closing.postMessage(closeMessage)
      })
    },
  }
}

/** The thread's side. */
export function serveDesk(open: (db: Database) => (request: unknown) => unknown): void {
  const port = parentPort
  if (!port) throw new Error('This file runs as a thread of main, not on its own.')
  const workspace = attachWorkspace(z.object({ dir: z.string() }).parse(workerData).dir)
  const answer = open(workspace.db)
  port.on('message', (message: unknown) => {
    if (message === closeMessage) {
      workspace.close()
      port.close()
      return
    }
    const { id, request } = requestSchema.parse(message)
    try {
      port.postMessage({ id, ok: true, value: answer(request) })
    } catch (error) {
      port.postMessage({ id, ok: false, failure: failureData(error) })
    }
  })
}
