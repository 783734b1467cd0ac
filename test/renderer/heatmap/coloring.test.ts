import { interpolateViridis } from 'd3-scale-chromatic'
import { describe, expect, it } from 'vitest'
import { overlayAlpha, position } from '../../../src/renderer/heatmap/coloring.ts'
import { colorMapNames, colorTable, cssGradient } from '../../../src/renderer/heatmap/colormap.ts'
import { colorOnCpu } from '../../../src/renderer/heatmap/cpu.ts'
import { parseRawMap, type RawMap, sampledMap } from '../../../src/renderer/heatmap/raw-map.ts'

/** A map in one row whose largest sample stands for `scale`. */
const rowOf = (samples: readonly number[], scale: number): RawMap => ({
  width: samples.length,
  height: 1,
  scale,
  values: new Uint16Array(samples),
})

/** Relative luminance by WCAG 2, of sRGB bytes. */
function luminance(red: number, green: number, blue: number): number {
  const linear = (byte: number) => {
    const share = byte / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  }
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
}

describe('a color', () => {
  it('means the same value on every part, whatever the scale of its own map', () => {
    // 0.25 of 1.0, and 0.5 of 0.5, are both an anomaly of about 0.25.
    const coloring = { colorMap: 'inferno', fullScale: 0.4, overlay: false } as const
    const wide = colorOnCpu(rowOf([Math.round(65535 * 0.25)], 1), coloring)
    const narrow = colorOnCpu(rowOf([Math.round(65535 * 0.5)], 0.5), coloring)
    expect([...wide]).toEqual([...narrow])
  })

  it('is that of the color map at v / m', () => {
    const pixels = colorOnCpu(rowOf([0, 13107, 65535], 2), {
      colorMap: 'viridis',
      fullScale: 2,
      overlay: false,
    })
    const expected = [0, 0.2, 1].flatMap((t) => {
      const [r = 0, g = 0, b = 0] = channelsOf(interpolateViridis(t))
      return [r, g, b, 255]
    })
    expect([...pixels]).toEqual(expected)
  })

  it('stays at the last one above the full scale', () => {
    const coloring = { colorMap: 'cividis', fullScale: 0.5, overlay: false } as const
    const pixels = colorOnCpu(rowOf([32768, 65535], 1), coloring)
    expect([...pixels.subarray(0, 4)]).toEqual([...pixels.subarray(4)])
  })
})

describe('over a photograph', () => {
  const alphaOf = (t: number): number =>
    colorOnCpu(rowOf([Math.round(t * 65535)], 1), { colorMap: 'inferno', fullScale: 1, overlay: true })[3] ??
    -1

  it('what is cold is left as it is, what is hot is solid', () => {
    expect([0, 0.05, 0.08].map(alphaOf)).toEqual([0, 0, 0])
    expect([0.5, 0.8, 1].map(alphaOf)).toEqual([255, 255, 255])
  })

  it('opacity follows 3s^2 - 2s^3 between', () => {
    for (const t of [0.1, 0.2, 0.29, 0.4]) {
      const s = (t - 0.08) / 0.42
      expect(overlayAlpha(t)).toBeCloseTo(3 * s ** 2 - 2 * s ** 3, 12)
      expect(Math.abs(alphaOf(t) - 255 * (3 * s ** 2 - 2 * s ** 3))).toBeLessThan(1)
    }
  })

  it('nothing is shown for a run without a scale', () => {
    expect(position(0.7, 0)).toBe(0)
  })
})

describe.each(colorMapNames)('the color map %s', (name) => {
  it('grows in lightness from end to end, for every kind of color vision', () => {
    const table = colorTable(name)
    const light = Array.from({ length: 256 }, (_, i) =>
      luminance(table[i * 4] ?? 0, table[i * 4 + 1] ?? 0, table[i * 4 + 2] ?? 0),
    )
    // Bytes round; over eight of them the order must hold.
    for (let i = 8; i < 256; i += 1) expect(light[i]).toBeGreaterThan(light[i - 8] ?? 1)
  })

  it('is opaque, and has a legend', () => {
    expect(
      colorTable(name)
        .filter((_, i) => i % 4 === 3)
        .every((alpha) => alpha === 255),
    ).toBe(true)
    expect(cssGradient(name, 'to right')).toMatch(/^linear-gradient\(to right, /)
  })
})

describe('a raw map', () => {
  function bytes(width: number, height: number, samples: readonly number[]): ArrayBuffer {
    const buffer = new ArrayBuffer(16 + samples.length * 2)
    const view = new DataView(buffer)
    view.setUint32(0, width, true)
    view.setUint32(4, height, true)
    view.setFloat32(8, 0.75, true)
    samples.forEach((sample, i) => {
      view.setUint16(16 + i * 2, sample, true)
    })
    return buffer
  }

  it('is read as it is sent', () => {
    const map = parseRawMap(bytes(2, 3, [0, 1, 2, 300, 40_000, 65_535]))
    expect([map.width, map.height, map.scale]).toEqual([2, 3, 0.75])
    expect([...map.values]).toEqual([0, 1, 2, 300, 40_000, 65_535])
  })

  it('is refused where it is cut off, empty or too long', () => {
    expect(() => parseRawMap(new ArrayBuffer(8))).toThrow(RangeError)
    expect(() => parseRawMap(bytes(2, 3, [1, 2, 3]))).toThrow(RangeError)
    expect(() => parseRawMap(bytes(0, 0, []))).toThrow(RangeError)
    expect(() => parseRawMap(bytes(1, 1, [1, 2]))).toThrow(RangeError)
  })
})

function channelsOf(color: string): number[] {
  if (!color.startsWith('#')) return (color.match(/\d+/g) ?? []).map(Number)
  return [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16))
}

describe('a map that is made smaller', () => {
  const values = Uint16Array.from({ length: 5 * 4 }, (_, i) => i)
  const map: RawMap = { width: 5, height: 4, scale: 1, values }

  it('has every second pixel of every second row where it may have a quarter of the pixels', () => {
    const { map: small, step } = sampledMap(map, 6)
    expect(step).toBe(2)
    expect([small.width, small.height, [...small.values]]).toEqual([3, 2, [0, 2, 4, 10, 12, 14]])
  })

  it('stays as it is where it is small enough', () => {
    expect(sampledMap(map, 20)).toEqual({ map, step: 1 })
  })
})

it('a map that has fewer values than its size says is refused', () => {
  const map: RawMap = { width: 3, height: 1, scale: 1, values: new Uint16Array(2) }
  expect(() => colorOnCpu(map, { colorMap: 'inferno', fullScale: 1, overlay: false })).toThrow(RangeError)
})
