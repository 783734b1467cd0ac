/**
 * The values of a mask file as the program that wrote it meant them. A photograph is decoded to brightness and color;
 * in a mask the number in the file counts: the index of a palette, the 1 of a 16-bit file, the alpha of an overlay.
 */
import { readFile } from 'node:fs/promises'
import { crc32 } from 'node:zlib'
import sharp from 'sharp'
import { checkBmp, decodeBmp, readBmpHeader } from './bmp.ts'
import { type ByteSource, type ImageSource, withBytes } from './byte-source.ts'
import { decodeImage, readImageHeader } from './decode.ts'
import { decodeInTurn } from './decoder-turns.ts'
import { refusalOf } from './decoder-words.ts'
import { fileType } from './file-type.ts'
import { ImageRefusal } from './refusal.ts'
import { readTiff, type TiffPage } from './tiff-structure.ts'

/** Red, green, blue and alpha of each entry, 0 to 255. */
export type Palette = readonly { red: number; green: number; blue: number; alpha: number }[]

export interface MaskSamples {
  width: number
  height: number
  /** 1: gray or an index; 3: RGB; 4: RGB and alpha. */
  bands: 1 | 3 | 4
  /** Row-major [height, width, bands]. */
  data: Uint8Array | Uint16Array | Float32Array
  /** The colors of the indexes; null where the values are no indexes. */
  palette: Palette | null
  /** Whether the file's compression changes values, as that of JPEG does. */
  isLossy: boolean
}

/** @throws ImageRefusal */
export async function readMaskSamples(source: ImageSource): Promise<MaskSamples> {
  try {
    return await samplesOf(source)
  } catch (error) {
    throw refusalOf(error)
  }
}

async function samplesOf(source: ImageSource): Promise<MaskSamples> {
  const tiff = withBytes(source, fileType) === 'tiff' ? withBytes(source, readTiff) : null
  const [page] = tiff?.pages ?? []
  if (page && isWide(page)) return wideSamples(source, page)
  const { format, width, height } = await readImageHeader(source)
  const size = { width, height }
  if (format === 'bmp') return withBytes(source, bmpSamples)
  if (format === 'jpeg') return { ...size, ...(await asStored(source)), isLossy: true }
  const meta = await decodeInTurn(() => sharp(source, { limitInputPixels: false }).metadata())
  const isLossy =
    format === 'webp'
      ? withBytes(source, isLossyWebp)
      : page !== undefined && lossyTiff.includes(page.compression)
  // Decoding refuses a damaged file, with its words, before anything else is done with it.
  const stored = await asStored(source)
  if (format === 'png') {
    const bytes = typeof source === 'string' ? await readFile(source) : Buffer.from(source)
    const indexed = indexesAsGray(bytes)
    if (indexed !== null) {
      const { data, info } = await decodeInTurn(() =>
        sharp(indexed.png).autoOrient().extractChannel(0).raw().toBuffer({ resolveWithObject: true }),
      )
      const { width: w, height: h } = info
      return { width: w, height: h, bands: 1, data, palette: indexed.palette, isLossy }
    }
  }
  if (meta.hasAlpha) {
    return { ...size, ...(await withAlpha(source, meta.depth === 'ushort')), isLossy }
  }
  return { ...size, ...stored, isLossy }
}

async function asStored(source: ImageSource): Promise<Pick<MaskSamples, 'bands' | 'data' | 'palette'>> {
  const { channels, data } = await decodeImage(source)
  return { bands: channels, data, palette: null }
}

/** Gray or color with its alpha, which `decodeImage` blends onto black; in 8 bits, where a small number stays itself. */
async function withAlpha(
  source: ImageSource,
  wide: boolean,
): Promise<Pick<MaskSamples, 'bands' | 'data' | 'palette'>> {
  const { data: raw, info } = await decodeInTurn(() =>
    sharp(source, { failOn: 'error', ignoreIcc: true })
      .autoOrient()
      // Gray too: in a gray color space, sharp leaves alpha out.
      .toColourspace(wide ? 'rgb16' : 'srgb')
      .raw({ depth: wide ? 'ushort' : 'uchar' })
      .toBuffer({ resolveWithObject: true }),
  )
  if (info.channels !== 4) throw new ImageRefusal('unsupported-type', { case: 'bands', bands: info.channels })
  return { bands: 4, data: wide ? narrowed(raw) : raw, palette: null }
}

/** 16 bits as 8: numbers up to 255 as they are; where there are greater ones, the upper half, never 0 for a number. */
function narrowed(raw: Buffer): Uint8Array {
  const values = new Uint16Array(Uint8Array.from(raw).buffer)
  let most = 0
  for (const value of values) if (value > most) most = value
  const out = new Uint8Array(values.length)
  for (let i = 0; i < out.length; i++) {
    out[i] = most < 256 ? values[i] : values[i] === 0 ? 0 : Math.max(1, values[i] >>> 8)
  }
  return out
}

