/** Tasks for the tests of threads, and the program that serves them. */
import { z } from 'zod'
import { serveTasks } from '../../../src/main/threads/serve.ts'
import { defineResidentTask, defineTask, noProgress } from '../../../src/main/threads/task.ts'
import { Failure } from '../../../src/shared/failure.ts'

export const addTask = defineTask({
  name: 'add',
  input: z.object({ a: z.number(), b: z.number() }),
  progress: noProgress,
  result: z.object({ sum: z.number(), thread: z.number() }),
  async work({ a, b }) {
    const { threadId } = await import('node:worker_threads')
    return { sum: a + b, thread: threadId }
  },
})

export const countTask = defineTask({
  name: 'count',
  input: z.int(),
  progress: z.int(),
  result: z.int(),
  async work(to, { onProgress }) {
    for (let i = 1; i <= to; i++) onProgress(i)
    return to
  },
})

/** Ends when it is asked to stop, and says at its beginning that it is at work. */
export const untilCancelledTask = defineTask({
  name: 'until-cancelled',
  input: z.null(),
  progress: z.literal('at work'),
  result: z.literal('stopped in order'),
  work: (_, { signal, onProgress }) =>
    new Promise((resolve) => {
      const stop = () => resolve('stopped in order')
      if (signal.aborted) return stop()
      signal.addEventListener('abort', stop)
      onProgress('at work')
    }),
})

export const failTask = defineTask({
  name: 'fail',
  input: z.string(),
  progress: noProgress,
  result: z.null(),
  async work(code) {
    throw new Failure(code, { folder: '/parts' })
  },
})

export const wrongTask = defineTask({
  name: 'wrong',
  input: z.literal('progress or result'),
  progress: z.int(),
  result: z.int(),
  work: async () => 0.5,
})

export const dieTask = defineTask({
  name: 'die',
  input: z.null(),
  progress: noProgress,
  result: z.null(),
  work: async () => process.exit(3),
})

/** Counts its own calls for as long as its thread lives, in the database that it was opened with. */
export const residentTask = defineResidentTask({
  name: 'resident',
  input: z.literal(['count', 'die']),
  result: z.object({ calls: z.int() }),
  async open({ db }) {
    db.run('CREATE TEMPORARY TABLE call (id INTEGER PRIMARY KEY)')
    return (request) => {
      if (request === 'die') process.exit(3)
      db.run('INSERT INTO call DEFAULT VALUES')
      return z.object({ calls: z.int() }).parse(db.get(z.unknown(), 'SELECT count(*) AS calls FROM call'))
    }
  },
})

export default serveTasks([
  addTask,
  countTask,
  untilCancelledTask,
  failTask,
  wrongTask,
  dieTask,
  residentTask,
])
