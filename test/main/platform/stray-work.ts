/** A process in which errors come that nobody waits for. It tells what it was told of, and that it lives. */
import { surviveStrayErrors } from '../../../src/main/platform/stray-errors.ts'

surviveStrayErrors(process, (error) => {
  process.stdout.write(`${error instanceof Error ? error.message : String(error)}\n`)
  throw new Error('a handler that is out of order')
})
void Promise.reject(new Error('a promise'))
setTimeout(() => {
  throw new Error('a timer')
})
setTimeout(() => process.stdout.write('alive\n'), 50)
