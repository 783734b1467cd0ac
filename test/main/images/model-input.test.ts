import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { fullScale } from '../../../src/main/images/full-scale.ts'
import { toModelInput } from '../../../src/main/images/model-input.ts'

const png = (data: Uint8Array | Uint16Array, width: number, height: number, channels: 1 | 3 = 1) =>
  sharp(data, { raw: { width, height, channels } })
    .toColourspace(data instanceof Uint16Array ? 'grey16' : channels === 1 ? 'b-w' : 'srgb')
    .png()
    .toBuffer()

describe('the range of a model input', () => {
  it('maps 0 to -1 and white to 1, linearly, in 8 bits', async () => {
    const samples = Uint8Array.from({ length: 256 }, (_, i) => i)
    const { data } = await toModelInput(await png(samples, 16, 16), { channels: 1, resize: 'none' })
    expect(data[0]).toBe(-1)
    expect(data[255]).toBe(1)
    expect(data[51]).toBeCloseTo(-0.6, 6)
  })

  it('keeps 16-bit differences that 8 bits would lose', async () => {
    const samples = Uint16Array.from({ length: 256 }, (_, i) => 30_000 + i)
    const { data } = await toModelInput(await png(samples, 16, 16), { channels: 1, resize: 'none' })
    expect(new Set(data).size).toBe(256)
    expect(data[1]).toBeCloseTo((2 * 30_001) / 65_535 - 1, 6)
  })

  it('takes the white of the dataset, and holds what is brighter at 1', async () => {
    const samples = new Uint16Array(256).fill(4095)
    samples[0] = 5000
    const file = await png(samples, 16, 16)
    for (const resize of ['none', 'stretch'] as const) {
      const { data } = await toModelInput(file, { channels: 1, resize, size: 16, white: 4095 })
      expect(Math.max(...data)).toBe(1)
      expect(data[200]).toBeCloseTo(1, 6)
    }
  })

  it('knows the sensor depth by the largest value', () => {
    expect([255, 1023, 1024, 4095, 16_383, 65_535].map((peak) => fullScale(16, peak))).toEqual([
      1023, 1023, 4095, 4095, 16_383, 65_535,
    ])
    expect(fullScale(8, 40)).toBe(255)
  })
})

describe('resizing', () => {
  it('halves by the mean of the pixels that fall together', async () => {
    // Columns 0 0 200 200 ...: blocks of two by two are constant, so any sound filter keeps the mean.
    const samples = Uint8Array.from({ length: 64 * 64 }, (_, i) => (i % 64 < 32 ? 40 : 200))
    const { data, width } = await toModelInput(await png(samples, 64, 64), {
      channels: 1,
      resize: 'stretch',
      size: 32,
    })
    expect(width).toBe(32)
    expect(data[0]).toBeCloseTo((2 * 40) / 255 - 1, 4)
    expect(data[31]).toBeCloseTo((2 * 200) / 255 - 1, 4)
    const mean = data.reduce((sum, v) => sum + v, 0) / data.length
    expect(mean).toBeCloseTo((2 * 120) / 255 - 1, 3)
  })

  it('keeps the brightness of an even surface, whatever the factor', async () => {
    for (const [width, height] of [
      [550, 380],
      [97, 213],
      [33, 65],
      [20, 20],
    ] as const) {
      const even = await png(new Uint8Array(width * height).fill(201), width, height)
      const { data } = await toModelInput(even, { channels: 1, resize: 'stretch', size: 64 })
      const worst = Math.max(...data.map((v) => Math.abs(v - ((2 * 201) / 255 - 1))))
      expect(worst).toBeLessThan(2 / 65_535)
    }
  })

  it('does not round a scaled 8-bit image to 8 bits again', async () => {
    const samples = Uint8Array.from({ length: 96 * 96 }, (_, i) => i % 96)
    const { data } = await toModelInput(await png(samples, 96, 96), {
      channels: 1,
      resize: 'stretch',
      size: 64,
    })
    const steps = Array.from(data, (v) => ((v + 1) * 255) / 2).filter(
      (v) => Math.abs(v - Math.round(v)) > 0.05,
    )
    expect(steps.length).toBeGreaterThan(1000)
  })

  it('fits without distortion and repeats the edge', async () => {
    const samples = Uint8Array.from({ length: 80 * 40 }, (_, i) => (i < 80 * 20 ? 10 : 240))
    const { data, placed } = await toModelInput(await png(samples, 80, 40), {
      channels: 1,
      resize: 'fit',
      size: 32,
    })
    expect(placed).toEqual({ left: 0, top: 8, width: 32, height: 16 })
    expect(data[0]).toBeCloseTo((2 * 10) / 255 - 1, 4)
    expect(data[32 * 31]).toBeCloseTo((2 * 240) / 255 - 1, 4)
  })

  it('interleaves color as height, width, channels', async () => {
    const samples = Uint8Array.from({ length: 20 * 20 * 3 }, (_, i) => [255, 0, 51][i % 3] ?? 0)
    const { data, channels } = await toModelInput(await png(samples, 20, 20, 3), {
      channels: 3,
      resize: 'stretch',
      size: 32,
    })
    expect(channels).toBe(3)
    expect(data.length).toBe(32 * 32 * 3)
    expect(Array.from(data.subarray(0, 3), (v) => Number(v.toFixed(4)))).toEqual([1, -1, -0.6])
  })

  it('gives the same values every time', async () => {
    const samples = Uint8Array.from({ length: 100 * 70 }, (_, i) => (i * 31) % 256)
    const file = await png(samples, 100, 70)
    const options = { channels: 1, resize: 'stretch', size: 64 } as const
    expect((await toModelInput(file, options)).data).toEqual((await toModelInput(file, options)).data)
  })
})
