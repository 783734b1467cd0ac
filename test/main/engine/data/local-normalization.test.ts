import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import type { Pixels } from '../../../../src/main/engine/data/geometry.ts'
import { loadImage } from '../../../../src/main/engine/data/load-image.ts'
import { normalizeLocally, windowReach } from '../../../../src/main/engine/data/local-normalization.ts'
import { createRandom } from '../../../../src/main/platform/random.ts'
import { temporaryFolder } from '../../store/temporary-folder.ts'

/** Grain under light that falls off to one side. */
function surface(seed: number, light: (x: number) => number, width = 50, height = 40): Pixels {
  const random = createRandom(seed)
  const data = Float32Array.from({ length: width * height }, (_, i) => {
    const brightness = light((i % width) / width) * (1 + 0.1 * random.normal())
    return 2 * Math.min(1, Math.max(0, brightness)) - 1
  })
  return { data, width, height, channels: 1 }
}

/** By the definition, a loop over each window. */
function slowly({ data, width, height, channels }: Pixels, size: number): number[] {
  const reach = windowReach(size)
  const log = (x: number, y: number, c: number): number =>
    Math.log(((data[(y * width + x) * channels + c] ?? 0) + 1) / 2 + 0.03)
  return Array.from(data, (_, at) => {
    const c = at % channels
    const [x, y] = [Math.floor(at / channels) % width, Math.floor(at / channels / width)]
    const window: number[] = []
    for (let v = Math.max(0, y - reach); v <= Math.min(height - 1, y + reach); v++) {
      for (let u = Math.max(0, x - reach); u <= Math.min(width - 1, x + reach); u++) window.push(log(u, v, c))
    }
    const mean = window.reduce((sum, value) => sum + value, 0) / window.length
    const variance = window.reduce((sum, value) => sum + (value - mean) ** 2, 0) / window.length
    return Math.min(1, Math.max(-1, (log(x, y, c) - mean) / (3 * (Math.sqrt(variance) + 0.03))))
  })
}

const mean = (values: Float32Array): number => values.reduce((sum, value) => sum + value, 0) / values.length

describe('local normalization', () => {
  it('is the logarithm less its mean over three deviations, in windows cut off at the borders', () => {
    // Two pixels, one window: logarithms a and b are half their difference from their mean, and so is the deviation.
    const two: Pixels = { data: Float32Array.of(-0.5, 0.5), width: 2, height: 1, channels: 1 }
    const half = Math.log((0.75 + 0.03) / (0.25 + 0.03)) / 2
    const [first, second] = normalizeLocally(two, 32).picture.data
    expect(first).toBeCloseTo(-half / (3 * (half + 0.03)), 6)
    expect(second).toBeCloseTo(half / (3 * (half + 0.03)), 6)
  })

  it.each([1, 3])('is what a loop over each window finds, with %d channels', (channels) => {
    const random = createRandom(4)
    const [width, height] = [33, 21]
    const data = Float32Array.from({ length: width * height * channels }, () => 2 * random.uniform() - 1)
    const photograph: Pixels = { data, width, height, channels }
    const wanted = slowly(photograph, 32)
    for (const [i, value] of normalizeLocally(photograph, 32).picture.data.entries()) {
      expect(value).toBeCloseTo(wanted[i] ?? Number.NaN, 5)
    }
  })

  it('takes away how strong the light is and how it falls off', () => {
    const even = normalizeLocally(
      surface(1, () => 0.6),
      32,
    ).picture.data
    const falling = normalizeLocally(
      surface(1, (x) => 0.5 - 0.15 * x),
      32,
    ).picture.data
    const difference = mean(even.map((value, i) => Math.abs(value - (falling[i] ?? 0))))
    expect(difference / mean(even.map(Math.abs))).toBeLessThan(0.15)
  })

  it('stays within [-1, 1], black and white and all that is alike too', () => {
    const random = createRandom(2)
    for (const value of [() => -1, () => 1, () => (random.uniform() < 0.01 ? 1 : -1)]) {
      const data = Float32Array.from({ length: 40 * 40 }, value)
      const { picture } = normalizeLocally({ data, width: 40, height: 40, channels: 1 }, 32)
      expect(picture.data.every((sample) => sample >= -1 && sample <= 1)).toBe(true)
    }
  })

  it('is brought back to the light of the photograph, wherever nothing was cut off', () => {
    const photograph = surface(3, (x) => 0.3 + 0.3 * x)
    const { picture, inItsLight } = normalizeLocally(photograph, 32)
    const back = inItsLight(picture).data
    let compared = 0
    for (const [i, value] of picture.data.entries()) {
      if (Math.abs(value) === 1) continue
      compared += 1
      expect(back[i]).toBeCloseTo(photograph.data[i] ?? Number.NaN, 4)
    }
    expect(compared).toBeGreaterThan(0.9 * picture.data.length)
    // What the networks make of it keeps its light too: a picture of zeros is the slow light alone.
    const slow = inItsLight({ ...picture, data: new Float32Array(picture.data.length) }).data
    expect(mean(slow)).toBeCloseTo(mean(photograph.data), 1)
  })

  it('leaves photographs as they are where it is not asked for, and loads the same picture twice where it is', async () => {
    const file = join(temporaryFolder(), 'part.png')
    const random = createRandom(5)
    const samples = Uint8Array.from({ length: 64 * 64 }, () => random.int(256))
    await sharp(samples, { raw: { width: 64, height: 64, channels: 1 } })
      .toColourspace('b-w')
      .png()
      .toFile(file)
    const image = { id: 1, file, width: 64, height: 64, white: null }
    const mode = { input: 'tiles', size: 32, channels: 1, scale: 1, resizing: 'exact' } as const
    const plain = await loadImage(image, { ...mode, normalization: 'none' })
    expect(plain.picture).toBe(plain.photograph)
    expect(plain.inItsLight(plain.picture)).toBe(plain.picture)
    const once = await loadImage(image, { ...mode, normalization: 'local' })
    const twice = await loadImage(image, { ...mode, normalization: 'local' })
    expect(once.photograph).toEqual(plain.photograph)
    expect(once.picture).not.toEqual(plain.picture)
    expect(twice.picture).toEqual(once.picture)
  })
})
