import { describe, expect, it } from 'vitest'
import type { Shape } from '../../src/shared/label.ts'
import { areasOf, rasterize } from '../../src/shared/rasterize.ts'

/** Rows of a raster as text: `.` for no defect, else the first letter of its kind. */
function drawn(shapes: Shape[], width: number, height: number): string[] {
  const { data, types } = rasterize(shapes, width, height)
  return Array.from({ length: height }, (_, y) =>
    Array.from(data.subarray(y * width, (y + 1) * width), (value) => types[value - 1]?.[0] ?? '.').join(''),
  )
}

const dent = { defectType: 'dent' }

describe('rasterizing', () => {
  it('covers exactly the pixels of a rectangle on whole pixels', () => {
    const shape: Shape = { kind: 'rectangle', ...dent, x: 1, y: 1, width: 2, height: 2 }
    expect(drawn([shape], 5, 4)).toEqual(['.....', '.dd..', '.dd..', '.....'])
  })

  it('covers the pixels whose middle a polygon has inside', () => {
    const shape: Shape = { kind: 'polygon', ...dent, points: [0, 0, 4, 0, 0, 4] }
    expect(drawn([shape], 4, 4)).toEqual(['ddd.', 'dd..', 'd...', '....'])
  })

  it('leaves the hole of a polygon that crosses itself', () => {
    const points = [0, 0, 6, 0, 6, 6, 0, 6, 0, 0, 2, 2, 4, 2, 4, 4, 2, 4, 2, 2]
    expect(areasOf(rasterize([{ kind: 'polygon', ...dent, points }], 6, 6))).toEqual([
      { defectType: 'dent', area: 32 },
    ])
  })

  it('shares the pixels between two polygons with a common edge, none twice and none left out', () => {
    const left: Shape = { kind: 'polygon', defectType: 'left', points: [0, 0, 3.3, 0, 7.1, 10, 0, 10] }
    const right: Shape = { kind: 'polygon', defectType: 'right', points: [3.3, 0, 10, 0, 10, 10, 7.1, 10] }
    const alone = (shape: Shape) => areasOf(rasterize([shape], 10, 10))[0]?.area ?? 0
    expect(alone(left) + alone(right)).toBe(100)
  })

  it('paints every pixel within the radius of a line, and no other', () => {
    const points = [3, 4, 15.5, 9.25, 6, 14]
    const size = 5
    const distance = (x: number, y: number, i: number): number => {
      const [x0 = 0, y0 = 0, x1 = 0, y1 = 0] = points.slice(i, i + 4)
      const along = ((x - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / ((x1 - x0) ** 2 + (y1 - y0) ** 2)
      const t = Math.min(1, Math.max(0, along))
      return Math.hypot(x - x0 - t * (x1 - x0), y - y0 - t * (y1 - y0))
    }
    const { data } = rasterize([{ kind: 'stroke', ...dent, size, points }], 20, 20)
    const wrong: string[] = []
    for (let y = 0; y < 20; y += 1) {
      for (let x = 0; x < 20; x += 1) {
        const inside = Math.min(distance(x + 0.5, y + 0.5, 0), distance(x + 0.5, y + 0.5, 2)) <= size / 2
        if ((data[y * 20 + x] === 1) !== inside) wrong.push(`${x}, ${y}`)
      }
    }
    expect(wrong).toEqual([])
  })

  it('lets a later shape cover an earlier one, and an eraser take away both', () => {
    const shapes: Shape[] = [
      { kind: 'rectangle', ...dent, x: 0, y: 0, width: 6, height: 1 },
      { kind: 'rectangle', defectType: 'scratch', x: 2, y: 0, width: 4, height: 1 },
      { kind: 'stroke', defectType: null, size: 1, points: [4.5, 0.5] },
    ]
    expect(drawn(shapes, 6, 1)).toEqual(['ddss.s'])
  })

  it('keeps what lies outside of the photograph outside', () => {
    const shape: Shape = { kind: 'rectangle', ...dent, x: -5, y: -5, width: 100, height: 6.5 }
    expect(drawn([shape], 3, 3)).toEqual(['ddd', '...', '...'])
  })
})
