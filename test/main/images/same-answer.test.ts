/**
 * Damaged photographs: what a file comes to depends on its bytes alone, however many are decoded beside it, by whichever
 * thread, and however often.
 */
import { describe, expect, it } from 'vitest'
import { mutated, originals, outcomes } from './mutated-photographs.ts'

const mutants = Number(process.env.FANOSCOPE_MUTATIONS ?? 2000)

describe('a damaged photograph', () => {
  it('comes to the same each time, alone and beside seven others', async () => {
    const whole = await originals()
    const files = Array.from({ length: mutants }, (_, i) =>
      mutated(whole[i % whole.length] ?? Buffer.alloc(0), i),
    )
    const alone = await outcomes(files, 1)
    // Some of each, or the test would say nothing.
    for (const of of ['"pixels"', '"decoder-warned"', '"corrupt"', '"truncated"']) {
      expect(alone.some((one) => one.includes(of))).toBe(true)
    }
    for (let run = 0; run < 3; run++) expect(await outcomes(files, 8)).toEqual(alone)
  }, 600_000)
})
