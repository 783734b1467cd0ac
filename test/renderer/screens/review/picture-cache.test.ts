import { describe, expect, it } from 'vitest'
import { createPictureCache } from '../../../../src/renderer/screens/review/picture-cache.ts'

interface Load {
  key: string
  signal: AbortSignal
  finish(): Promise<void>
  fail(): Promise<void>
}

/** Loads that end when the test says so. Pictures are their own key. */
function cacheUnderTest(options: { parallel?: number; spare?: number } = {}) {
  const loads: Load[] = []
  const disposed: string[] = []
  const cache = createPictureCache<string>({
    load(key, signal) {
      return new Promise((resolve, reject) => {
        const settled = async (settle: () => void) => {
          settle()
          // What waits for the promise hears of it in the microtasks that follow.
          for (let i = 0; i < 4; i += 1) await Promise.resolve()
        }
        loads.push({
          key,
          signal,
          finish: () => settled(() => resolve(key)),
          fail: () => settled(() => reject(new Error(`${key} is not there`))),
        })
      })
    },
    dispose: (pictures) => disposed.push(pictures),
    parallel: options.parallel ?? 2,
    spare: options.spare ?? 1,
  })
  const load = (key: string): Load => {
    const found = loads.findLast((candidate) => candidate.key === key)
    if (found === undefined) throw new Error(`${key} was never loaded`)
    return found
  }
  return { cache, loads, disposed, load, keys: () => loads.map(({ key }) => key) }
}

describe('the picture cache', () => {
  it('loads what will be needed, nearest first, so many at once', async () => {
    const { cache, load, keys } = cacheUnderTest({ parallel: 2 })
    cache.want(['a', 'b', 'c'])
    expect(keys()).toEqual(['a', 'b'])
    await load('b').finish()
    expect(keys()).toEqual(['a', 'b', 'c'])
  })

  it('has a prefetched part at hand at once, and loads it only once', async () => {
    const { cache, load, keys } = cacheUnderTest()
    cache.want(['a'])
    expect(cache.peek('a')).toBeNull()
    await load('a').finish()
    expect(cache.peek('a')).toBe('a')
    await expect(cache.get('a')).resolves.toBe('a')
    expect(keys()).toEqual(['a'])
  })

  it('loads what is asked for at once, however many loads are under way', () => {
    const { cache, keys } = cacheUnderTest({ parallel: 1 })
    cache.want(['a', 'b'])
    void cache.get('z')
    expect(keys()).toEqual(['a', 'z'])
  })

  it('frees what is far from the part on screen, but for the newest few', async () => {
    const { cache, load, disposed } = cacheUnderTest({ parallel: 9, spare: 1 })
    cache.want(['a', 'b', 'c'])
    for (const key of ['a', 'b', 'c']) await load(key).finish()
    cache.want(['d'])
    expect(disposed).toEqual(['a', 'b'])
    expect(cache.peek('c')).toBe('c')
  })

  it('stops a load that nobody needs any more', () => {
    const { cache, load } = cacheUnderTest({ spare: 0 })
    cache.want(['a'])
    cache.want(['b'])
    expect(load('a').signal.aborted).toBe(true)
    expect(load('b').signal.aborted).toBe(false)
  })

  it('frees pictures that arrive after they were forgotten', async () => {
    const { cache, load, disposed } = cacheUnderTest({ spare: 0 })
    cache.want(['a'])
    cache.want([])
    await load('a').finish()
    expect(disposed).toEqual(['a'])
    expect(cache.peek('a')).toBeNull()
  })

  it('never frees what is on screen, and frees it once it is not', async () => {
    const { cache, load, disposed } = cacheUnderTest({ spare: 0 })
    void cache.get('a')
    await load('a').finish()
    cache.shown('a')
    cache.clear()
    expect(disposed).toEqual([])
    void cache.get('b')
    await load('b').finish()
    cache.shown('b')
    expect(disposed).toEqual(['a'])
  })

  it('tells who waits of a failure, and tries again at the next wish', async () => {
    const { cache, load, keys } = cacheUnderTest()
    const first = cache.get('a')
    const told = expect(first).rejects.toThrow('a is not there')
    await load('a').fail()
    await told
    void cache.get('a')
    expect(keys()).toEqual(['a', 'a'])
  })

  it('goes on with the next part after a prefetch that failed, and does not try that one over and over', async () => {
    const { cache, load, keys } = cacheUnderTest({ parallel: 1 })
    cache.want(['a', 'b'])
    await load('a').fail()
    await load('b').finish()
    expect(keys()).toEqual(['a', 'b'])
    cache.want(['a', 'b'])
    expect(keys()).toEqual(['a', 'b', 'a'])
  })
})
