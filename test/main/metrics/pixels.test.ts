import { describe, expect, it } from 'vitest'
import { aupro } from '../../../src/main/metrics/aupro.ts'
import { auroc } from '../../../src/main/metrics/auroc.ts'
import { pixelAuroc } from '../../../src/main/metrics/pixel-auroc.ts'
import {
  addToTally,
  createPixelTally,
  mergeTally,
  type PixelTally,
  tallyOfFloats,
} from '../../../src/main/metrics/pixel-tally.ts'
import { createRandom } from '../../../src/main/platform/random.ts'
import { reference } from './reference.ts'

const cases = Object.entries(reference.pixels).map(([name, figures]) => ({ name, ...figures }))
type Images = (typeof cases)[number]['images']

function tallyOf(images: Images): PixelTally {
  const tally = createPixelTally()
  for (const { map, ...truth } of images) addToTally(tally, { ...truth, map: Uint16Array.from(map) })
  return tally
}

describe.each(cases)('maps with $name', ({ images, ...expected }) => {
  const tally = tallyOf(images)
  // Half a million below zero and a thousandth a level: other values in the same order.
  const floats = images.map(({ map, ...truth }) => ({
    ...truth,
    map: Float32Array.from(map, (value) => value / 1024 - 32),
  }))

  it('have scikit-learn’s pixel AUROC', () => {
    expect(pixelAuroc(tally)).toBeCloseTo(expected.pixelAuroc, 12)
  })

  it.each(Object.entries(expected.aupro))('have the AUPRO of its definition up to %s', (limit, value) => {
    expect(aupro(tally, Number(limit))).toBeCloseTo(value, 10)
  })

  it('have the same figures where what is ignored is put beside them', () => {
    const wider = createPixelTally()
    for (const { map, mask, width, height } of images) {
      // The map with as many rows again, which would count against it.
      const ignored = [...map.map(() => 0), ...map.map(() => 1)]
      const all = {
        map: Uint16Array.from([...map, ...map.toReversed()]),
        mask: [...mask, ...mask.map(() => 0)],
      }
      addToTally(wider, { ...all, ignored, width, height: 2 * height })
    }
    expect(pixelAuroc(wider)).toBe(pixelAuroc(tally))
    expect(aupro(wider)).toBe(aupro(tally))
  })

  it('have the same figures as floating-point values', () => {
    const exact = tallyOfFloats(floats)
    expect(pixelAuroc(exact)).toBeCloseTo(expected.pixelAuroc, 12)
    for (const [limit, value] of Object.entries(expected.aupro)) {
      expect(aupro(exact, Number(limit))).toBeCloseTo(value, 10)
    }
  })

  it('have the same figures when two workers each count a part of them', () => {
    const first = tallyOf(images.slice(0, 1))
    mergeTally(first, tallyOf(images.slice(1)))
    expect(pixelAuroc(first)).toBeCloseTo(expected.pixelAuroc, 12)
    expect(aupro(first, 0.3)).toBeCloseTo(expected.aupro['0.3'] ?? Number.NaN, 10)
  })

  it('have the same figures whether a normal image has an empty mask or none', () => {
    const without = createPixelTally()
    for (const { map, mask, ...truth } of images) {
      const none = mask.every((pixel) => pixel === 0)
      addToTally(without, { ...truth, map: Uint16Array.from(map), mask: none ? null : mask })
    }
    expect(pixelAuroc(without)).toBe(pixelAuroc(tally))
    expect(aupro(without)).toBe(aupro(tally))
  })
})

describe('pixel AUROC', () => {
  it('of random floats of both signs is the AUROC of them as a list', () => {
    const random = createRandom(8)
    const size = 5000
    const map = random.fillNormal(new Float32Array(size))
    const mask = Uint8Array.from(map, (value) => (value + random.normal() > 1 ? 1 : 0))
    map[0] = -0
    map[1] = 0
    map[2] = Number.POSITIVE_INFINITY
    map[3] = Number.NEGATIVE_INFINITY
    const tally = tallyOfFloats([{ map, mask, width: size, height: 1 }])
    expect(pixelAuroc(tally)).toBeCloseTo(auroc(map, mask) ?? Number.NaN, 12)
  })

  it('does not exist with one class only', () => {
    const map = Uint16Array.of(1, 2, 3, 4)
    const normal = createPixelTally()
    addToTally(normal, { map, mask: null, width: 2, height: 2 })
    expect(pixelAuroc(normal)).toBeNull()
    expect(aupro(normal)).toBeNull()
    const anomalous = createPixelTally()
    addToTally(anomalous, { map, mask: [1, 1, 1, 1], width: 2, height: 2 })
    expect(pixelAuroc(anomalous)).toBeNull()
    expect(aupro(anomalous)).toBeNull()
    expect(pixelAuroc(tallyOfFloats([]))).toBeNull()
  })

  it('refuses maps that are not numbers, or not of the size of their masks', () => {
    const map = Float32Array.of(1, Number.NaN)
    expect(() => tallyOfFloats([{ map, mask: null, width: 2, height: 1 }])).toThrow(
      expect.objectContaining({ code: 'metrics-nan' }),
    )
    const tally = createPixelTally()
    expect(() => addToTally(tally, { map: new Uint16Array(4), mask: [1], width: 2, height: 2 })).toThrow(
      expect.objectContaining({ code: 'metrics-length' }),
    )
    expect(() => addToTally(tally, { map: new Uint16Array(4), mask: null, width: 3, height: 2 })).toThrow(
      expect.objectContaining({ code: 'metrics-argument' }),
    )
  })
})

describe('AUPRO', () => {
  it('counts a small region as much as a large one', () => {
    // Two regions, 1 and 4 pixels; only the small one stands out.
    const map = Uint16Array.of(9, 0, 0, 0, 0, 0, 0, 0, 0, 0)
    const mask = [1, 0, 1, 1, 1, 1, 0, 0, 0, 0]
    const tally = createPixelTally()
    addToTally(tally, { map, mask, width: 10, height: 1 })
    // From (0, 1/2) in a straight line to (1, 1), up to 0.3.
    expect(aupro(tally, 0.3)).toBeCloseTo((0.5 + 0.65) / 2, 12)
  })
})
