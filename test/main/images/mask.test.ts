import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { crc32, deflateSync } from 'node:zlib'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { fitMask, interpretMask, readMask } from '../../../src/main/images/mask.ts'
import { caseFolder } from '../features/case-folder.ts'

const side = 32
const pixels = side * side

/** A square of 10 x 10 pixels from (4, 6) on. */
const inSquare = (i: number): boolean => {
  const [x, y] = [i % side, Math.floor(i / side)]
  return x >= 4 && x < 14 && y >= 6 && y < 16
}
/** A frame of one pixel around it. */
const onFrame = (i: number): boolean => {
  const [x, y] = [i % side, Math.floor(i / side)]
  return !inSquare(i) && x >= 3 && x < 15 && y >= 5 && y < 17
}

const gray = (values: (i: number) => number) =>
  sharp(
    Uint8Array.from({ length: pixels }, (_, i) => values(i)),
    { raw: { width: side, height: side, channels: 1 } },
  ).toColourspace('b-w')

const colored = (values: (i: number) => readonly number[]) => {
  const data = Uint8Array.from(Array.from({ length: pixels }, (_, i) => values(i)).flat())
  const channels = data.length / pixels === 4 ? 4 : 3
  return sharp(data, { raw: { width: side, height: side, channels } })
}

const gray16 = (values: (i: number) => number) =>
  sharp(
    Uint16Array.from({ length: pixels }, (_, i) => values(i)),
    { raw: { width: side, height: side, channels: 1 } },
  ).toColourspace('grey16')

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  sum.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, sum])
}

