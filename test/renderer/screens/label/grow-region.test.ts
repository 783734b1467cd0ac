import { describe, expect, it } from 'vitest'
import { colorDistances, grownRegion } from '../../../../src/renderer/screens/label/grow-region.ts'
import { bitOf, hasBit, type PixelSet } from '../../../../src/renderer/screens/label/pixel-set.ts'

// Wider than a word of 32 pixels, and no multiple of it.
const size = { width: 70, height: 16 }
const at = { x: 8, y: 8 }

/** Gray values as red, green, blue and alpha. */
const pixelsOf = (gray: (x: number, y: number) => number) => ({
  ...size,
  data: Uint8ClampedArray.from({ length: size.width * size.height * 4 }, (_, i) =>
    i % 4 === 3 ? 255 : gray(Math.floor(i / 4) % size.width, Math.floor(i / 4 / size.width)),
  ),
})

/** 1 for each pixel of the set, row by row. */
const flags = (set: PixelSet): number[] =>
  Array.from({ length: set.width * set.height }, (_, i) =>
    Number(hasBit(set, bitOf(set, i % set.width, Math.floor(i / set.width)))),
  )

/** By repeated spreading: slow, and nothing like the scan of the code. */
function spread(far: Uint8Array, tolerance: number): number[] {
  const inside = new Array<number>(far.length).fill(0)
  inside[at.y * size.width + at.x] = 1
  for (let changed = true; changed; ) {
    changed = false
    for (let i = 0; i < far.length; i += 1) {
      if (inside[i] === 1 || (far[i] ?? 255) > tolerance) continue
      const x = i % size.width
      const near = [x > 0 ? i - 1 : -1, x < size.width - 1 ? i + 1 : -1, i - size.width, i + size.width]
      if (!near.some((next) => inside[next] === 1)) continue
      inside[i] = 1
      changed = true
    }
  }
  return inside
}

describe('the smart brush', () => {
  it('ends at an edge, and does not leap over it to the same color behind', () => {
    const far = colorDistances(
      pixelsOf((x) => (x === 14 ? 200 : 60)),
      at,
    )
    const grown = flags(grownRegion(far, size, at, 20))
    expect(grown).toEqual(grown.map((_, i) => (i % size.width < 14 ? 1 : 0)))
  })

  it('grows with the tolerance, as plain spreading does', () => {
    let seed = 7
    const noise = Array.from({ length: size.width * size.height }, () => {
      seed = (seed * 48_271) % 2_147_483_647
      return 90 + (seed % 60)
    })
    const far = colorDistances(
      pixelsOf((x, y) => noise[y * size.width + x] ?? 0),
      at,
    )
    let before = 0
    for (const tolerance of [5, 12, 18, 24, 40]) {
      const grown = flags(grownRegion(far, size, at, tolerance))
      expect(grown, `${tolerance}`).toEqual(spread(far, tolerance))
      const area = grown.reduce((sum, value) => sum + value, 0)
      expect(area).toBeGreaterThanOrEqual(before)
      before = area
    }
    expect(before).toBeGreaterThan(100)
  })

  it('measures the farthest of three colors, from the mean around the point', () => {
    const pixels = pixelsOf(() => 100)
    const place = 4 * (3 * size.width + 5)
    pixels.data.set([90, 130, 0], place)
    const far = colorDistances(pixels, at)
    expect(far[3 * size.width + 5]).toBe(100)
    expect(far.reduce((sum, value) => sum + value, 0)).toBe(100)
  })

  it('grows from a point that differs from all around it', () => {
    const far = new Uint8Array(size.width * size.height).fill(200)
    expect(flags(grownRegion(far, size, at, 20)).reduce((sum, value) => sum + value, 0)).toBe(1)
  })
})
