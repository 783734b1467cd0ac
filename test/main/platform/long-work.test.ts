import { describe, expect, it } from 'vitest'
import { allPages, batchSize, inBatches } from '../../../src/main/platform/long-work.ts'

const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i)

/** Notes down, at every turn of the event loop, how much was done by then. */
function watch(done: () => number): { seen: number[]; stop: () => void } {
  const seen: number[] = []
  let isOn = true
  const look = (): void => {
    seen.push(done())
    if (isOn) setImmediate(look)
  }
  setImmediate(look)
  return {
    seen,
    stop: () => {
      isOn = false
    },
  }
}

describe('work in pieces', () => {
  it.each([0, 1, batchSize, batchSize + 1, 3 * batchSize])(
    'makes the same of %i items, in their order',
    async (n) => {
      expect(await inBatches(numbers(n), (batch) => batch.map((i) => i * 2))).toEqual(
        numbers(n).map((i) => i * 2),
      )
      const read = (after: number | null, limit: number) => {
        const from = after === null ? 0 : after + 1
        return numbers(n).slice(from, from + limit)
      }
      expect(await allPages(read)).toEqual(numbers(n))
    },
  )

  it('lets others take their turn between two pieces', async () => {
    let done = 0
    const { seen, stop } = watch(() => done)
    await inBatches(numbers(4 * batchSize), (batch) => {
      done += batch.length
      return []
    })
    stop()
    expect(seen).toEqual(expect.arrayContaining([batchSize, 2 * batchSize, 3 * batchSize]))
  })
})
