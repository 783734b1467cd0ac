import { describe, expect, it } from 'vitest'
import { type Described, nearCopies } from '../../../../src/main/features/datasets/near-copies.ts'
import { createRandom } from '../../../../src/main/platform/random.ts'

const random = createRandom(3)
const length = 64
const unit = (values: number[]): Float32Array => {
  const size = Math.hypot(...values)
  return Float32Array.from(values, (value) => value / size)
}
const drawn = (): number[] => Array.from({ length }, () => random.normal())
/** A direction whose cosine with another one is about 0.99. */
const near = (values: number[]): number[] => values.map((value) => value + random.normal() * 0.12)

function photograph(id: number, split: Described['image']['split'], look: number[], hash = 0): Described {
  return { image: { id, file: `${id}.png`, split }, look: unit(look), hash: new Uint32Array(8).fill(hash) }
}

describe('photographs that are nearly the same as others of their split', () => {
  it('are found in groups, whatever lies between them', () => {
    const [one, other] = [drawn(), drawn()]
    const described = [
      photograph(1, 'train', one),
      ...Array.from({ length: 300 }, (_, i) => photograph(100 + i, 'train', drawn())),
      photograph(2, 'train', near(one)),
      photograph(3, 'train', near(one)),
      photograph(4, 'test', other),
      photograph(5, 'test', near(other)),
    ]
    expect(nearCopies(described)).toEqual({
      photographs: 5,
      groups: 2,
      examples: [
        ['1.png', '2.png', '3.png'],
        ['4.png', '5.png'],
      ],
    })
  })

  it('are none in two splits, and none whose hashes differ', () => {
    const look = drawn()
    expect(
      nearCopies([
        photograph(1, 'train', look),
        photograph(2, 'test', near(look)),
        photograph(3, 'train', near(look), 0xff),
      ]),
    ).toEqual({ photographs: 0, groups: 0, examples: [] })
  })

  it('are found of nearly all pairs', () => {
    const described = Array.from({ length: 400 }, (_, i) => {
      const look = drawn()
      return [photograph(2 * i, 'train', look), photograph(2 * i + 1, 'train', near(look))]
    }).flat()
    expect(nearCopies(described).groups).toBeGreaterThanOrEqual(396)
  })
})