/** A PNG with a palette, 8 bits an index. */
function indexed(indexes: (i: number) => number, colors: readonly number[][], alphas: number[] = []): Buffer {
  const head = Buffer.from([0, 0, 0, side, 0, 0, 0, side, 8, 3, 0, 0, 0])
  const rows = Buffer.alloc(side * (side + 1))
  for (let i = 0; i < pixels; i++) rows[Math.floor(i / side) * (side + 1) + 1 + (i % side)] = indexes(i)
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', head),
    chunk('PLTE', Buffer.from(colors.flat())),
    ...(alphas.length > 0 ? [chunk('tRNS', Buffer.from(alphas))] : []),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

/** An uncompressed TIFF of one sample in 32 bits: 2 for signed integers, 3 for floating point. */
function wideTiff(values: (i: number) => number, sampleFormat: 2 | 3): Buffer {
  const entries = [
    [256, 3, side],
    [257, 3, side],
    [258, 3, 32],
    [259, 3, 1],
    [262, 3, 1],
    [273, 4, 0],
    [277, 3, 1],
    [278, 3, side],
    [279, 4, pixels * 4],
    [339, 3, sampleFormat],
  ] as const
  const start = 8 + 2 + entries.length * 12 + 4
  const file = Buffer.alloc(start + pixels * 4)
  file.write('II*\0', 'latin1')
  file.writeUInt32LE(8, 4)
  file.writeUInt16LE(entries.length, 8)
  for (const [i, [tag, type, value]] of entries.entries()) {
    const at = 10 + i * 12
    file.writeUInt16LE(tag, at)
    file.writeUInt16LE(type, at + 2)
    file.writeUInt32LE(1, at + 4)
    file.writeUInt32LE(tag === 273 ? start : value, at + 8)
  }
  for (let i = 0; i < pixels; i++) {
    if (sampleFormat === 3) file.writeFloatLE(values(i), start + i * 4)
    else file.writeInt32LE(values(i), start + i * 4)
  }
  return file
}

const codes = (notes: readonly { code: string }[]): string[] => notes.map(({ code }) => code)
const square = Array.from({ length: pixels }, (_, i) => (inSquare(i) ? 1 : 0))

describe('a ground-truth mask', () => {
  it('takes every value but 0 for defect, whatever number it has', async () => {
    const mask = await readMask(
      await gray((i) => [0, 1, 2, 3][i % 4] ?? 0)
        .png()
        .toBuffer(),
    )
    expect(Array.from(mask.data.subarray(0, 4))).toEqual([0, 1, 1, 1])
    expect(mask.area).toBe((pixels * 3) / 4)
  })

  it('takes only the brighter half of a JPEG, whose edges ring', async () => {
    const mask = await readMask(
      await gray((i) => (i % side < side / 2 ? 6 : 250))
        .jpeg()
        .toBuffer(),
    )
    expect(mask.area).toBe(pixels / 2)
  })

  const writers: [string, () => Promise<Buffer> | Buffer][] = [
    ['0 and 1', () => gray((i) => (inSquare(i) ? 1 : 0)).png().toBuffer()],
    ['0 and 128', () => gray((i) => (inSquare(i) ? 128 : 0)).png().toBuffer()],
    ['1 in 16 bits', () => gray16((i) => (inSquare(i) ? 1 : 0)).png().toBuffer()],
    ['40,000 in 16 bits', () => gray16((i) => (inSquare(i) ? 40_000 : 0)).png().toBuffer()],
    ['1 in 32 bits', () => wideTiff((i) => (inSquare(i) ? 1 : 0), 2)],
    ['70,000 in 32 bits', () => wideTiff((i) => (inSquare(i) ? 70_000 : 0), 2)],
    ['0.5 in floating point', () => wideTiff((i) => (inSquare(i) ? 0.5 : 0), 3)],
    ['1 among NaN and -1', () => wideTiff((i) => (inSquare(i) ? 1 : i % 2 ? Number.NaN : -1), 3)],
    ['red 1 on black', () => colored((i) => [inSquare(i) ? 1 : 0, 0, 0]).png().toBuffer()],
    ['a half transparent overlay', () => colored((i) => (inSquare(i) ? [255, 0, 0, 128] : [0, 0, 0, 0])).png().toBuffer()],
    ['white that is everywhere transparent', () => colored((i) => (inSquare(i) ? [255, 255, 255, 0] : [0, 0, 0, 0])).png().toBuffer()],
    ['white with alpha 255', () => colored((i) => (inSquare(i) ? [255, 255, 255, 255] : [0, 0, 0, 255])).png().toBuffer()],
    ['black that alpha shows', () => colored((i) => [0, 0, 0, inSquare(i) ? 255 : 0]).png().toBuffer()],
    ['black on invisible white', () => colored((i) => (inSquare(i) ? [0, 0, 0, 255] : [255, 255, 255, 0])).png().toBuffer()],
    ['an index with the color of the ground', () => indexed((i) => (inSquare(i) ? 1 : 0), [[0, 0, 0], [0, 0, 0]])],
    ['an index in dark blue', () => indexed((i) => (inSquare(i) ? 7 : 0), Array.from({ length: 8 }, (_, i) => [0, 0, i && 1]))],
    ['white in a palette that begins with it', () => indexed((i) => (inSquare(i) ? 0 : 1), [[255, 255, 255], [0, 0, 0]])],
    ['red in a palette with a transparent ground', () => indexed((i) => (inSquare(i) ? 0 : 1), [[255, 0, 0], [0, 0, 0]], [255, 0])],
    ['a lossless WebP', () => colored((i) => [inSquare(i) ? 3 : 0, 0, 0]).webp({ lossless: true, exact: true }).toBuffer()],
    ['a lossy WebP', () => colored((i) => (inSquare(i) ? [255, 255, 255] : [0, 0, 0])).webp({ quality: 98 }).toBuffer()],
  ] // biome-ignore format: a table
  it.each(writers)('is read with %s', async (_, write) => {
    const { mask, notes } = await interpretMask(await write())
    expect([...mask.data]).toEqual(square)
    expect(notes).toEqual([])
  })

  it('has its classes by value', async () => {
    const file = await gray((i) => (inSquare(i) ? 1 : i < side ? 2 : 0))
      .png()
      .toBuffer()
    const { classes, classOf } = await interpretMask(file)
    expect(classes).toEqual([
      { value: 1, color: null, area: 100 },
      { value: 2, color: null, area: side },
    ])
    expect(classOf[0]).toBe(2)
  })

  it('has its classes by color', async () => {
    const file = await colored((i) => (inSquare(i) ? [255, 0, 0] : i < side ? [0, 255, 0] : [0, 0, 0]))
      .png()
      .toBuffer()
    const { classes } = await interpretMask(file)
    expect(classes).toEqual([
      { value: null, color: '#00ff00', area: side },
      { value: null, color: '#ff0000', area: 100 },
    ])
  })

  it('leaves out the border 255 beside small class numbers, and says so', async () => {
    const file = await gray((i) => (inSquare(i) ? 1 : onFrame(i) ? 255 : 0))
      .png()
      .toBuffer()
    const { mask, notes } = await interpretMask(file)
    expect([...mask.data]).toEqual(square)
    expect(codes(notes)).toEqual(['mask-void'])
  })

  it('leaves out the border of a palette and of the colors of Pascal VOC', async () => {
    const colors = Array.from({ length: 256 }, (_, i) =>
      i === 1 ? [128, 0, 0] : i === 255 ? [224, 224, 192] : [0, 0, 0],
    )
    const byIndex = indexed((i) => (inSquare(i) ? 1 : onFrame(i) ? 255 : 0), colors)
    const byColor = await colored((i) =>
      inSquare(i) ? [128, 0, 0] : onFrame(i) ? [224, 224, 192] : [0, 0, 0],
    )
      .png()
      .toBuffer()
    for (const file of [byIndex, byColor]) {
      const { mask, notes } = await interpretMask(file)
      expect([...mask.data]).toEqual(square)
      expect(codes(notes)).toEqual(['mask-void'])
    }
  })

  it('keeps a white mark beside a few stray dark pixels, and says that two readings are possible', async () => {
    const file = await gray((i) => (inSquare(i) ? 255 : i === 0 ? 1 : 0))
      .png()
      .toBuffer()
    const { mask, notes } = await interpretMask(file)
    expect(mask.area).toBe(101)
    expect(codes(notes)).toEqual(['mask-two-readings'])
  })

  it('takes the brighter half of soft edges, and says so', async () => {
    const file = await gray((i) => (inSquare(i) ? 255 : onFrame(i) ? 120 : 0))
      .png()
      .toBuffer()
    const { mask, notes } = await interpretMask(file)
    expect([...mask.data]).toEqual(square)
    expect(codes(notes)).toEqual(['mask-soft'])
  })

  it('does not take thin classes for soft edges', async () => {
    const file = await gray((i) => (inSquare(i) ? 200 : i < side ? 100 : 0))
      .png()
      .toBuffer()
    expect((await interpretMask(file)).mask.area).toBe(100 + side)
  })

  it('takes the noise of a JPEG that was saved as PNG for what it was', async () => {
    const jpeg = await gray((i) => (inSquare(i) ? 255 : 0))
      .jpeg({ quality: 70 })
      .toBuffer()
    const { mask, notes } = await interpretMask(await sharp(jpeg).png().toBuffer())
    expect(Math.abs(mask.area - 100)).toBeLessThanOrEqual(5)
    expect(codes(notes)).toEqual(['mask-soft'])
  })

  it('says that more than half is marked, and reads it the other way round on request', async () => {
    const file = await gray((i) => (inSquare(i) ? 0 : 255))
      .png()
      .toBuffer()
    const asIs = await interpretMask(file)
    expect(asIs.mask.area).toBe(pixels - 100)
    expect(codes(asIs.notes)).toEqual(['mask-mostly-marked'])
    const inverted = await interpretMask(file, { invert: true })
    expect([...inverted.mask.data]).toEqual(square)
    expect(inverted.notes).toEqual([])
  })

  it('takes the darkest value for the ground where none is 0, and says that two readings are possible', async () => {
    const { mask, notes } = await interpretMask(
      await gray((i) => (inSquare(i) ? 2 : 1))
        .png()
        .toBuffer(),
    )
    expect([...mask.data]).toEqual(square)
    expect(codes(notes)).toEqual(['mask-two-readings'])
  })

  it('takes the white ground of a drawing for the ground, and says so', async () => {
    const file = await colored((i) => (inSquare(i) ? [255, 0, 0] : [255, 255, 255]))
      .png()
      .toBuffer()
    const { mask, notes } = await interpretMask(file)
    expect([...mask.data]).toEqual(square)
    expect(codes(notes)).toEqual(['mask-two-readings'])
  })

  it('says that a faint JPEG was read', async () => {
    const file = await gray((i) => (inSquare(i) ? 40 : 0))
      .jpeg({ quality: 100 })
      .toBuffer()
    const { mask, notes } = await interpretMask(file)
    expect(mask.area).toBe(100)
    expect(codes(notes)).toEqual(['mask-faint'])
  })

  it('marks nothing where a JPEG has only the noise of black', async () => {
    const file = await gray((i) => (inSquare(i) ? 4 : 0))
      .jpeg({ quality: 100 })
      .toBuffer()
    expect((await interpretMask(file)).mask.area).toBe(0)
  })

  it('reads what it has written itself without a note', async () => {
    for (const value of [0, 255]) {
      const { mask } = await interpretMask(
        await gray(() => value)
          .png()
          .toBuffer(),
      )
      expect(mask.area).toBe(value === 0 ? 0 : pixels)
    }
  })
})

describe('a mask of a photograph that EXIF turns', () => {
  const wide = async (width: number, height: number) =>
    interpretMask(
      await sharp(
        Uint8Array.from({ length: width * height }, (_, i) => (i === 1 ? 255 : 0)),
        { raw: { width, height, channels: 1 } },
      )
        .toColourspace('b-w')
        .png()
        .toBuffer(),
    )

  it.each([5, 6, 7, 8] as const)(
    'is turned with it by orientation %i where it has the stored size',
    async (orientation) => {
      const drawn = await wide(24, 20)
      const turned = fitMask(drawn, { width: 20, height: 24, orientation })
      const stored = await sharp(Buffer.from(drawn.mask.data.map((v) => v * 255)), {
        raw: { width: 24, height: 20, channels: 1 },
      })
        .png()
        .withMetadata({ orientation })
        .toBuffer()
      const upright = await sharp(stored).autoOrient().extractChannel(0).raw().toBuffer()
      expect([...(turned?.mask.data ?? [])]).toEqual([...upright.map((v) => (v > 0 ? 1 : 0))])
      expect(codes(turned?.notes ?? [])).toEqual(['mask-turned'])
    },
  )

  it('is taken as it is where it has the upright size', async () => {
    const drawn = await wide(20, 24)
    expect(fitMask(drawn, { width: 20, height: 24, orientation: 6 })).toBe(drawn)
  })

  it('is taken as it is with a warning where the sizes do not tell', async () => {
    const drawn = await wide(20, 20)
    for (const orientation of [3, 6] as const) {
      const fitting = fitMask(drawn, { width: 20, height: 20, orientation })
      expect(fitting?.mask).toEqual(drawn.mask)
      expect(codes(fitting?.notes ?? [])).toEqual(['mask-maybe-not-turned'])
    }
  })

  it('is of no use in any other size', async () => {
    expect(fitMask(await wide(24, 20), { width: 20, height: 24, orientation: 1 })).toBeNull()
    expect(fitMask(await wide(24, 18), { width: 20, height: 24, orientation: 6 })).toBeNull()
  })
})

const values = caseFolder('30-mask-values')
describe.skipIf(!values.isThere)('the masks of case 30', () => {
  it('have 400 pixels from (20, 24) on, in whatever way they were written', async () => {
    const folder = join(values.folder, 'set/ground_truth/crack')
    const found: Record<string, string> = {}
    for (const file of readdirSync(folder)) {
      if (file.endsWith('.gif')) continue
      const { data, area, width } = await readMask(join(folder, file))
      const first = data.indexOf(1)
      found[file] = `${area} from ${first % width}, ${Math.floor(first / width)}`
    }
    expect(Object.values(found)).toEqual(Object.keys(found).map(() => '400 from 20, 24'))
    await expect(readMask(join(folder, 'gif-255_mask.gif'))).rejects.toMatchObject({
      code: 'unsupported-type',
      params: { type: 'GIF' },
    })
  })
})

describe('a photograph', () => {
  it('is no mask', async () => {
    const file = await gray((i) => (i * 7) % 200)
      .png()
      .toBuffer()
    await expect(interpretMask(file)).rejects.toMatchObject({ params: { case: 'not-a-mask' } })
  })
})
