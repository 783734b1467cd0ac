import type { Params } from '../../shared/messages/message.ts'
import type { ByteSource } from './byte-source.ts'
import { ImageRefusal } from './refusal.ts'
import { requireWritten } from './unwritten-rows.ts'

/** The header of a Windows bitmap; sizes in pixels, `topDown` when its first row is the upper one. */
interface BmpHeader {
  width: number
  height: number
  topDown: boolean
  bits: 1 | 4 | 8 | 16 | 24 | 32
  dataAt: number
  rowBytes: number
  /** Red, green, blue of each palette entry; null from 16 bits on. */
  palette: Uint8Array | null
  /** The file has no palette where it should have one: its values are taken for gray, from black to white. */
  lacksPalette: boolean
  /** Bits of a pixel that hold red, green, blue and alpha; alpha 0 where there is none. */
  masks: [red: number, green: number, blue: number, alpha: number]
}

const unsupported = (params: Params): ImageRefusal => new ImageRefusal('unsupported-type', params)

function bitsOf(value: number): BmpHeader['bits'] {
  switch (value) {
    case 1:
    case 4:
    case 8:
    case 16:
    case 24:
    case 32:
      return value
    default:
      throw unsupported({ case: 'bmp-bits', bits: value })
  }
}

const compressions: Record<number, Params> = {
  1: { case: 'bmp-run-lengths', bits: 8 },
  2: { case: 'bmp-run-lengths', bits: 4 },
  4: { case: 'bmp-inside', format: 'JPEG' },
  5: { case: 'bmp-inside', format: 'PNG' },
}

/**
 * Reads the header of an uncompressed Windows bitmap with a BITMAPCOREHEADER, a BITMAPINFOHEADER or one of its
 * successors: what factory cameras write. Refuses `truncated`, `corrupt` and `unsupported-type`.
 */
export function readBmpHeader(bytes: ByteSource): BmpHeader {
  const head = bytes.read(0, 14 + 124)
  const need = (length: number): void => {
    if (head.length < length) throw new ImageRefusal('truncated', { case: 'header' })
  }
  need(18)
  const headerBytes = head.readUInt32LE(14)
  const core = headerBytes === 12
  if (!core && headerBytes < 40) throw unsupported({ case: 'bmp-header', bytes: headerBytes })
  need(core ? 26 : 54)

  const width = core ? head.readUInt16LE(18) : head.readInt32LE(18)
  const signedHeight = core ? head.readUInt16LE(20) : head.readInt32LE(22)
  const bits = bitsOf(head.readUInt16LE(core ? 24 : 28))
  const compression = core ? 0 : head.readUInt32LE(30)
  const height = Math.abs(signedHeight)
  if (width <= 0 || height === 0)
    throw new ImageRefusal('corrupt', { case: 'bitmap-size', width, height: signedHeight })
  // 0: none, 3: BITFIELDS, 6: ALPHABITFIELDS
  const bitFields = compression === 3 || compression === 6
  if (compression !== 0 && !bitFields)
    throw unsupported(compressions[compression] ?? { case: 'bmp-compression', compression })

  let masks: BmpHeader['masks'] =
    bits === 16 ? [0x7c00, 0x03e0, 0x001f, 0] : [0xff0000, 0x00ff00, 0x0000ff, 0]
  if (bitFields) {
    need(66)
    // A 40-byte header is followed by the masks; a longer one contains them, at the same place.
    const alphaIncluded = compression === 6 || headerBytes >= 56
    if (alphaIncluded) need(70)
    masks = [
      head.readUInt32LE(54),
      head.readUInt32LE(58),
      head.readUInt32LE(62),
      alphaIncluded ? head.readUInt32LE(66) : 0,
    ]
  }

  const rowBytes = Math.ceil((width * bits) / 32) * 4
  const paletteAt = 14 + headerBytes + (bitFields && headerBytes === 40 ? (compression === 6 ? 16 : 12) : 0)
  let dataAt = head.readUInt32LE(10)
  let palette: Uint8Array | null = null
  let lacksPalette = false
  if (bits <= 8) {
    const used = core ? 0 : head.readUInt32LE(46)
    const entryBytes = core ? 3 : 4
    const stated = Math.min(used === 0 ? 2 ** bits : used, 2 ** bits)
    if (dataAt <= paletteAt) {
      // The place of the pixels was not filled in. They follow the palette, where the file is long enough for one.
      const most = paletteAt + stated * entryBytes + rowBytes * height
      lacksPalette = dataAt !== 0 && bytes.size < most - 3
      dataAt = lacksPalette ? paletteAt : paletteAt + stated * entryBytes
    }
    const room = Math.floor((dataAt - paletteAt) / entryBytes)
    const entries = Math.min(stated, room)
    const table = bytes.read(paletteAt, entries * entryBytes)
    if (table.length < entries * entryBytes) {
      throw new ImageRefusal('truncated', { case: 'palette' })
    }
    palette = new Uint8Array(entries * 3)
    for (let i = 0; i < entries; i++) {
      palette[i * 3] = table[i * entryBytes + 2]
      palette[i * 3 + 1] = table[i * entryBytes + 1]
      palette[i * 3 + 2] = table[i * entryBytes]
    }
    if (lacksPalette) palette = grays(bits)
  }
  dataAt = Math.max(dataAt, paletteAt)
  return { width, height, topDown: signedHeight < 0, bits, dataAt, rowBytes, palette, lacksPalette, masks }
}

