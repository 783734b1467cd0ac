import PQueue from 'p-queue'
import sharp from 'sharp'
import type { ImageFormat } from '../../shared/image.ts'
import { type Message, message } from '../../shared/messages/message.ts'
import { checkBmp, decodeBmp, readBmpHeader } from './bmp.ts'
import { type ImageSource, withBytes } from './byte-source.ts'
import { fileType } from './file-type.ts'
import { checkPng } from './png-structure.ts'
import { ImageRefusal } from './refusal.ts'
import { checkTiff } from './tiff-structure.ts'
import { checkWebp } from './webp-structure.ts'

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

/** Turns an error of sharp on a file of a known type into a refusal. */
function refusalOf(error: unknown): ImageRefusal {
  if (error instanceof ImageRefusal) return error
  const said = error instanceof Error ? error.message : String(error)
  const [words = ''] = said.split('\n')
  if (/premature end|bytes, expected|end of file|unexpected eof/i.test(said)) {
    return new ImageRefusal('truncated', { words }, { cause: error })
  }
  if (/pixel limit/i.test(said)) {
    return new ImageRefusal('too-large', { case: 'decoder', words }, { cause: error })
  }
  if (/unsupported|not supported|unimplemented/i.test(said) && !/image format/i.test(said)) {
    return new ImageRefusal('unsupported-type', { type: words }, { cause: error })
  }
  return new ImageRefusal('corrupt', { words }, { cause: error })
}

/** How often a file is decoded again to get the decoder's error message. */
const attempts = 100

/** Decodes again one file at a time, so that two failing files do not mix up their messages. */
const asking = new PQueue({ concurrency: 1 })

const isWordless = (error: unknown): boolean =>
  error instanceof Error && /^(unknown error)?\s*$/i.test(error.message)

/**
 * Decodes, and where it fails without an error message, decodes again to get one. libvips has a single buffer for
 * error messages in the whole process: where two files fail at the same moment, one of them gets no message, but the
 * message decides how the file is treated.
 */
async function withWords<T>(decode: () => Promise<T>): Promise<T> {
  try {
    return await decode()
  } catch (error) {
    if (!isWordless(error)) throw error
    return asking.add(() => askedAgain(decode))
  }
}

async function askedAgain<T>(decode: () => Promise<T>): Promise<T> {
  for (let attempt = 2; ; attempt++) {
    try {
      return await decode()
    } catch (error) {
      if (!isWordless(error) || attempt === attempts) throw error
    }
  }
}

type FailOn = 'error' | 'warning'

/** Color profiles are not applied, except to CMYK: the model sees the values that the camera wrote. */
const open = (source: ImageSource, failOn: FailOn) =>
  sharp(source, { failOn, limitInputPixels: maxPixels, sequentialRead: true, ignoreIcc: true })

interface Stored extends ImageHeader {
  depth: string
  space: string
  bands: number
  hasAlpha: boolean
  pages: number
}

/** What libvips reads from the header. Bitmaps (BMP) are never given to libvips. */
async function storedHeader(source: ImageSource, format: ImageFormat): Promise<Stored> {
  const meta = await withWords(() => sharp(source, { failOn: 'error', limitInputPixels: false }).metadata())
  return {
    format,
    width: meta.autoOrient.width,
    height: meta.autoOrient.height,
    depth: meta.depth,
    space: meta.space,
    bands: meta.channels,
    hasAlpha: meta.hasAlpha,
    pages: meta.pages ?? 1,
  }
}

interface Samples {
  width: number
  height: number
  bands: number
  data: Uint8Array | Uint16Array
}

async function samplesOf(source: ImageSource, stored: Stored, failOn: FailOn): Promise<Samples> {
  const wide = stored.depth === 'ushort'
  const gray = stored.space === 'b-w' || stored.space === 'grey16'
  const { data, info } = await withWords(() =>
    open(source, failOn)
      .autoOrient()
      .toColourspace(gray ? (wide ? 'grey16' : 'b-w') : wide ? 'rgb16' : 'srgb')
      .raw({ depth: wide ? 'ushort' : 'uchar' })
      .toBuffer({ resolveWithObject: true }),
  )
  return {
    width: info.width,
    height: info.height,
    bands: info.channels,
    data: wide ? new Uint16Array(data.buffer, data.byteOffset, data.length / 2) : data,
  }
}

/**
 * Decodes a JPEG. libjpeg only warns about damage inside the picture; such a file is refused here. Stray bytes before
 * the end mark, which some cameras write, and doubtful TIFF tags are accepted.
 */
async function samplesOfJpeg(source: ImageSource, stored: Stored, warnings: Message[]): Promise<Samples> {
  try {
    return await samplesOf(source, stored, 'warning')
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error)
    const isDamage = /Corrupt JPEG data|premature end/i.test(said)
    if (isDamage && !/extraneous bytes before marker 0xd9/i.test(said)) throw error
    const samples = await samplesOf(source, stored, 'error')
    const [words = ''] = said.split('\n')
    warnings.push(message('decoder-warned', { words }))
    return samples
  }
}

