import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { fullScale, stepBelow } from '../../../src/main/images/full-scale.ts'
import { grayLevels } from '../../../src/main/images/gray-levels.ts'
import { toModelInput } from '../../../src/main/images/model-input.ts'
import { createRandom } from '../../../src/main/platform/random.ts'

const [width, height] = [96, 48]

/** Noise of a 12-bit camera up to 900. */
function noise(seed = 1): Uint16Array {
  const random = createRandom(seed)
  return Uint16Array.from({ length: width * height }, () => random.int(900))
}
const levels = (data: Uint8Array | Uint16Array, channels = 1) =>
  grayLevels({ width: width / channels, height, channels, data })

const png16 = (data: Uint16Array) =>
  sharp(data, { raw: { width, height, channels: 1 } })
    .toColourspace('grey16')
    .png()
    .toBuffer()

describe('how bright a photograph gets', () => {
  it('is not told by single pixels or a column, and is by a square of two by two', () => {
    const plain = noise()
    const { robustPeak } = levels(plain)
    const hot = Uint16Array.from(plain)
    for (const at of [100, 1000, 2000, 3000]) hot[at] = 4095
    for (let y = 0; y < height; y++) hot[y * width + 7] = 4095
    expect(levels(hot).robustPeak).toBeLessThan(900)
    const glare = Uint16Array.from(plain)
    for (const at of [0, 1, width, width + 1]) glare[10 * width + 20 + at] = 3800
    expect(levels(glare).robustPeak).toBe(3800)
    expect(robustPeak).toBeLessThan(900)
  })

  it('is measured in each channel by itself', () => {
    const rgb = new Uint8Array(width * height)
    for (const at of [0, 3, width, width + 3]) rgb[at + 1] = 200
    expect(levels(rgb, 3).robustPeak).toBe(200)
    // Four neighboring samples that are no square of one channel.
    const across = new Uint8Array(width * height)
    for (const at of [0, 1, 2, width + 2]) across[at] = 200
    expect(levels(across, 3).robustPeak).toBe(0)
  })
})

describe('the bits that a photograph uses', () => {
  it('are counted from below: four are zero in 12 bits at the upper end', () => {
    expect(levels(noise().map((value) => value * 16)).zeroBits).toBe(4)
    expect(levels(noise()).zeroBits).toBe(0)
    expect(levels(new Uint16Array(width * height)).zeroBits).toBe(16)
  })

  it('give one white to the same camera, however it aligns them', () => {
    for (const peak of [900, 1023, 3800, 4095]) {
      const low = fullScale(16, peak)
      expect(fullScale(16, peak * 16, 4)).toBe(low * 16)
      expect(stepBelow(low * 16)).toBe(16 * stepBelow(low))
    }
    // 14 bits at the upper end have no room for 16, and 8 bits there are those of an 8-bit camera.
    expect(fullScale(16, 65_532, 2)).toBe(16_383 * 4)
    expect(fullScale(16, 255 * 256, 8)).toBe(255 * 256)
    expect(stepBelow(3000)).toBe(1)
  })

  it('give the same model input bit for bit, however they are aligned and scaled', async () => {
    const low = await png16(noise())
    const high = await png16(noise().map((value) => value * 16))
    for (const how of [
      { resize: 'none' },
      { resize: 'stretch', size: 32 },
      { resize: 'scale', scale: 0.5 },
    ] as const) {
      const a = await toModelInput(low, { channels: 1, white: 1023, ...how })
      const b = await toModelInput(high, { channels: 1, white: 1023 * 16, ...how })
      expect(b.data).toEqual(a.data)
    }
  })
})

describe('the sharpness of a photograph', () => {
  const scene = Uint8Array.from(noise(3), (value) => 40 + value / 6)
  const changed = (change: (value: number) => number) => levels(scene.map(change)).sharpness

  it('falls far when it is blurred, and hardly changes with its light and contrast', async () => {
    const sharpness = levels(scene).sharpness
    const blurred = await sharp(scene, { raw: { width, height, channels: 1 } })
      .blur(2)
      .toColourspace('b-w')
      .raw()
      .toBuffer()
    expect(levels(Uint8Array.from(blurred)).sharpness).toBeLessThan(sharpness / 4)
    expect(changed((value) => value / 2) / sharpness).toBeCloseTo(1, 1)
    expect(changed((value) => value - 30) / sharpness).toBeCloseTo(1, 1)
  })

  it('is zero where all is of one value, and the mean is that value', () => {
    expect(levels(new Uint8Array(width * height).fill(77))).toMatchObject({ sharpness: 0, mean: 77 })
  })
})