/** A palette from black to white. */
function grays(bits: number): Uint8Array {
  const last = 2 ** bits - 1
  return Uint8Array.from({ length: 3 * (last + 1) }, (_, i) => Math.round((Math.floor(i / 3) * 255) / last))
}

/** Refuses `truncated` where the pixel rows do not fit into the file, or were not written to their end. */
export function checkBmp(bytes: ByteSource, header: BmpHeader): void {
  // Some writers leave out the padding of the last row.
  const lastRow = Math.ceil((header.width * header.bits) / 8)
  if (header.dataAt + header.rowBytes * (header.height - 1) + lastRow > bytes.size) {
    throw new ImageRefusal('truncated', { case: 'last-row' })
  }
  const end = Math.min(bytes.size, header.dataAt + header.rowBytes * header.height)
  requireWritten(bytes, header.dataAt, end, { rowBytes: header.rowBytes, usedBytes: lastRow })
}

/** A function that reads the bits under `mask` as an 8-bit value. */
function field(mask: number): (pixel: number) => number {
  if (mask === 0) return () => 255
  const shift = 31 - Math.clz32(mask & -mask)
  const max = mask >>> shift
  return (pixel) => Math.round((((pixel & mask) >>> shift) * 255) / max)
}

/** The pixels as interleaved 8-bit RGBA, upper row first: length width * height * 4. */
export function decodeBmp(bytes: ByteSource, header: BmpHeader): Uint8Array {
  const { width, height, bits, palette, masks } = header
  const out = new Uint8Array(width * height * 4)
  const [red, green, blue, alpha] = masks.map(field)
  for (let y = 0; y < height; y++) {
    const row = bytes.read(header.dataAt + y * header.rowBytes, header.rowBytes)
    let to = (header.topDown ? y : height - 1 - y) * width * 4
    for (let x = 0; x < width; x++, to += 4) {
      if (palette) {
        const index =
          bits === 8
            ? row[x]
            : bits === 4
              ? (row[x >> 1] >> (x & 1 ? 0 : 4)) & 15
              : (row[x >> 3] >> (7 - (x & 7))) & 1
        if (index * 3 >= palette.length) {
          throw new ImageRefusal('corrupt', { case: 'palette', index })
        }
        out[to] = palette[index * 3]
        out[to + 1] = palette[index * 3 + 1]
        out[to + 2] = palette[index * 3 + 2]
        out[to + 3] = 255
      } else if (bits === 24) {
        out[to] = row[x * 3 + 2]
        out[to + 1] = row[x * 3 + 1]
        out[to + 2] = row[x * 3]
        out[to + 3] = 255
      } else if (red && green && blue && alpha) {
        const pixel = bits === 16 ? row.readUInt16LE(x * 2) : row.readUInt32LE(x * 4)
        out[to] = red(pixel)
        out[to + 1] = green(pixel)
        out[to + 2] = blue(pixel)
        out[to + 3] = alpha(pixel)
      }
    }
  }
  return out
}
