import { describe, expect, it } from 'vitest'
import {
  readAnomalyMap,
  readAnomalyMapSamples,
  writeAnomalyMap,
} from '../../../src/main/images/anomaly-map.ts'
import { createRandom } from '../../../src/main/platform/random.ts'
import { decodePlainPng } from './plain-png.ts'

const width = 37
const height = 23
const values = createRandom(1)
  .fillUniform(new Float32Array(width * height))
  .map((v) => v * 1.7)

describe('an anomaly map on disk', () => {
  it('comes back within half of one 65535th of its scale', async () => {
    const { bytes, scale } = await writeAnomalyMap({ values, width, height })
    const map = await readAnomalyMap(bytes)
    expect(map).toMatchObject({ width, height, scale })
    const worst = Math.max(...map.values.map((v, i) => Math.abs(v - (values[i] ?? 0))))
    expect(worst).toBeLessThanOrEqual(scale / 65_535 / 2 + 1e-7)
  })

  it('has the largest value as its scale', async () => {
    const { scale } = await writeAnomalyMap({ values, width, height })
    expect(scale).toBe(Math.max(...values))
  })

  it('is an ordinary 16-bit PNG that any program reads', async () => {
    const { bytes, scale } = await writeAnomalyMap({ values, width, height })
    const plain = decodePlainPng(bytes)
    expect(plain.samples).toEqual(Array.from(values, (v) => Math.round((v / scale) * 65_535)))
  })

  it('writes a map of nothing but zeros', async () => {
    const { bytes, scale } = await writeAnomalyMap({ values: new Float32Array(256), width: 16, height: 16 })
    expect(scale).toBe(1)
    expect(new Set((await readAnomalyMap(bytes)).values)).toEqual(new Set([0]))
  })

  it('gives the raw samples for coloring', async () => {
    const { bytes } = await writeAnomalyMap({ values, width, height })
    const { samples } = await readAnomalyMapSamples(bytes)
    expect(Math.max(...samples)).toBe(65_535)
  })

  it('refuses what is not a number', async () => {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, -1]) {
      await expect(
        writeAnomalyMap({ values: new Float32Array(256).fill(bad), width: 16, height: 16 }),
      ).rejects.toMatchObject({ code: 'map-not-finite' })
    }
  })

  it('says so when a map is cut off or not a map', async () => {
    const { bytes } = await writeAnomalyMap({ values, width, height })
    await expect(readAnomalyMap(bytes.subarray(0, bytes.length >> 1))).rejects.toMatchObject({
      code: 'map-unreadable',
    })
    await expect(readAnomalyMap(Buffer.from('no map'))).rejects.toMatchObject({ code: 'map-unreadable' })
  })
})
