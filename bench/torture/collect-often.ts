/**
 * Loaded before the application: garbage is collected every few seconds, so that what is measured is what is kept. Left
 * alone, a process collects only when memory is short, and then its size says nothing.
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { isMainThread } from 'node:worker_threads'

const every = 5_000

if (isMainThread) {
  setFlagsFromString('--expose-gc')
  const collect: unknown = runInNewContext('gc')
  if (typeof collect === 'function') setInterval(() => collect(), every).unref()
}
