import fc from 'fast-check'
import { expect, it } from 'vitest'
import { outlinesOf } from '../../../src/main/images/outlines.ts'
import { rasterize } from '../../../src/shared/rasterize.ts'

const drawn = (rows: readonly string[]) => {
  const [first = ''] = rows
  return {
    data: Uint8Array.from(rows.join(''), (letter) => (letter === '#' ? 1 : 0)),
    width: first.length,
    height: rows.length,
  }
}

it('of a rectangle has its four corners', () => {
  const { data, width, height } = drawn(['....', '.##.', '.##.', '....'])
  expect(outlinesOf(data, width, height)).toEqual([[1, 1, 3, 1, 3, 3, 1, 3]])
})

it('of pieces that touch at a corner are two', () => {
  const { data, width, height } = drawn(['#..', '.#.', '..#'])
  expect(outlinesOf(data, width, height)).toHaveLength(3)
})

it('of a ring with a hole is one', () => {
  const { data, width, height } = drawn(['###', '#.#', '###'])
  expect(outlinesOf(data, width, height)).toHaveLength(1)
})

it('of nothing are none', () => {
  expect(outlinesOf(new Uint8Array(6), 3, 2)).toEqual([])
})

it('give back the pixels when they are filled', () => {
  const picture = fc
    .tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 12 }))
    .chain(([width, height]) =>
      fc.record({
        width: fc.constant(width),
        height: fc.constant(height),
        data: fc.uint8Array({ minLength: width * height, maxLength: width * height, max: 1 }),
      }),
    )
  fc.assert(
    fc.property(picture, ({ data, width, height }) => {
      const shapes = outlinesOf(data, width, height).map((points) => ({
        kind: 'polygon' as const,
        defectType: 'dent',
        points,
      }))
      expect([...rasterize(shapes, width, height).data]).toEqual([...data])
    }),
    { seed: 20_261_130, numRuns: 300 },
  )
})