/** Samples of 32 bits, or signed, or floating: of a photograph they are refused, in a mask they are numbers. */
const isWide = ({ bits: [bits = 1], sampleFormat }: TiffPage): boolean =>
  bits >= 32 || sampleFormat === 2 || sampleFormat === 3

async function wideSamples(
  source: ImageSource,
  { bits: [bits = 1], samples }: TiffPage,
): Promise<MaskSamples> {
  if (samples !== 1) throw new ImageRefusal('unsupported-type', { case: 'bands', bands: samples })
  const { data, info } = await decodeInTurn(() =>
    sharp(source, { failOn: 'error' })
      .autoOrient()
      // The color space in which libvips leaves the numbers of this depth as they are.
      .toColourspace(bits === 16 ? 'grey16' : 'b-w')
      .raw({ depth: 'float' })
      .toBuffer({ resolveWithObject: true }),
  )
  if (info.channels !== 1) throw new ImageRefusal('unsupported-type', { case: 'bands', bands: info.channels })
  const { width, height } = info
  const numbers = new Float32Array(Uint8Array.from(data).buffer)
  return { width, height, bands: 1, data: numbers, palette: null, isLossy: false }
}

function bmpSamples(bytes: ByteSource): MaskSamples {
  const header = readBmpHeader(bytes)
  checkBmp(bytes, header)
  const { width, height, palette } = header
  if (palette === null) {
    return { width, height, bands: 4, data: decodeBmp(bytes, header), palette: null, isLossy: false }
  }
  const entries = Array.from({ length: palette.length / 3 }, (_, i) => ({
    red: palette[i * 3],
    green: palette[i * 3 + 1],
    blue: palette[i * 3 + 2],
    alpha: 255,
  }))
  // With a palette whose colors are their own numbers, the decoder answers the indexes.
  const numbers = Uint8Array.from({ length: palette.length }, (_, i) => Math.floor(i / 3))
  const rgba = decodeBmp(bytes, { ...header, palette: numbers })
  const data = Uint8Array.from({ length: width * height }, (_, i) => rgba[i * 4])
  return { width, height, bands: 1, data, palette: entries, isLossy: false }
}

/**
 * A PNG with the same indexes whose palette is gray: index i has the color i, so that decoding answers indexes. Null
 * for a PNG without a palette. Only the parts that hold pixels or turn them are taken over.
 */
function indexesAsGray(png: Buffer): { png: Buffer; palette: Palette } | null {
  const isIndexed = png[25] === 3
  if (!isIndexed) return null
  const parts: Buffer[] = [png.subarray(0, 8)]
  let colors: Buffer = Buffer.alloc(0)
  let alphas: Buffer = Buffer.alloc(0)
  for (let at = 8; at + 12 <= png.length; ) {
    const length = png.readUInt32BE(at)
    const type = png.toString('latin1', at + 4, at + 8)
    const data = png.subarray(at + 8, at + 8 + length)
    if (type === 'PLTE') {
      colors = data
      parts.push(chunk('PLTE', Buffer.from(Array.from({ length: 768 }, (_, i) => Math.floor(i / 3)))))
    } else if (type === 'tRNS') alphas = data
    else if (/^(?:IHDR|IDAT|IEND|eXIf)$/.test(type)) parts.push(png.subarray(at, at + 12 + length))
    at += 12 + length
  }
  const palette = Array.from({ length: Math.floor(colors.length / 3) }, (_, i) => ({
    red: colors[i * 3],
    green: colors[i * 3 + 1],
    blue: colors[i * 3 + 2],
    alpha: i < alphas.length ? alphas[i] : 255,
  }))
  return { png: Buffer.concat(parts), palette }
}

function chunk(type: string, data: Buffer): Buffer {
  const out = Buffer.alloc(12 + data.length)
  out.writeUInt32BE(data.length, 0)
  out.write(type, 4, 'latin1')
  data.copy(out, 8)
  out.writeUInt32BE(crc32(out.subarray(4, 8 + data.length)), 8 + data.length)
  return out
}

/** Whether a WebP has a chunk of the lossy kind: `VP8 `, with a space; a lossless one has `VP8L`. */
function isLossyWebp(bytes: ByteSource): boolean {
  for (let at = 12; at + 8 <= bytes.size; ) {
    const head = bytes.read(at, 8)
    const type = head.toString('latin1', 0, 4)
    if (type === 'VP8 ' || type === 'VP8L') return type === 'VP8 '
    const length = head.readUInt32LE(4)
    at += 8 + length + (length % 2)
  }
  return false
}

/** Compressions of TIFF that change values: JPEG of the old and the new kind, JPEG 2000 as scanners write it, WebP. */
const lossyTiff: readonly number[] = [6, 7, 33003, 33004, 33005, 34712, 50001]
