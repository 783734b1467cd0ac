import { describe, expect, it } from 'vitest'
import { untilStored } from '../../../src/main/platform/storage-retry.ts'

const full = (): Error => Object.assign(new Error('no space'), { code: 'ENOSPC' })
const times = { first: 1, most: 2 }

describe('work that stores something', () => {
  it('is tried again until it passes, and both are told', async () => {
    const told: (string | null)[] = []
    let tries = 0
    const done = await untilStored(
      () => {
        tries += 1
        if (tries < 3) throw full()
        return 'kept'
      },
      {
        signal: new AbortController().signal,
        times,
        onTrouble: (failure) => told.push(failure?.code ?? null),
      },
    )
    expect(done).toEqual({ isStored: true, value: 'kept' })
    expect(told).toEqual([told[0], told[0], null])
  })

  it('counts as stored where it passes although it was to end meanwhile', async () => {
    const ending = new AbortController()
    const work = async (): Promise<string> => {
      ending.abort()
      await Promise.resolve()
      return 'kept'
    }
    expect(await untilStored(work, { signal: ending.signal, times })).toEqual({
      isStored: true,
      value: 'kept',
    })
  })

  it('is given up where it fails and was to end meanwhile, with the reason', async () => {
    const ending = new AbortController()
    const work = (): never => {
      ending.abort()
      throw full()
    }
    expect(await untilStored(work, { signal: ending.signal, times })).toMatchObject({ isStored: false })
  })

  it('throws what no retry mends', async () => {
    const work = (): never => {
      throw new RangeError('a defect')
    }
    await expect(untilStored(work, { signal: new AbortController().signal, times })).rejects.toThrow(
      'a defect',
    )
  })
})
