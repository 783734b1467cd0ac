/**
 * Photographs whose samples are floating point or of 32 bits: what their values are is for a person to say, so each is
 * made a photograph of 16 bits in the range that was confirmed, with a word about what lies outside of it.
 */
import sharp from 'sharp'
import { type Message, message } from '../../shared/messages/message.ts'
import type { SampleRange } from '../../shared/sample-range.ts'
import { type ImageSource, withBytes } from './byte-source.ts'
import { decodeInTurn } from './decoder-turns.ts'
import { refusalOf } from './decoder-words.ts'
import { fileType } from './file-type.ts'
import { pageOfPhotograph } from './tiff-page.ts'
import { readTiff, type TiffPage } from './tiff-structure.ts'

/** Gray of 32 bits, whole or floating, as libvips reads it. */
const isWide = ({ bits: [bits = 1], sampleFormat, samples }: TiffPage): boolean =>
  bits === 32 && sampleFormat >= 1 && sampleFormat <= 3 && samples === 1

/**
 * The page of a photograph whose values need a range; null for every other file.
 * @throws ImageRefusal where the file has no structure that can be read
 */
function widePage(source: ImageSource): { index: number } | null {
  return withBytes(source, (bytes) => {
    if (bytes.size === 0 || fileType(bytes) !== 'tiff') return null
    const { page, index } = pageOfPhotograph(readTiff(bytes))
    return isWide(page) ? { index } : null
  })
}

export const needsRange = (source: ImageSource): boolean => widePage(source) !== null

async function valuesOf(source: ImageSource): Promise<{ data: Float64Array; width: number; height: number }> {
  const page = widePage(source)?.index ?? 0
  try {
    const { data, info } = await decodeInTurn(() =>
      sharp(source, { failOn: 'error', ...(page > 0 ? { page } : {}) })
        .autoOrient()
        // The color space in which libvips leaves the numbers of this depth as they are.
        .toColourspace('b-w')
        .raw({ depth: 'double' })
        .toBuffer({ resolveWithObject: true }),
    )
    return { data: new Float64Array(Uint8Array.from(data).buffer), width: info.width, height: info.height }
  } catch (error) {
    throw refusalOf(error)
  }
}

/** The smallest and the largest value, as a proposal; null where there are no two. @throws ImageRefusal */
export async function rangeSeen(source: ImageSource): Promise<SampleRange | null> {
  const { data } = await valuesOf(source)
  let low = Number.POSITIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  for (const value of data) {
    if (!Number.isFinite(value)) continue
    if (value < low) low = value
    if (value > high) high = value
  }
  return low < high ? { low, high } : null
}

/** The photograph in 16 bits, as PNG: `low` becomes 0 and `high` 65,535. The same file and range give the same bytes. */
export async function inRange(
  source: ImageSource,
  { low, high }: SampleRange,
): Promise<{ png: Buffer; warnings: Message[] }> {
  const { data, width, height } = await valuesOf(source)
  const out = new Uint16Array(data.length)
  let outside = 0
  let missing = 0
  for (let i = 0; i < data.length; i++) {
    const value = data[i]
    if (Number.isNaN(value)) missing++
    else if (value < low || value > high) outside++
    const share = (value - low) / (high - low)
    out[i] = Number.isNaN(share) ? 0 : Math.round(Math.min(1, Math.max(0, share)) * 65_535)
  }
  const png = await sharp(out, { raw: { width, height, channels: 1 } })
    .toColourspace('grey16')
    .png({ compressionLevel: 6 })
    .toBuffer()
  const warnings = [message('sample-range', { low, high })]
  if (outside > 0) {
    warnings.push(message('sample-range-outside', { share: { share: outside / data.length }, low, high }))
  }
  if (missing > 0) warnings.push(message('sample-range-missing', { count: missing }))
  return { png, warnings }
}
