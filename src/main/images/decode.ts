import sharp from 'sharp'
import type { ImageFormat } from '../../shared/image.ts'
import { type Message, message } from '../../shared/messages/message.ts'
import {
  firstAndLastBand,
  flattenOnBlack,
  opaqueWhereAlphaIsUnused,
  type Samples,
  toColor,
  toGray,
  withoutLastBand,
} from './bands.ts'
import { checkBmp, decodeBmp, readBmpHeader } from './bmp.ts'
import { type ImageSource, withBytes } from './byte-source.ts'
import { checkStructure, type Readable } from './check-structure.ts'
import { decodeInTurn } from './decoder-turns.ts'
import { refusalOf } from './decoder-words.ts'
import { fileType } from './file-type.ts'
import { type GrayLevels, grayLevels } from './gray-levels.ts'
import { turnUpright, unpackTiff } from './packed-tiff.ts'
import { ImageRefusal } from './refusal.ts'
import { isPacked } from './tiff-page.ts'
import type { TiffPage } from './tiff-structure.ts'

/**
 * The smallest side in pixels. The smallest model input is 32: an image below half of that would be enlarged
 * more than twice, so that over three quarters of what the model sees would be interpolated, not photographed.
 */
const minSide = 16

/** The most pixels: 16,383 squared. A header that claims more is refused before memory is taken for it. */
const maxPixels = 16_383 ** 2

// The cache of libvips is off: decoded pixels are not needed twice, and on Windows a cached file cannot be renamed.
sharp.cache(false)

/** What the header says about the image after it is turned upright. */
interface ImageHeader {
  format: ImageFormat
  width: number
  height: number
}

/** Pixels of an image, upright, row-major [height, width, channels], in the file's own range. */
export interface DecodedImage extends ImageHeader {
  channels: 1 | 3
  /** Samples are in [0, 2^bitDepth - 1]. */
  bitDepth: 8 | 16
  data: Uint8Array | Uint16Array
  /** Messages for people about what was changed or left out in decoding. */
  warnings: Message[]
}

/** What import records about an image, after decoding all of it. */
export interface ImageInfo extends ImageHeader {
  /** 3 only where some pixel has a color: gray photographs are often stored as RGB. */
  channels: 1 | 3
  bitDepth: 8 | 16
  /** Largest sample value. */
  peak: number
  gray: GrayLevels
  warnings: Message[]
}

function checkSize(width: number, height: number): void {
  if (width * height > maxPixels) {
    const megapixels = Math.round((width * height) / 1e6)
    throw new ImageRefusal('too-large', { width, height, megapixels, most: Math.floor(maxPixels / 1e6) })
  }
  if (Math.min(width, height) < minSide) {
    throw new ImageRefusal('too-small', { width, height, least: minSide })
  }
}

type FailOn = 'error' | 'warning'

/** Color profiles are not applied, except to CMYK: the model sees the values that the camera wrote. */
const open = ({ source, page }: Readable, failOn: FailOn) =>
  sharp(source, {
    failOn,
    limitInputPixels: maxPixels,
    sequentialRead: true,
    ignoreIcc: true,
    ...(page > 0 ? { page } : {}),
  })

interface Stored extends ImageHeader {
  depth: string
  space: string
  hasAlpha: boolean
  pages: number
}

/** What libvips reads from the header. Bitmaps (BMP) are never given to libvips. */
async function storedHeader({ source, page }: Readable, format: ImageFormat): Promise<Stored> {
  const meta = await decodeInTurn(() =>
    sharp(source, { failOn: 'error', limitInputPixels: false, ...(page > 0 ? { page } : {}) }).metadata(),
  )
  return {
    format,
    width: meta.autoOrient.width,
    height: meta.autoOrient.height,
    depth: meta.depth,
    space: meta.space,
    hasAlpha: meta.hasAlpha,
    pages: meta.pages ?? 1,
  }
}

