import { describe, expect, it } from 'vitest'
import {
  addBit,
  bitOf,
  emptyPixelSet,
  hasBit,
  type PixelSet,
  shapeOfPixels,
} from '../../../../src/renderer/screens/label/pixel-set.ts'
import { fillSmallHoles } from '../../../../src/renderer/screens/label/small-holes.ts'
import { regionShapeOf } from '../../../../src/shared/region-shape.ts'

/** From a drawing: `#` for each pixel of the set. */
function drawn(...rows: string[]): PixelSet {
  const set = emptyPixelSet({ width: rows[0]?.length ?? 0, height: rows.length })
  for (const [y, row] of rows.entries()) {
    for (let x = 0; x < row.length; x += 1) if (row[x] === '#') addBit(set, bitOf(set, x, y))
  }
  return set
}

const shown = (set: PixelSet): string[] =>
  Array.from({ length: set.height }, (_, y) =>
    Array.from({ length: set.width }, (_, x) => (hasBit(set, bitOf(set, x, y)) ? '#' : '.')).join(''),
  )

/** Pixels at random, a share of all. */
function noise(width: number, height: number, share: number, seed: number): PixelSet {
  const set = emptyPixelSet({ width, height })
  let state = seed
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      state = (state * 48_271) % 2_147_483_647
      if (state / 2_147_483_647 < share) addBit(set, bitOf(set, x, y))
    }
  }
  return set
}

/** Fills holes by following each one from pixel to pixel. */
function filledByFollowing(set: PixelSet, most: number): string[] {
  const cells = shown(set).map((row) => Array.from(row))
  const seen = new Set<string>()
  for (let y = 0; y < set.height; y += 1) {
    for (let x = 0; x < set.width; x += 1) {
      if (cells[y]?.[x] !== '.' || seen.has(`${x},${y}`)) continue
      const hole: [number, number][] = [[x, y]]
      seen.add(`${x},${y}`)
      let reachesOut = false
      for (const [atX, atY] of hole) {
        for (const [nextX, nextY] of [
          [atX - 1, atY],
          [atX + 1, atY],
          [atX, atY - 1],
          [atX, atY + 1],
        ] as const) {
          const cell = cells[nextY]?.[nextX]
          if (cell === undefined) reachesOut = true
          if (cell !== '.' || seen.has(`${nextX},${nextY}`)) continue
          seen.add(`${nextX},${nextY}`)
          hole.push([nextX, nextY])
        }
      }
      if (reachesOut || hole.length > most) continue
      for (const [atX, atY] of hole) cells[atY]?.splice(atX, 1, '#')
    }
  }
  return cells.map((row) => row.join(''))
}

describe('a set of pixels', () => {
  it('is stored as a region, the same as pixel by pixel', () => {
    for (const share of [0.02, 0.5, 0.97]) {
      for (const width of [31, 32, 33, 97]) {
        const set = noise(width, 20, share, width)
        const inside = (i: number): boolean => hasBit(set, bitOf(set, i % width, Math.floor(i / width)))
        expect(shapeOfPixels(set, 'dent'), `${share} of ${width}`).toEqual(
          regionShapeOf({ width, height: 20 }, inside, 'dent'),
        )
      }
    }
  })

  it('is no region where it is empty, and one run where it is everything', () => {
    expect(shapeOfPixels(drawn('....', '....'), 'dent')).toBeNull()
    expect(shapeOfPixels(drawn('####', '####'), 'dent')).toMatchObject({ runs: [0, 8] })
  })
})

describe('small holes', () => {
  it('are filled; larger ones and the border are left as they are', () => {
    const set = drawn(
      '##########',
      '#..####..#',
      '########.#',
      '###...##.#',
      '.###.###.#',
      '##########',
      '######.###',
    )
    fillSmallHoles(set, 3)
    expect(shown(set)).toEqual([
      '##########',
      '#######..#',
      '########.#',
      '###...##.#',
      '.###.###.#',
      '##########',
      '######.###',
    ])
  })

  it('are those that following each one finds, in noise and however they wind', () => {
    for (const share of [0.4, 0.55, 0.7, 0.9]) {
      for (const most of [1, 6, 24]) {
        const set = noise(75, 60, share, most)
        const expected = filledByFollowing(set, most)
        fillSmallHoles(set, most)
        expect(shown(set), `${share}, up to ${most}`).toEqual(expected)
      }
    }
  })
})
