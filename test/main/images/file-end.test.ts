import { existsSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { withBytes } from '../../../src/main/images/byte-source.ts'
import { fileEnd } from '../../../src/main/images/file-end.ts'
import { bitmapPart, grayBitmap } from '../features/live/bitmap.ts'

const endOf = (bytes: Uint8Array | string) => withBytes(bytes, fileEnd).end

const noise = sharp(
  Uint8Array.from({ length: 64 * 64 * 3 }, (_, i) => 40 + ((i * i) % 190)),
  { raw: { width: 64, height: 64, channels: 3 } },
)
const files = {
  png: () => noise.clone().png().toBuffer(),
  'png of many chunks': () => noise.clone().png({ progressive: true }).withExif({}).toBuffer(),
  jpeg: () => noise.clone().jpeg().toBuffer(),
  'progressive jpeg': () => noise.clone().jpeg({ progressive: true }).toBuffer(),
  webp: () => noise.clone().webp().toBuffer(),
  tiff: () => noise.clone().tiff({ compression: 'none' }).toBuffer(),
  'compressed tiff': () => noise.clone().tiff({ compression: 'lzw' }).toBuffer(),
  bmp: async () => bitmapPart(1),
}
const kinds = Object.entries(files)

/** Made anew with zeros in place of what is missing. */
function reserved(bytes: Buffer, length: number): Buffer {
  const all = Buffer.alloc(bytes.length)
  bytes.copy(all, 0, 0, length)
  return all
}

describe('the end of a picture file', () => {
  it.each(kinds)('is reached in a whole %s', async (_, make) => {
    expect(endOf(await make())).toBe('reached')
  })

  it.each(kinds)('is missing in a %s that is cut off anywhere', async (_, make) => {
    const bytes = await make()
    for (let tenth = 0; tenth < 10; tenth++) {
      expect(endOf(bytes.subarray(0, Math.floor((bytes.length * tenth) / 10)))).toBe('missing')
    }
  })

  it.each(kinds)('is not taken for reached in a %s whose last part is zeros', async (_, make) => {
    const bytes = await make()
    for (let tenth = 0; tenth < 10; tenth++) {
      expect(endOf(reserved(bytes, Math.floor((bytes.length * tenth) / 10)))).not.toBe('reached')
    }
  })

  it.each(kinds)('is reached in a %s after which more follows', async (kind, make) => {
    const bytes = Buffer.concat([await make(), Buffer.from('appended by a camera')])
    expect(endOf(bytes)).toBe('reached')
    expect(kind).toBeDefined()
  })

  it('of a JPEG is not that of the preview inside it', async () => {
    const preview = await noise.clone().resize(16).jpeg().toBuffer()
    const bytes = await files.jpeg()
    const segment = Buffer.alloc(4 + preview.length)
    segment.writeUInt16BE(0xffe2, 0)
    segment.writeUInt16BE(preview.length + 2, 2)
    preview.copy(segment, 4)
    const all = Buffer.concat([bytes.subarray(0, 2), segment, bytes.subarray(2)])
    expect(endOf(all)).toBe('reached')
    expect(endOf(reserved(all, all.length - 200))).toBe('missing')
  })

  it('of a JPEG is found where zeros follow it', async () => {
    expect(endOf(Buffer.concat([await files.jpeg(), Buffer.alloc(4096)]))).toBe('reached')
  })

  it('cannot be told in a bitmap whose last rows are black', () => {
    const dark = grayBitmap(32, 32, (_, y) => (y < 20 ? 80 : 0))
    expect(withBytes(dark, fileEnd)).toEqual({ end: 'untold', zeroTail: 12 * 32 })
  })

  it('is nothing to wait for in what is no picture', () => {
    expect(endOf(Buffer.from('no photograph'))).toBe('reached')
    expect(endOf(Buffer.from('GIF89a, which is not supported'))).toBe('reached')
  })

  it('is missing where only the first bytes of a picture are there', () => {
    for (const text of ['', '\x89PN', '\xff', 'RI', 'I', 'BM', '\0\0\0\0\0\0\0\0\0\0']) {
      expect(endOf(Buffer.from(text, 'latin1'))).toBe('missing')
    }
  })
})

const given = resolve(import.meta.dirname, '../../../../shared/data/cases/48-live-writers/half-written')
const isGivenAbsent = !existsSync(given)

describe.skipIf(isGivenAbsent)('half-written files of cameras', () => {
  it('are known by their ends, as far as that can be', () => {
    const ends = Object.fromEntries(readdirSync(given).map((name) => [name, endOf(join(given, name))]))
    expect(ends).toEqual({
      'cut.bmp': 'missing',
      'cut.jpg': 'missing',
      'cut.png': 'missing',
      'cut.tif': 'missing',
      'cut.webp': 'missing',
      'zero-tail.bmp': 'untold',
      'zero-tail.jpg': 'missing',
      'zero-tail.png': 'missing',
      'zero-tail.tif': 'untold',
      'zero-tail.webp': 'untold',
    })
  })
})
