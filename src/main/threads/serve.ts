/** Runs the tasks of a table, in the thread. */
import { receiveMessageOnPort } from 'node:worker_threads'
import { failureData } from '../../shared/failure.ts'
import { actionableError } from '../platform/actionable-error.ts'
import { actAs } from '../platform/actor.ts'
import { rateLimit } from '../platform/rate-limit.ts'
import { type Answer, type Call, callSchema, cancelMessage } from './channel.ts'
import type { ThreadTask } from './task.ts'

/** The least time between two messages of progress, in milliseconds. */
const progressInterval = 100

export function serveTasks(tasks: readonly ThreadTask[]): (call: unknown) => Promise<Answer> {
  const byName = new Map(tasks.map((task) => [task.name, task]))

  async function perform({
    task: name,
    input,
    operator,
    port,
  }: Extract<Call, { kind: 'perform' }>): Promise<Answer> {
    const abort = new AbortController()
    const hear = (message: unknown): void => {
      if (message === cancelMessage) abort.abort()
    }
    const progress = rateLimit(progressInterval, (value: unknown) => port.postMessage(value))
    // The caller may have cancelled already.
    hear(receiveMessageOnPort(port)?.message)
    port.on('message', hear)
    try {
      const task = byName.get(name)
      if (task === undefined) throw new Error(`The table of tasks has no "${name}".`)
      const value = await actAs(operator, () =>
        task.perform(input, { signal: abort.signal, onProgress: progress.offer }),
      )
      return { ok: true, value }
    } catch (error) {
      return { ok: false, failure: failureData(actionableError(error)) }
    } finally {
      progress.flush()
      port.close()
    }
  }

  return async (message) => {
    const call = callSchema.parse(message)
    if (call.kind === 'perform') return perform(call)
    for (const task of tasks) task.close?.()
    return { ok: true, value: null }
  }
}