async function samplesOf(readable: Readable, stored: Stored, failOn: FailOn): Promise<Samples> {
  const wide = stored.depth === 'ushort'
  const isGray = stored.space === 'b-w' || stored.space === 'grey16'
  // Of gray, sharp gives the first band only; with alpha it is asked for as colors and made gray again.
  const gray = isGray && !stored.hasAlpha
  const { data, info } = await decodeInTurn(() =>
    open(readable, failOn)
      .autoOrient()
      .toColourspace(gray ? (wide ? 'grey16' : 'b-w') : wide ? 'rgb16' : 'srgb')
      .raw({ depth: wide ? 'ushort' : 'uchar' })
      .toBuffer({ resolveWithObject: true }),
  )
  const samples = {
    width: info.width,
    height: info.height,
    bands: info.channels,
    data: wide ? new Uint16Array(data.buffer, data.byteOffset, data.length / 2) : data,
  }
  return isGray && samples.bands > 1 ? firstAndLastBand(samples) : samples
}

/**
 * Decodes a JPEG. libjpeg only warns about damage inside the picture; such a file is refused here. Stray bytes before
 * the end mark, which some cameras write, and doubtful TIFF tags are accepted.
 */
async function samplesOfJpeg(readable: Readable, stored: Stored, warnings: Message[]): Promise<Samples> {
  try {
    return await samplesOf(readable, stored, 'warning')
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error)
    const isDamage = /Corrupt JPEG data|premature end/i.test(said)
    if (isDamage && !/extraneous bytes before marker 0xd9/i.test(said)) throw error
    const samples = await samplesOf(readable, stored, 'error')
    const [words = ''] = said.split('\n')
    warnings.push(message('decoder-warned', { words }))
    return samples
  }
}

function decodedBmp(source: ImageSource, warnings: Message[]): Samples {
  return withBytes(source, (bytes) => {
    const header = readBmpHeader(bytes)
    checkSize(header.width, header.height)
    checkBmp(bytes, header)
    if (header.lacksPalette) warnings.push(message('bmp-without-palette'))
    const data = decodeBmp(bytes, header)
    opaqueWhereAlphaIsUnused(data)
    return flattenOnBlack({ width: header.width, height: header.height, bands: 4, data }, warnings)
  })
}

/**
 * Reads the type of an image, and its size after turning it upright, from the header alone. Needs no memory for
 * pixels; refuses as `decodeImage` does.
 */
export async function readImageHeader(source: ImageSource): Promise<ImageHeader> {
  const format = withBytes(source, fileType)
  if (format === 'bmp') {
    const { width, height } = withBytes(source, readBmpHeader)
    checkSize(width, height)
    return { format, width, height }
  }
  // Which page of a TIFF is the photograph, its structure tells.
  const known = format === 'tiff' ? checkStructure(source, format) : null
  if (known?.tiff != null && isPacked(known.tiff)) return packedHeader(known.tiff)
  try {
    const { width, height } = await storedHeader(known ?? asItIs(source), format)
    checkSize(width, height)
    return { format, width, height }
  } catch (error) {
    if (error instanceof ImageRefusal) throw error
    // A file that ends within its header is truncated, whatever error the decoder gives; and a part that is not
    // needed may have been what the decoder stumbled on.
    const readable = known ?? checkStructure(source, format)
    if (readable.source === source) throw refusalOf(error)
    const { width, height } = await storedHeader(readable, format).catch((again: unknown) => {
      throw refusalOf(again)
    })
    checkSize(width, height)
    return { format, width, height }
  }
}

const asItIs = (source: ImageSource): Readable => ({
  source,
  page: 0,
  warnings: [],
  tiff: null,
  jpeg: null,
  hasUnknownBand: false,
})

function packedHeader(page: TiffPage): ImageHeader {
  const turns = page.orientation >= 5 && page.orientation <= 8
  const [width, height] = turns ? [page.height, page.width] : [page.width, page.height]
  checkSize(width, height)
  return { format: 'tiff', width, height }
}

