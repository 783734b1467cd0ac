/** Whose turn it is to decode, also where a thread died in the middle of its own. */
import { describe, expect, it } from 'vitest'
import { decoderTurns, place } from '../../../src/main/images/decoder-turns.ts'

const memory = (): Int32Array => new Int32Array(new SharedArrayBuffer(4 * Object.keys(place).length))
const never = Number.POSITIVE_INFINITY

/** Fails the first time, as a file does whose message may be that of another. */
function failing<T>(then: () => T): () => Promise<T> {
  let isFirst = true
  return async () => {
    if (!isFirst) return then()
    isFirst = false
    throw new Error('first')
  }
}

describe('a file that fails', () => {
  it('is decoded again, alone, when the others are done', async () => {
    const turns = memory()
    const inTurn = decoderTurns(turns, never)
    const other = Promise.withResolvers<void>()
    const order: string[] = []
    const waiting = inTurn(async () => {
      await other.promise
      order.push('other')
    })
    const failed = inTurn(
      failing(() => {
        order.push('alone')
        return [turns[place.together], turns[place.alone]]
      }),
    )
    other.resolve()
    await waiting
    expect(await failed).toEqual([0, 1])
    expect(order).toEqual(['other', 'alone'])
    expect([turns[place.together], turns[place.alone]]).toEqual([0, 0])
  })

  it('has the error of its second time', async () => {
    const inTurn = decoderTurns(memory(), never)
    const decode = failing(() => {
      throw new Error('second')
    })
    await expect(inTurn(decode)).rejects.toThrow('second')
  })
})

describe('a thread that died', () => {
  it('while it decoded alone stops nobody for ever', async () => {
    for (const decode of [() => Promise.resolve('decoded'), failing(() => 'decoded')]) {
      const turns = memory()
      turns.set([7, 7], place.alone)
      expect(await decoderTurns(turns, 0)(decode)).toBe('decoded')
      expect([turns[place.together], turns[place.alone]]).toEqual([0, 0])
    }
  })

  it('while it decoded with others is waited for once', async () => {
    const turns = memory()
    turns[place.together] = 2
    expect(await decoderTurns(turns, 0)(failing(() => 'decoded'))).toBe('decoded')
    expect(turns[place.lost]).toBe(2)
    // Waiting once more would never end.
    expect(await decoderTurns(turns, never)(failing(() => 'decoded'))).toBe('decoded')
  })

  it('is counted no more where it was only slow', async () => {
    const turns = memory()
    const inTurn = decoderTurns(turns, 0)
    const slow = Promise.withResolvers<string>()
    const waiting = inTurn(() => slow.promise)
    await inTurn(failing(() => 'decoded'))
    expect(turns[place.lost]).toBe(1)
    slow.resolve('slow')
    expect(await waiting).toBe('slow')
    expect(turns[place.lost]).toBe(0)
  })
})

it('a turn that was taken for lost ends without ending that of another', async () => {
  const turns = memory()
  const inTurn = decoderTurns(turns, 0)
  const slow = Promise.withResolvers<string>()
  const began = Promise.withResolvers<void>()
  const first = inTurn(
    failing(() => {
      began.resolve()
      return slow.promise
    }),
  )
  await began.promise
  let during: unknown
  const second = inTurn(
    failing(async () => {
      slow.resolve('slow')
      await first
      during = turns[place.alone]
      return 'second'
    }),
  )
  expect(await second).toBe('second')
  expect(during).toBe(2)
  expect(turns[place.alone]).toBe(0)
})
