import { describe, expect, it } from 'vitest'
import { cutOut, merged, split } from '../../../../src/renderer/screens/label/shape-surgery.ts'
import type { Shape } from '../../../../src/shared/label.ts'
import { rasterize } from '../../../../src/shared/rasterize.ts'

const photograph = { width: 60, height: 50 }
const dent = { defectType: 'dent' }
const polygon = { kind: 'polygon' as const, ...dent, points: [5, 5, 45, 8, 40, 40, 8, 38] }
const rectangle = { kind: 'rectangle' as const, ...dent, x: 10, y: 10, width: 30, height: 20 }
const stroke = { kind: 'stroke' as const, ...dent, size: 9, points: [5, 25, 30, 20, 55, 30] }
const all = [polygon, rectangle, stroke]

/** The pixels that shapes mark: 1, else 0. */
const marked = (...shapes: Shape[]): number[] =>
  Array.from(rasterize(shapes, photograph.width, photograph.height).data, (value) => Math.min(1, value))
const area = (...shapes: Shape[]): number => marked(...shapes).reduce((sum, value) => sum + value, 0)

describe('cutting out', () => {
  const within = [15, 15, 25, 15, 25, 25, 15, 25]
  const across = [20, -5, 30, -5, 30, 60, 20, 60]

  it.each([
    ['within', within],
    ['across', across],
  ])('takes exactly the pixels of the ring away, %s the shape', (_, ring) => {
    const piece: Shape = { kind: 'polygon', ...dent, points: ring }
    for (const shape of all) {
      const left = cutOut(shape, ring, photograph)
      const taken = marked(piece)
      const expected = marked(shape).map((value, i) => (taken[i] === 1 ? 0 : value))
      expect(left === null ? [] : marked(left), shape.kind).toEqual(expected)
    }
  })

  it('keeps the corners of a polygon whose hole lies within, also beside another hole', () => {
    const once = cutOut(polygon, within, photograph)
    expect(once).toMatchObject({ kind: 'polygon', points: polygon.points, holes: [within] })
    if (once?.kind !== 'polygon') throw new RangeError('no polygon')
    const other = [30, 30, 34, 30, 34, 34]
    expect(cutOut(once, other, photograph)).toMatchObject({ holes: [within, other] })
  })

  it('leaves a shape that the ring does not touch, and nothing of one that it covers', () => {
    expect(cutOut(rectangle, [50, 40, 55, 40, 55, 45], photograph)).toBe(rectangle)
    expect(cutOut(rectangle, [0, 0, 60, 0, 60, 50, 0, 50], photograph)).toBeNull()
  })
})

describe('splitting', () => {
  const line = [
    { x: 24.5, y: -5 },
    { x: 22.5, y: 60 },
  ] as const

  it('makes two of a shape that share no pixel and miss none', () => {
    for (const shape of all) {
      const [left, right] = split(shape, line, photograph) ?? []
      if (left === undefined || right === undefined) throw new RangeError(`${shape.kind} is not split`)
      expect(marked(left, right), shape.kind).toEqual(marked(shape))
      expect(area(left) + area(right), shape.kind).toBe(area(shape))
      expect(Math.min(area(left), area(right)), shape.kind).toBeGreaterThan(area(shape) / 4)
    }
  })

  it('keeps the corners of a polygon', () => {
    expect(split(rectangle, line, photograph)?.map(({ kind }) => kind)).toEqual(['polygon', 'polygon'])
  })

  it('does nothing where the line ends within the shape or passes it', () => {
    for (const shape of all) {
      expect(split(shape, [line[0], { x: 24, y: 22 }], photograph), shape.kind).toBeNull()
      expect(
        split(
          shape,
          [
            { x: 0, y: 0 },
            { x: 3, y: 0 },
          ],
          photograph,
        ),
        shape.kind,
      ).toBeNull()
    }
  })
})

describe('merging', () => {
  it('marks all that any of the shapes marks, and nothing else', () => {
    const whole = merged(all, 'dent', photograph)
    expect(whole).toMatchObject({ kind: 'region', defectType: 'dent' })
    expect(whole === null ? [] : marked(whole)).toEqual(marked(...all))
  })
})
