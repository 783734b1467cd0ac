import { describe, expect, it } from 'vitest'
import {
  drawn,
  fillOutside,
  insideAt,
  insideOf,
  runsOf,
  shareOf,
} from '../../../src/main/images/region-of-interest.ts'
import { createRandom } from '../../../src/main/platform/random.ts'

/** A bright disk with a dark hole on a ground with grain, and a speck of dirt in a corner. */
function photograph(options: { width?: number; height?: number; channels?: 1 | 3; seed?: number } = {}) {
  const { width = 120, height = 80, channels = 1, seed = 1 } = options
  const random = createRandom(seed)
  const data = Uint8Array.from({ length: width * height * channels }, (_, i) => {
    const pixel = Math.floor(i / channels)
    const [x, y] = [pixel % width, Math.floor(pixel / width)]
    const distance = Math.hypot(x + 0.5 - width / 2, y + 0.5 - height / 2) / height
    const part = distance < 0.3 && distance > 0.1
    const dirt = x > 2 && x < 6 && y > 2 && y < 6
    return 40 + random.int(12) + (part || dirt ? 120 : 0) + (channels === 3 ? 10 * (i % 3) : 0)
  })
  return { width, height, channels, data }
}

const rows = ({ width, data }: { width: number; data: Uint8Array }): string[] =>
  Array.from({ length: data.length / width }, (_, y) => data.subarray(y * width, (y + 1) * width).join(''))

describe('a drawn region', () => {
  it('holds the pixels whose centers lie in a polygon, given in shares of the photograph', () => {
    expect(rows(drawn([[0.25, 0, 0.75, 0, 0.75, 0.5, 0.25, 0.5]], 8, 4))).toEqual([
      '00111100',
      '00111100',
      '00000000',
      '00000000',
    ])
  })

  it('is the same share of photographs of every size', () => {
    const triangle = [[0, 0, 1, 0, 0, 1]]
    for (const [width, height] of [
      [64, 64],
      [300, 200],
    ] as const) {
      expect(shareOf(drawn(triangle, width, height))).toBeCloseTo(0.5, 1)
    }
  })

  it('holds what any of its polygons holds, once where they lie over each other', () => {
    const left = [0, 0, 0.5, 0, 0.5, 1, 0, 1]
    const middle = [0.25, 0, 0.75, 0, 0.75, 1, 0.25, 1]
    expect(rows(drawn([left, middle], 8, 1))).toEqual(['11111100'])
  })
})

describe('a found region', () => {
  it.each([1, 3] as const)(
    'is the largest piece that differs from the border, its hole filled, with %d channels',
    (channels) => {
      const picture = photograph({ channels })
      const inside = insideOf({ kind: 'found', margin: 0 }, picture)
      if (!inside) throw new TypeError('no part was found')
      const { width, height } = picture
      const at = (x: number, y: number) => insideAt(inside, width, height)[y * width + x]
      expect(at(60, 40)).toBe(1)
      expect(at(60, 22)).toBe(1)
      expect(at(60, 10)).toBe(0)
      expect(at(4, 4)).toBe(0)
      // The disk: pi * (0.3 * 80)^2 of 120 * 80 pixels.
      expect(shareOf(inside)).toBeCloseTo((Math.PI * 24 ** 2) / (120 * 80), 2)
    },
  )

  it('is the same on a photograph that is many times larger', () => {
    const small = insideOf({ kind: 'found', margin: 0 }, photograph())
    const large = insideOf({ kind: 'found', margin: 0 }, photograph({ width: 1200, height: 800 }))
    if (!small || !large) throw new TypeError('no part was found')
    expect(Math.max(large.width, large.height)).toBe(256)
    expect(shareOf(large)).toBeCloseTo(shareOf(small), 2)
  })

  it('has a margin of the share that is asked for', () => {
    const inside = insideOf({ kind: 'found', margin: 0.05 }, photograph())
    if (!inside) throw new TypeError('no part was found')
    // The disk begins 24 pixels above the middle; 0.05 * 120 = 6 more.
    expect(inside.data[(40 - 29) * 120 + 60]).toBe(1)
    expect(inside.data[(40 - 32) * 120 + 60]).toBe(0)
  })

  it('is the whole photograph where a surface fills it, with slow light or grain', () => {
    const random = createRandom(2)
    const of = (value: (x: number, y: number) => number) => ({
      width: 96,
      height: 64,
      channels: 1 as const,
      data: Uint8Array.from({ length: 96 * 64 }, (_, i) => value(i % 96, Math.floor(i / 96))),
    })
    const slow = of((x) => 40 + x)
    const grain = of(() => Math.max(0, Math.min(255, 120 + 20 * random.normal())))
    for (const surface of [slow, grain]) {
      expect(insideOf({ kind: 'found', margin: 0.02 }, surface)).toBeNull()
    }
  })

  it('is the whole photograph where nothing is on the ground', () => {
    const even = { width: 60, height: 60, channels: 1 as const, data: new Uint8Array(3600).fill(90) }
    expect(insideOf({ kind: 'found', margin: 0.02 }, even)).toBeNull()
  })
})

it('fills only what lies outside, in every channel', () => {
  const data = Uint8Array.from({ length: 12 }, (_, i) => i)
  fillOutside({ width: 2, height: 2, channels: 3 }, data, Uint8Array.of(1, 0, 0, 1), 128)
  expect([...data]).toEqual([0, 1, 2, 128, 128, 128, 128, 128, 128, 9, 10, 11])
})

it('is told in runs along its rows, beginning outside', () => {
  const inside = { width: 3, height: 2, data: Uint8Array.of(1, 1, 0, 0, 1, 1) }
  expect(runsOf(inside)).toEqual({ width: 3, height: 2, runs: [0, 2, 2, 2] })
})