/** Removes alpha from interleaved gray+alpha or RGB+alpha by blending onto black. */
function flattenOnBlack(samples: Samples, warnings: Message[]): Samples {
  const { data, bands, width, height } = samples
  const colors = bands - 1
  const pixels = width * height
  const opaque = data instanceof Uint16Array ? 65_535 : 255
  const out = data instanceof Uint16Array ? new Uint16Array(pixels * colors) : new Uint8Array(pixels * colors)
  let sawTransparency = false
  for (let i = 0; i < pixels; i++) {
    const alpha = data[i * bands + colors] ?? opaque
    if (alpha !== opaque) sawTransparency = true
    for (let c = 0; c < colors; c++) {
      out[i * colors + c] = Math.round((data[i * bands + c] * alpha) / opaque)
    }
  }
  if (sawTransparency) warnings.push(message('transparency-flattened'))
  return { width, height, bands: colors, data: out }
}

/** Makes a bitmap opaque whose alpha is 0 everywhere: programs that write 32-bit bitmaps often leave alpha unused. */
function opaqueWhereAlphaIsUnused(data: Uint8Array): void {
  for (let i = 3; i < data.length; i += 4) if (data[i] !== 0) return
  for (let i = 3; i < data.length; i += 4) data[i] = 255
}

function decodedBmp(source: ImageSource, warnings: Message[]): Samples {
  return withBytes(source, (bytes) => {
    const header = readBmpHeader(bytes)
    checkSize(header.width, header.height)
    checkBmp(bytes, header)
    const data = decodeBmp(bytes, header)
    opaqueWhereAlphaIsUnused(data)
    return flattenOnBlack({ width: header.width, height: header.height, bands: 4, data }, warnings)
  })
}

function checkStructure(source: ImageSource, format: ImageFormat): void {
  withBytes(source, (bytes) => {
    if (format === 'png') checkPng(bytes)
    else if (format === 'tiff') checkTiff(bytes)
    else if (format === 'webp') checkWebp(bytes)
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
  try {
    const { width, height } = await storedHeader(source, format)
    checkSize(width, height)
    return { format, width, height }
  } catch (error) {
    // A file that ends within its header is truncated, whatever error the decoder gives.
    if (!(error instanceof ImageRefusal)) checkStructure(source, format)
    throw refusalOf(error)
  }
}

async function decodeStored(source: ImageSource): Promise<DecodedImage> {
  const { format, width, height } = await readImageHeader(source)
  const warnings: Message[] = []
  if (format === 'bmp') {
    const { data } = decodedBmp(source, warnings)
    return { format, width, height, channels: 3, bitDepth: 8, data, warnings }
  }

  checkStructure(source, format)
  try {
    const stored = await storedHeader(source, format)
    if (stored.depth !== 'uchar' && stored.depth !== 'ushort') {
      throw new ImageRefusal('unsupported-type', { case: 'samples', depth: stored.depth })
    }
    if (stored.pages > 1) {
      warnings.push(message('first-page-only', { pages: stored.pages }))
    }
    if (stored.space === 'cmyk') warnings.push(message('cmyk-converted'))
    const samples =
      format === 'jpeg'
        ? await samplesOfJpeg(source, stored, warnings)
        : await samplesOf(source, stored, 'error')
    const flat = samples.bands === 2 || samples.bands === 4 ? flattenOnBlack(samples, warnings) : samples
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

/**
 * Converts to gray by the luma of Rec. 601 (0.299 R + 0.587 G + 0.114 B) on the stored values, rounded, as most
 * software does.
 * @param rgb interleaved RGB, length 3 * pixels
 */
function toGray(rgb: Uint8Array | Uint16Array): Uint8Array | Uint16Array {
  const pixels = rgb.length / 3
  const out = rgb instanceof Uint16Array ? new Uint16Array(pixels) : new Uint8Array(pixels)
  for (let i = 0, at = 0; i < pixels; i++, at += 3) {
    out[i] = Math.round(0.299 * rgb[at] + 0.587 * rgb[at + 1] + 0.114 * rgb[at + 2])
  }
  return out
}

function toColor(gray: Uint8Array | Uint16Array): Uint8Array | Uint16Array {
  const out = gray instanceof Uint16Array ? new Uint16Array(gray.length * 3) : new Uint8Array(gray.length * 3)
  for (let i = 0; i < gray.length; i++) out.fill(gray[i], i * 3, i * 3 + 3)
  return out
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
  for (const value of image.data) if (value > peak) peak = value
  const { format, width, height, bitDepth, warnings } = image
  return { format, width, height, channels: hasColor(image) ? 3 : 1, bitDepth, peak, warnings }
}