/** Samples of 9 to 15 bits, as the camera wrote them. */
function decodedPacked(source: ImageSource, page: TiffPage, warnings: Message[]): DecodedImage {
  const stored = withBytes(source, (bytes) => unpackTiff(bytes, page))
  const channels = page.samples === 3 ? 3 : 1
  const upright = turnUpright(stored, page.width, page.height, channels, page.orientation)
  return { format: 'tiff', ...upright, channels, bitDepth: 16, warnings }
}

async function decodeStored(source: ImageSource): Promise<DecodedImage> {
  const { format, width, height } = await readImageHeader(source)
  if (format === 'bmp') {
    const warnings: Message[] = []
    const { data } = decodedBmp(source, warnings)
    return { format, width, height, channels: 3, bitDepth: 8, data, warnings }
  }

  const readable = checkStructure(source, format)
  const warnings = [...readable.warnings]
  if (readable.tiff !== null && isPacked(readable.tiff)) {
    return decodedPacked(source, readable.tiff, warnings)
  }
  try {
    const stored = await storedHeader(readable, format)
    if (stored.depth !== 'uchar' && stored.depth !== 'ushort') {
      throw new ImageRefusal('unsupported-type', { case: 'samples', depth: stored.depth })
    }
    if (stored.pages > 1 && format !== 'tiff') {
      warnings.push(message('first-page-only', { pages: stored.pages }))
    }
    if (stored.space === 'cmyk') {
      warnings.push(message(readable.jpeg?.hasAdobeMarker === false ? 'cmyk-unmarked' : 'cmyk-converted'))
    }
    const samples =
      format === 'jpeg'
        ? await samplesOfJpeg(readable, stored, warnings)
        : await samplesOf(readable, stored, 'error')
    const flat = withoutAlpha(samples, readable, warnings)
    if (flat.bands !== 1 && flat.bands !== 3) {
      throw new ImageRefusal('unsupported-type', { case: 'bands', bands: flat.bands })
    }
    const bitDepth = flat.data instanceof Uint16Array ? 16 : 8
    return {
      format,
      width: flat.width,
      height: flat.height,
      channels: flat.bands,
      bitDepth,
      data: flat.data,
      warnings,
    }
  } catch (error) {
    throw refusalOf(error)
  }
}

function withoutAlpha(samples: Samples, { hasUnknownBand }: Readable, warnings: Message[]): Samples {
  if (samples.bands !== 2 && samples.bands !== 4) return samples
  return hasUnknownBand ? withoutLastBand(samples, warnings) : flattenOnBlack(samples, warnings)
}

/**
 * Decodes all of an image: PNG, JPEG, TIFF, BMP or WebP, recognized by content and not by name; 8 or 16 bits; gray,
 * RGB, CMYK or palette. It is turned upright by EXIF; of several pages the first is used; transparency is blended
 * onto black; 16 bits stay 16 bits. A damaged or truncated file is refused.
 *
 * @param source a file's path or its bytes
 * @param options.channels 1 for gray (Rec. 601), 3 for RGB; if left out, as stored
 * @throws ImageRefusal
 */
export async function decodeImage(
  source: ImageSource,
  options: { channels?: 1 | 3 } = {},
): Promise<DecodedImage> {
  const image = await decodeStored(source)
  const channels = options.channels ?? image.channels
  if (channels === image.channels) return image
  return { ...image, channels, data: channels === 1 ? toGray(image.data) : toColor(image.data) }
}

function hasColor({ data, channels }: DecodedImage): boolean {
  if (channels === 1) return false
  for (let i = 0; i < data.length; i += 3) {
    if (data[i] !== data[i + 1] || data[i] !== data[i + 2]) return true
  }
  return false
}

/**
 * Decodes all of an image and describes it: the check that import makes. Refuses as `decodeImage` does.
 * @param source a file's path or its bytes
 */
export async function inspectImage(source: ImageSource): Promise<ImageInfo> {
  const image = await decodeImage(source)
  let peak = 0
  for (let i = 0; i < image.data.length; i++) if (image.data[i] > peak) peak = image.data[i]
  const { format, width, height, bitDepth, warnings } = image
  const channels = hasColor(image) ? 3 : 1
  return { format, width, height, channels, bitDepth, peak, gray: grayLevels(image), warnings }
}
