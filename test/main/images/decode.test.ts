import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import sharp from 'sharp'
import { afterAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { decodeImage, inspectImage, readImageHeader } from '../../../src/main/images/decode.ts'
import { ImageRefusal } from '../../../src/main/images/refusal.ts'
import { createRandom } from '../../../src/main/platform/random.ts'
import { elementAt } from '../../../src/shared/element-at.ts'
import { message } from '../../../src/shared/messages/message.ts'
import { decodePlainPng } from './plain-png.ts'
import { packedRows, writtenTiff } from './written-tiff.ts'

const awkward = resolve('../shared/data/awkward')
const hasAwkward = existsSync(awkward)
if (!hasAwkward) console.log(`skipped: the awkward images, because ${awkward} is absent`)

const expectedSchema = z.record(
  z.string(),
  z.object({
    outcome: z.enum(['ok', 'refused', 'duplicate']),
    width: z.number().optional(),
    height: z.number().optional(),
    reason: z.string().optional(),
  }),
)
const expected = hasAwkward
  ? expectedSchema.parse(JSON.parse(readFileSync(join(awkward, 'expected.json'), 'utf8')))
  : {}

/** Values that differ everywhere, so that a shift or a swap shows. */
const ramp = (length: number, step: number, top: number): number[] =>
  Array.from({ length }, (_, i) => (i * step) % (top + 1))

const gray8 = (width: number, height: number): Buffer => Buffer.from(ramp(width * height, 7, 255))

const png = (data: Uint8Array | Uint16Array, width: number, height: number, channels: 1 | 2 | 3 | 4) =>
  sharp(data, { raw: { width, height, channels } })
    .toColourspace(
      data instanceof Uint16Array ? (channels < 3 ? 'grey16' : 'rgb16') : channels < 3 ? 'b-w' : 'srgb',
    )
    .png()
    .toBuffer()

describe.skipIf(!hasAwkward)('the awkward files of a factory', () => {
  for (const [file, want] of Object.entries(expected)) {
    if (want.outcome === 'refused') {
      it(`${file} is refused: ${want.reason}`, async () => {
        await expect(inspectImage(join(awkward, file))).rejects.toMatchObject({
          code: want.reason?.replaceAll(' ', '-'),
          message: expect.stringContaining(want.reason ?? '-'),
        })
      })
    } else {
      it(`${file} is read upright`, async () => {
        const { width, height } = await inspectImage(join(awkward, file))
        if (want.outcome === 'ok')
          expect({ width, height }).toEqual({ width: want.width, height: want.height })
        expect(await readImageHeader(join(awkward, file))).toMatchObject({ width, height })
      })
    }
  }

  it('reads the same from bytes in memory as from the file', async () => {
    for (const file of ['gray16.png', 'old.bmp', 'exif-rotated.jpg', 'scan16.tiff']) {
      const path = join(awkward, file)
      expect(await decodeImage(readFileSync(path))).toEqual(await decodeImage(path))
    }
  })

  it('keeps every one of the 16 bits of a PNG', async () => {
    const path = join(awkward, 'gray16.png')
    const plain = decodePlainPng(readFileSync(path))
    const { data, bitDepth } = await decodeImage(path)
    expect(bitDepth).toBe(16)
    expect(Array.from(data)).toEqual(plain.samples)
  })

  it('reads the 16-bit TIFF and the 16-bit PNG of one scene as the same values', async () => {
    const tiff = await decodeImage(join(awkward, 'scan16.tiff'))
    const fromPng = await decodeImage(join(awkward, 'gray16.png'))
    expect(tiff.data).toEqual(fromPng.data)
  })

  it('reads the 8-bit palette bitmap as the same values as the gray PNG of the scene', async () => {
    const bmp = await decodeImage(join(awkward, 'old.bmp'), { channels: 1 })
    const fromPng = await decodeImage(join(awkward, 'gray.png'))
    expect(Buffer.from(bmp.data)).toEqual(Buffer.from(fromPng.data))
  })

  it('says that only the first of several pages is used', async () => {
    const { warnings } = await inspectImage(join(awkward, 'multipage.tif'))
    expect(warnings).toEqual([message('first-page-only', { pages: 3 })])
  })

  it('says that CMYK was converted and that transparency was flattened', async () => {
    expect((await inspectImage(join(awkward, 'cmyk.jpg'))).warnings).toEqual([message('cmyk-converted')])
    expect((await inspectImage(join(awkward, 'alpha.png'))).warnings).toEqual([
      message('transparency-flattened'),
    ])
  })
})

describe('colors', () => {
  it('keeps 16-bit RGB exactly', async () => {
    const samples = Uint16Array.from(ramp(20 * 20 * 3, 977, 65_535))
    const { data, channels } = await decodeImage(await png(samples, 20, 20, 3))
    expect(channels).toBe(3)
    expect(data).toEqual(samples)
  })

  it('turns RGB into gray by the luma of Rec. 601', async () => {
    const samples = Uint8Array.from(ramp(20 * 20 * 3, 37, 255))
    const { data } = await decodeImage(await png(samples, 20, 20, 3), { channels: 1 })
    const luma = Array.from({ length: 400 }, (_, i) => {
      const [r = 0, g = 0, b = 0] = samples.subarray(i * 3, i * 3 + 3)
      return Math.round(0.299 * r + 0.587 * g + 0.114 * b)
    })
    expect(Array.from(data)).toEqual(luma)
  })

  it('repeats gray in three channels when color is asked for', async () => {
    const { data } = await decodeImage(await png(gray8(20, 20), 20, 20, 1), { channels: 3 })
    expect(Array.from(data.subarray(0, 6))).toEqual([0, 0, 0, 7, 7, 7])
  })

  it('does not apply a color profile: the values are those in the file', async () => {
    const samples = Uint8Array.from(ramp(20 * 20 * 3, 37, 255))
    const profiled = await sharp(samples, { raw: { width: 20, height: 20, channels: 3 } })
      .withIccProfile('p3')
      .png()
      .toBuffer()
    const stored = decodePlainPng(profiled).samples
    expect(Array.from((await decodeImage(profiled)).data)).toEqual(stored)
  })

  it('flattens transparency on black, in 8 and in 16 bits', async () => {
    const half8 = Uint8Array.from({ length: 16 * 16 * 4 }, (_, i) => (i % 4 === 3 ? 51 : 200))
    const half16 = Uint16Array.from({ length: 16 * 16 * 4 }, (_, i) => (i % 4 === 3 ? 13_107 : 50_000))
    expect((await decodeImage(await png(half8, 16, 16, 4))).data[0]).toBe(40)
    expect((await decodeImage(await png(half16, 16, 16, 4))).data[0]).toBe(10_000)
  })

  it('flattens the transparency of gray as that of colors', async () => {
    const half8 = Uint8Array.from({ length: 16 * 16 * 2 }, (_, i) => (i % 2 ? 51 : 200))
    const half16 = Uint16Array.from({ length: 16 * 16 * 2 }, (_, i) => (i % 2 ? 13_107 : 50_000))
    for (const [samples, value] of [
      [half8, 40],
      [half16, 10_000],
    ] as const) {
      const { data, channels, warnings } = await decodeImage(await png(samples, 16, 16, 2))
      expect(channels).toBe(1)
      expect(new Set(data)).toEqual(new Set([value]))
      expect(warnings).toEqual([message('transparency-flattened')])
    }
  })

  it('does not warn about an alpha channel that is opaque everywhere', async () => {
    const opaque = Uint8Array.from({ length: 16 * 16 * 4 }, (_, i) => (i % 4 === 3 ? 255 : 9))
    expect((await inspectImage(await png(opaque, 16, 16, 4))).warnings).toEqual([])
  })

  it('calls an RGB file gray when no pixel has a color', async () => {
    const neutral = Uint8Array.from({ length: 16 * 16 * 3 }, (_, i) => Math.floor(i / 3) % 256)
    expect((await inspectImage(await png(neutral, 16, 16, 3))).channels).toBe(1)
    neutral[0] = 99
    expect((await inspectImage(await png(neutral, 16, 16, 3))).channels).toBe(3)
  })

  it('finds the largest sample value', async () => {
    const samples = new Uint16Array(400).fill(12)
    samples[77] = 4095
    expect(await inspectImage(await png(samples, 20, 20, 1))).toMatchObject({ peak: 4095, bitDepth: 16 })
  })
})

/** A bitmap file; `rows` are the stored bytes of each row, lower row first as the format has it. */
function bitmap(options: {
  width: number
  height: number
  bits: number
  rows: number[][]
  palette?: number[][]
  masks?: number[]
  gap?: number
}): Buffer {
  const { width, height, bits, rows, palette = [], masks = [], gap = 0 } = options
  const head = Buffer.alloc(54)
  const extra = Buffer.alloc(masks.length * 4 + palette.length * 4 + gap)
  masks.forEach((mask, i) => void extra.writeUInt32LE(mask, i * 4))
  palette.forEach(([r = 0, g = 0, b = 0], i) => {
    extra.set([b, g, r, 0], masks.length * 4 + i * 4)
  })
  const rowBytes = Math.ceil((width * bits) / 32) * 4
  const pixels = Buffer.concat(rows.map((row) => Buffer.concat([Buffer.from(row)], rowBytes)))
  head.write('BM')
  head.writeUInt32LE(54 + extra.length + pixels.length, 2)
  head.writeUInt32LE(54 + extra.length, 10)
  head.writeUInt32LE(40, 14)
  head.writeInt32LE(width, 18)
  head.writeInt32LE(height, 22)
  head.writeUInt16LE(1, 26)
  head.writeUInt16LE(bits, 28)
  head.writeUInt32LE(masks.length > 0 ? 3 : 0, 30)
  head.writeUInt32LE(palette.length, 46)
  return Buffer.concat([head, extra, pixels])
}

/** The chunks of a PNG: from the first byte of each up to the one behind it. */
function chunksOf(file: Buffer): { type: string; from: number; to: number }[] {
  const chunks: { type: string; from: number; to: number }[] = []
  for (let from = 8; from < file.length; ) {
    const to = from + 12 + file.readUInt32BE(from)
    chunks.push({ type: file.toString('latin1', from + 4, from + 8), from, to })
    from = to
  }
  return chunks
}

const repeated = <T>(value: T, count = 16): T[] => Array.from({ length: count }, () => value)

describe('bitmaps', () => {
  it('reads the lower row first, and the upper first where the height is negative', async () => {
    const rows = [repeated(0, 48), ...repeated(repeated(255, 48), 15)]
    const up = await decodeImage(bitmap({ width: 16, height: 16, bits: 24, rows }))
    const down = await decodeImage(bitmap({ width: 16, height: -16, bits: 24, rows }))
    expect([up.data[0], up.data[16 * 15 * 3]]).toEqual([255, 0])
    expect([down.data[0], down.data[16 * 15 * 3]]).toEqual([0, 255])
  })

  it('reads blue, green, red in a 24-bit file whose rows are padded', async () => {
    const rows = repeated(Array.from({ length: 17 * 3 }, (_, i) => [30, 20, 10][i % 3] ?? 0))
    const { data } = await decodeImage(bitmap({ width: 17, height: 16, bits: 24, rows }))
    expect(Array.from(data)).toEqual(repeated([10, 20, 30], 17 * 16).flat())
  })

  it('reads palettes of 1, 4 and 8 bits, also with an odd width', async () => {
    const palette = [
      [0, 0, 0],
      [10, 20, 30],
    ]
    const cases = [
      { bits: 1, row: [0b01010101, 0b01010101, 0b00000000] },
      { bits: 4, row: [0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x00] },
      { bits: 8, row: [0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0] },
    ]
    const wanted = repeated(Array.from({ length: 17 }, (_, x) => (x % 2 ? [10, 20, 30] : [0, 0, 0])).flat())
    for (const { bits, row } of cases) {
      const { data } = await decodeImage(
        bitmap({ width: 17, height: 16, bits, palette, rows: repeated(row) }),
      )
      expect(Array.from(data)).toEqual(wanted.flat())
    }
  })

  it('finds the pixels where the header says, not right behind the palette', async () => {
    const palette = [
      [1, 1, 1],
      [2, 2, 2],
    ]
    const rows = repeated(repeated(1))
    const { data } = await decodeImage(bitmap({ width: 16, height: 16, bits: 8, palette, rows, gap: 20 }))
    expect(new Set(data)).toEqual(new Set([2]))
  })

  it('reads 5-6-5 bit fields over the whole range', async () => {
    const rows = repeated(repeated([0xe0, 0xff]).flat()) // red 31, green 63, blue 0
    const masks = [0xf800, 0x07e0, 0x001f]
    const { data } = await decodeImage(bitmap({ width: 16, height: 16, bits: 16, rows, masks }))
    expect(Array.from(data.subarray(0, 3))).toEqual([255, 255, 0])
  })

  it('takes an alpha that is zero everywhere for opaque', async () => {
    const rows = repeated(repeated([1, 2, 3, 0]).flat())
    const { data, warnings } = await decodeImage(bitmap({ width: 16, height: 16, bits: 32, rows }))
    expect(Array.from(data.subarray(0, 3))).toEqual([3, 2, 1])
    expect(warnings).toEqual([])
  })

  it('finds the pixels behind the palette where the header does not say where they are', async () => {
    const palette = [
      [0, 0, 0],
      [10, 20, 30],
    ]
    const rows = repeated(repeated(1))
    const gray24 = repeated(repeated(40, 48))
    for (const stated of [0, 14]) {
      const file = bitmap({ width: 16, height: 16, bits: 8, palette, rows })
      file.writeUInt32LE(stated, 10)
      expect(Array.from((await decodeImage(file)).data.subarray(0, 3))).toEqual([10, 20, 30])
      const plain = bitmap({ width: 16, height: 16, bits: 24, rows: gray24 })
      plain.writeUInt32LE(stated, 10)
      expect(new Set((await decodeImage(plain)).data)).toEqual(new Set([40]))
    }
  })

  it('takes the values of a bitmap without a palette for gray, and says so', async () => {
    const rows = repeated(Array.from({ length: 16 }, (_, x) => x * 17))
    const { data, warnings } = await decodeImage(bitmap({ width: 16, height: 16, bits: 8, rows }), {
      channels: 1,
    })
    expect(Array.from(data.subarray(0, 16))).toEqual(rows[0])
    expect(warnings).toEqual([message('bmp-without-palette')])
  })

  it('refuses a bitmap whose last bytes were never written', async () => {
    const rows = repeated(Array.from({ length: 48 }, (_, x) => 50 + x))
    const file = bitmap({ width: 16, height: 16, bits: 24, rows })
    await expect(decodeImage(file.fill(0, 54 + 200))).rejects.toMatchObject({ code: 'truncated' })
  })

  it('refuses a cut bitmap, a compressed one and a color outside the palette', async () => {
    const whole = bitmap({ width: 16, height: 16, bits: 24, rows: repeated(repeated(0, 48)) })
    const compressed = Buffer.from(whole)
    compressed.writeUInt32LE(1, 30)
    const outside = bitmap({
      width: 16,
      height: 16,
      bits: 8,
      palette: [[0, 0, 0]],
      rows: repeated(repeated(5)),
    })
    await expect(decodeImage(whole.subarray(0, 500))).rejects.toMatchObject({ code: 'truncated' })
    await expect(decodeImage(whole.subarray(0, 40))).rejects.toMatchObject({ code: 'truncated' })
    await expect(decodeImage(compressed)).rejects.toMatchObject({ code: 'unsupported-type' })
    await expect(decodeImage(outside)).rejects.toMatchObject({ code: 'corrupt' })
  })

  it('refuses a header that claims too much before taking memory', async () => {
    const bomb = bitmap({ width: 60_000, height: 60_000, bits: 24, rows: [] })
    await expect(decodeImage(bomb)).rejects.toMatchObject({ code: 'too-large' })
  })
})

describe('damage', () => {
  const scene = () => sharp(gray8(64, 48), { raw: { width: 64, height: 48, channels: 1 } })

  it('refuses a PNG cut at any length', async () => {
    const whole = await png(gray8(40, 30), 40, 30, 1)
    for (let length = 20; length < whole.length; length += 13) {
      await expect(inspectImage(whole.subarray(0, length))).rejects.toMatchObject({ code: 'truncated' })
    }
  })

  it('refuses a PNG with any one bit flipped in what the picture needs', async () => {
    const whole = await png(gray8(40, 30), 40, 30, 1)
    const comments = chunksOf(whole).filter(({ type }) => /^[a-z]/.test(type))
    expect(comments.length).toBeGreaterThan(0)
    for (let at = 8; at < whole.length; at += 7) {
      if (comments.some(({ from, to }) => at >= from && at < to)) continue
      const damaged = Buffer.from(whole)
      damaged.writeUInt8(damaged.readUInt8(at) ^ 0x10, at)
      await expect(inspectImage(damaged)).rejects.toMatchObject({
        code: expect.stringMatching(/corrupt|truncated|too-large|too-small/),
      })
    }
  })

  it('reads the same picture where any one bit is flipped in the body of a comment, and says so', async () => {
    const whole = await png(gray8(40, 30), 40, 30, 1)
    const { data } = await decodeImage(whole)
    for (const { type, from, to } of chunksOf(whole).filter((chunk) => /^[a-z]/.test(chunk.type))) {
      for (let at = from + 8; at < to; at++) {
        const damaged = Buffer.from(whole)
        damaged.writeUInt8(damaged.readUInt8(at) ^ 0x10, at)
        const read = await decodeImage(damaged)
        expect(read.data).toEqual(data)
        expect(read.warnings).toEqual([message('png-chunk-left', { type })])
      }
    }
  })

  it('refuses a cut TIFF, whatever its compression', async () => {
    for (const compression of ['none', 'lzw', 'deflate', 'packbits'] as const) {
      const whole = await scene().tiff({ compression }).toBuffer()
      expect((await inspectImage(whole)).width).toBe(64)
      for (const share of [0.3, 0.6, 0.95]) {
        const cut = whole.subarray(0, Math.floor(whole.length * share))
        await expect(inspectImage(cut)).rejects.toMatchObject({ code: 'truncated' })
      }
    }
  })

  it('reads tiled TIFF and BigTIFF', async () => {
    const tiled = await scene().tiff({ tile: true, tileWidth: 16, tileHeight: 16 }).toBuffer()
    const big = await scene().tiff({ bigtiff: true }).toBuffer()
    const plain = await scene().tiff({ compression: 'none' }).toBuffer()
    const { data } = await decodeImage(plain)
    expect(big.readUInt16LE(2)).toBe(43)
    expect((await inspectImage(big)).height).toBe(48)
    expect((await decodeImage(tiled)).data.length).toBe(data.length)
  })

  it('refuses a JPEG cut in half and a cut WebP', async () => {
    const jpeg = await scene().jpeg().toBuffer()
    const webp = await scene().webp({ lossless: true }).toBuffer()
    await expect(inspectImage(jpeg.subarray(0, jpeg.length >> 1))).rejects.toMatchObject({
      code: 'truncated',
    })
    await expect(inspectImage(webp.subarray(0, webp.length >> 1))).rejects.toMatchObject({
      code: 'truncated',
    })
  })

  it('reads or refuses a file however it was changed, and ends in no other way', async () => {
    const scenes = scene()
    const wholes = [
      await scenes.clone().png().toBuffer(),
      await scenes.clone().jpeg().toBuffer(),
      await scenes.clone().webp().toBuffer(),
      await scenes.clone().tiff({ compression: 'lzw' }).toBuffer(),
      writtenTiff([{ width: 64, height: 48, bits: 12, strips: [packedRows(gray8(64, 48), 64, 12)] }]),
      bitmap({ width: 16, height: 16, bits: 24, rows: repeated(repeated(9, 48)) }),
    ]
    const random = createRandom(11)
    let refused = 0
    for (let n = 0; n < 600; n++) {
      const file = Buffer.from(elementAt(wholes, n % wholes.length))
      for (let times = 0; times < 3; times++) {
        const at = random.int(random.int(2) === 0 ? file.length : 200)
        file.fill(random.int(256), at, Math.min(file.length, at + 1 + random.int(4)))
      }
      const outcome = await inspectImage(file).catch((error: unknown) => error)
      if (outcome instanceof Error) {
        expect(outcome).toBeInstanceOf(ImageRefusal)
        refused++
      }
    }
    expect(refused).toBeGreaterThan(100)
  })

  it('says the same of a damaged file however many fail beside it', async () => {
    const jpeg = await scene().jpeg().toBuffer()
    const cut = jpeg.subarray(0, jpeg.length >> 1)
    const png = await scene().png().toBuffer()
    const flipped = Buffer.from(png)
    flipped[png.length >> 1] = (flipped[png.length >> 1] ?? 0) ^ 0xff
    const refused = (source: Buffer) =>
      decodeImage(source).then(
        () => 'accepted',
        (error: unknown) => (error instanceof ImageRefusal ? error.message : String(error)),
      )
    const of = await Promise.all(
      Array.from({ length: 1_000 }, async () => [await refused(cut), await refused(flipped)] as const),
    )
    expect(of.filter(([ofCut]) => !ofCut.startsWith('truncated'))).toEqual([])
    expect(of.filter(([, ofFlipped]) => !/^(corrupt|truncated): (?!Unknown)/.test(ofFlipped))).toEqual([])
  })

  it('refuses 32-bit float samples, whose range nobody states', async () => {
    const samples = new Float32Array(256).fill(0.5)
    const tiff = floatTiff(samples, 16, 16)
    await expect(inspectImage(tiff)).rejects.toMatchObject({ code: 'unsupported-type' })
  })
})

/** The smallest float TIFF: one strip, little-endian. */
function floatTiff(samples: Float32Array, width: number, height: number): Buffer {
  const entries = [
    [256, 3, 1, width],
    [257, 3, 1, height],
    [258, 3, 1, 32],
    [259, 3, 1, 1],
    [262, 3, 1, 1],
    [273, 4, 1, 8 + 2 + 10 * 12 + 4],
    [277, 3, 1, 1],
    [278, 3, 1, height],
    [279, 4, 1, samples.byteLength],
    [339, 3, 1, 3],
  ] as const
  const head = Buffer.alloc(8 + 2 + entries.length * 12 + 4)
  head.write('II')
  head.writeUInt16LE(42, 2)
  head.writeUInt32LE(8, 4)
  head.writeUInt16LE(entries.length, 8)
  entries.forEach(([tag, type, count, value], i) => {
    const at = 10 + i * 12
    head.writeUInt16LE(tag, at)
    head.writeUInt16LE(type, at + 2)
    head.writeUInt32LE(count, at + 4)
    head.writeUInt32LE(value, at + 8)
  })
  return Buffer.concat([head, Buffer.from(samples.buffer)])
}

describe('files that cannot be read', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fanoscope-decode-'))
  afterAll(() => rmSync(folder, { recursive: true }))

  it('refuses a missing file and a folder as unreadable', async () => {
    await expect(inspectImage(join(folder, 'none.png'))).rejects.toMatchObject({ code: 'unreadable' })
    await expect(inspectImage(folder)).rejects.toMatchObject({ code: 'unreadable' })
  })

  it('names the type that it does not support', async () => {
    writeFileSync(
      join(folder, 'a.gif'),
      await sharp(gray8(20, 20), { raw: { width: 20, height: 20, channels: 1 } })
        .gif()
        .toBuffer(),
    )
    await expect(inspectImage(join(folder, 'a.gif'))).rejects.toMatchObject({
      code: 'unsupported-type',
      message: 'unsupported type: GIF',
    })
  })

  it('takes a text that begins with BM for a text', async () => {
    await expect(
      inspectImage(Buffer.from('BM is not always a bitmap, it can be a word')),
    ).rejects.toMatchObject({
      code: 'not-an-image',
    })
  })
})
