import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { readMask } from '../../../src/main/images/mask.ts'

const raw = (values: (i: number) => number) =>
  sharp(
    Uint8Array.from({ length: 16 * 16 }, (_, i) => values(i)),
    { raw: { width: 16, height: 16, channels: 1 } },
  ).toColourspace('b-w')

describe('a ground-truth mask', () => {
  it('takes every value but 0 for defect, whatever number it has', async () => {
    const mask = await readMask(
      await raw((i) => [0, 1, 2, 255][i % 4] ?? 0)
        .png()
        .toBuffer(),
    )
    expect(Array.from(mask.data.subarray(0, 4))).toEqual([0, 1, 1, 1])
    expect(mask.area).toBe(192)
  })

  it('takes only the brighter half of a JPEG, whose edges ring', async () => {
    const mask = await readMask(
      await raw((i) => (i % 16 < 8 ? 6 : 250))
        .jpeg()
        .toBuffer(),
    )
    expect(mask.area).toBe(128)
  })
})
