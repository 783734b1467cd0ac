import { describe, expect, it } from 'vitest'
import { createSharedTime } from '../../../src/main/engine/shared-time.ts'

/** Members that always have work, whose rounds take so many milliseconds each. */
function worked(costs: readonly number[], rounds: number) {
  let now = 0
  const order: number[] = []
  const time = createSharedTime(() => now)
  const work = costs.map(async (cost, i) => {
    const share = time.join()
    for (let n = 0; n < rounds; n += 1) {
      await share.round(async () => {
        order.push(i)
        await Promise.resolve()
        now += cost
      })
    }
  })
  return { order, ended: Promise.all(work) }
}

describe('the time of the engine', () => {
  it('goes round where all rounds take as long', async () => {
    const { order, ended } = worked([10, 10, 10], 4)
    await ended
    expect(order.length).toBe(12)
    for (let i = 0; i < 12; i += 3) expect(order.slice(i, i + 3).sort()).toEqual([0, 1, 2])
  })

  it('is the same for a slow and a fast model, whatever their rounds take', async () => {
    const { order, ended } = worked([40, 10], 20)
    await ended
    // While both have work: one round of 40 ms for four of 10 ms, give or take one.
    const begin = order.slice(0, order.lastIndexOf(1) + 1)
    const slow = begin.filter((i) => i === 0).length
    expect(slow).toBeGreaterThanOrEqual(4)
    expect(slow).toBeLessThanOrEqual(6)
  })

  it('is not saved up by who rests', async () => {
    let now = 0
    const time = createSharedTime(() => now)
    const [busy, rested] = [time.join(), time.join()]
    const take = (ms: number) => async () => {
      now += ms
    }
    for (let i = 0; i < 10; i += 1) await busy.round(take(100))
    const order: string[] = []
    const two = async (name: string, share: typeof busy) => {
      for (let i = 0; i < 4; i += 1)
        await share.round(async () => {
          order.push(name)
          await Promise.resolve()
          now += 100
        })
    }
    await Promise.all([two('rested', rested), two('busy', busy)])
    expect(order.slice(0, 4).filter((name) => name === 'rested').length).toBeLessThanOrEqual(3)
  })

  it('goes on after a round that failed', async () => {
    const time = createSharedTime()
    const share = time.join()
    await expect(share.round(() => Promise.reject(new Error('no model')))).rejects.toThrow('no model')
    expect(await time.join().round(async () => 7)).toBe(7)
  })
})
