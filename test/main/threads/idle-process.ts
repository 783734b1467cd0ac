/** A process with threads that have nothing to do any more: it ends by itself, before they would. */
import { createThreadPool } from '../../../src/main/threads/thread-pool.ts'
import { addTask } from './trial-tasks.ts'

const program = new URL('./trial-tasks.ts', import.meta.url)
const sums: number[] = []
for (const idleTimeout of [3_600_000, Number.POSITIVE_INFINITY]) {
  const pool = createThreadPool({ maxThreads: 1, idleTimeout }, program)
  sums.push((await pool.run(addTask, addTask.message({ a: 2, b: 3 }))).sum)
}
process.stdout.write(`${sums.join(' ')}\n`)
