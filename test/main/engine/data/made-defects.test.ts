import { describe, expect, it } from 'vitest'
import type { Pixels } from '../../../../src/main/engine/data/geometry.ts'
import { makeDefect } from '../../../../src/main/engine/data/made-defects.ts'
import { madeDefectTypes } from '../../../../src/main/model/made-defect-types.ts'
import { createRandom } from '../../../../src/main/platform/random.ts'

/** A gray ramp with some grain. */
function picture(seed: number, channels: 1 | 3, width = 60, height = 44): Pixels {
  const random = createRandom(seed)
  const data = Float32Array.from(
    { length: width * height * channels },
    (_, i) => -0.3 + 0.4 * (Math.floor(i / channels / width) / height) + 0.05 * random.normal(),
  )
  return { data, width, height, channels }
}

describe.each(madeDefectTypes)('a made %s', (type) => {
  it.each([1, 3] as const)('changes what its mask covers and nothing else, with %d channels', (channels) => {
    const good = picture(1, channels)
    const { picture: bad, mask } = makeDefect(good, type, createRandom(5), picture(2, channels))
    let changed = 0
    for (const [i, value] of bad.data.entries()) {
      const covered = (mask[Math.floor(i / channels)] ?? 0) > 1e-4
      if (!covered) expect(value).toBe(good.data[i])
      else if (value !== good.data[i]) changed += 1
    }
    expect(changed).toBeGreaterThan(0)
    expect(changed).toBeLessThan(good.data.length)
  })

  it('leaves the normal picture as it was, and stays within [-1, 1]', () => {
    const good = picture(1, 1)
    const before = Float32Array.from(good.data)
    const { picture: bad } = makeDefect(good, type, createRandom(6), picture(2, 1))
    expect(good.data).toEqual(before)
    expect(Math.max(...bad.data)).toBeLessThanOrEqual(1)
    expect(Math.min(...bad.data)).toBeGreaterThanOrEqual(-1)
  })

  it('is the same for the same seed and another for another', () => {
    const made = (seed: number) =>
      makeDefect(picture(1, 1), type, createRandom(seed), picture(2, 1)).picture.data
    expect(made(7)).toEqual(made(7))
    expect(made(7)).not.toEqual(made(8))
  })

  it('fits on the smallest picture that is imported', () => {
    const { picture: bad } = makeDefect(picture(1, 1, 8, 8), type, createRandom(9), picture(2, 1, 8, 8))
    expect(bad.data).toHaveLength(64)
  })
})
