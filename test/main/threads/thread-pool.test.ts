import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, describe, expect, it } from 'vitest'
import { createThreadPool, type PoolSize, type ThreadPool } from '../../../src/main/threads/thread-pool.ts'
import { addTask, countTask, dieTask, failTask, untilCancelledTask, wrongTask } from './trial-tasks.ts'

const program = new URL('./trial-tasks.ts', import.meta.url)
const opened: ThreadPool[] = []
function open(size: Partial<PoolSize> = {}, file = program): ThreadPool {
  const pool = createThreadPool({ maxThreads: 2, idleTimeout: 60_000, ...size }, file)
  opened.push(pool)
  return pool
}
afterEach(async () => {
  await Promise.all(opened.splice(0).map((pool) => pool.close()))
})

describe('a task in a thread', () => {
  it('is given its input and answers with its result', async () => {
    expect(await open().run(addTask, addTask.message({ a: 2, b: 3 }))).toMatchObject({ sum: 5 })
  })

  it('finds the thread of the task before it', async () => {
    const pool = open()
    const first = await pool.run(addTask, addTask.message({ a: 1, b: 1 }))
    expect(await pool.run(addTask, addTask.message({ a: 1, b: 1 }))).toEqual(first)
  })

  it('is refused by the thread when its input is not what it takes', async () => {
    await expect(open().run(addTask, { a: 'two' })).rejects.toMatchObject({ code: 'internal' })
  })

  it('fails when its result is not what it says', async () => {
    await expect(open().run(wrongTask, 'progress or result')).rejects.toThrow('expected int')
  })

  it('brings its failure through with code, message and remedy', async () => {
    await expect(open().run(failTask, failTask.message('folder-empty'))).rejects.toMatchObject({
      code: 'folder-empty',
      message: 'There is no file in the folder /parts.',
      remedy: 'Choose the folder that holds the photographs.',
    })
  })

  it('is unknown where the table of the program does not have it', async () => {
    await expect(open().run({ ...addTask, name: 'other' }, {})).rejects.toThrow('no "other"')
  })
})

describe('progress', () => {
  it('is told from the first to the last in order, but not each when it comes fast', async () => {
    const seen: number[] = []
    await open().run(countTask, countTask.message(100_000), { onProgress: (at) => seen.push(at) })
    expect(seen[0]).toBe(1)
    expect(seen.at(-1)).toBe(100_000)
    expect(seen).toEqual(seen.toSorted((a, b) => a - b))
    expect(seen.length).toBeLessThan(100_000)
  })

  it('ends the wait for the task when who hears it fails', async () => {
    const onProgress = (): void => {
      throw new RangeError('not to be shown')
    }
    await expect(open().run(countTask, countTask.message(2), { onProgress })).rejects.toThrow(
      'not to be shown',
    )
  })
})

describe('cancelling', () => {
  it('lets the task end in order, and its thread live', async () => {
    const pool = open({ maxThreads: 1 })
    const before = await pool.run(addTask, addTask.message({ a: 1, b: 1 }))
    const abort = new AbortController()
    const stopped = await pool.run(untilCancelledTask, untilCancelledTask.message(null), {
      signal: abort.signal,
      onProgress: () => abort.abort(),
    })
    expect(stopped).toBe('stopped in order')
    expect(await pool.run(addTask, addTask.message({ a: 1, b: 1 }))).toEqual(before)
  })

  it('is known to a task from its beginning when it came before', async () => {
    const run = open().run(untilCancelledTask, untilCancelledTask.message(null), {
      signal: AbortSignal.abort(),
    })
    expect(await run).toBe('stopped in order')
  })
})

describe('a thread that dies', () => {
  const died = { code: 'thread-died', message: expect.stringContaining('"die"') }

  it('is told to who waits for it, and the next call has another', async () => {
    const pool = open()
    await expect(pool.run(dieTask, null)).rejects.toMatchObject(died)
    expect(await pool.run(addTask, addTask.message({ a: 2, b: 3 }))).toMatchObject({ sum: 5 })
  })

  it('is told to those who wait behind it as well', async () => {
    const pool = open({ maxThreads: 1 })
    const [first, second] = await Promise.allSettled([
      pool.run(dieTask, null),
      pool.run(addTask, addTask.message({ a: 2, b: 3 })),
    ])
    expect(first).toMatchObject({ status: 'rejected', reason: died })
    expect(second).toMatchObject({ status: 'rejected', reason: { code: 'thread-died' } })
    expect(await pool.run(addTask, addTask.message({ a: 2, b: 3 }))).toMatchObject({ sum: 5 })
  })

  it('is told to who waits for it when it could not even start', async () => {
    const pool = open({}, new URL('./no-such-program.ts', import.meta.url))
    for (let turn = 0; turn < 2; turn++) {
      await expect(pool.run(addTask, {})).rejects.toMatchObject({ code: 'thread-died' })
    }
  })
})

describe('a thread that is kept', () => {
  it('is started again for those who wait behind its death', async () => {
    const pool = open({ maxThreads: 1, idleTimeout: Number.POSITIVE_INFINITY })
    const [first, second] = await Promise.allSettled([
      pool.run(dieTask, null),
      pool.run(addTask, addTask.message({ a: 2, b: 3 })),
    ])
    expect(first).toMatchObject({ status: 'rejected', reason: { code: 'thread-died' } })
    expect(second).toMatchObject({ status: 'fulfilled', value: { sum: 5 } })
  })

  it('works on as many calls at once as it may', async () => {
    const pool = open({ maxThreads: 1, callsPerThread: 2 })
    const abort = new AbortController()
    const waiting = pool.run(untilCancelledTask, null, { signal: abort.signal })
    expect(await pool.run(addTask, addTask.message({ a: 2, b: 3 }))).toMatchObject({ sum: 5 })
    abort.abort()
    expect(await waiting).toBe('stopped in order')
  })
})

it('long tasks leave a thread for others', async () => {
  const pool = open({ maxThreads: 3 })
  const abort = new AbortController()
  const started = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const runs = started.map(({ resolve }) =>
    pool.run(untilCancelledTask, null, { signal: abort.signal, onProgress: () => resolve() }),
  )
  await Promise.all(started.map(({ promise }) => promise))
  expect(await pool.run(addTask, addTask.message({ a: 2, b: 3 }))).toMatchObject({ sum: 5 })
  abort.abort()
  expect(await Promise.all(runs)).toEqual(['stopped in order', 'stopped in order'])
})

it('threads without work do not keep the process', async () => {
  const script = fileURLToPath(new URL('./idle-process.ts', import.meta.url))
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [script])
  expect([stdout, stderr]).toEqual(['5 5\n', ''])
})
