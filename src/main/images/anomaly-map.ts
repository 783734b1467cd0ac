import { crc32 } from 'node:zlib'
import sharp from 'sharp'
import { Failure, reasonOf } from '../../shared/failure.ts'
import type { Params } from '../../shared/messages/message.ts'

/** Keyword of the PNG text chunk that carries the scale, so that a map is complete without its database. */
const scaleKeyword = 'fanoscope:scale'

/** Signature, then the IHDR chunk: 8 + 4 + 4 + 13 + 4 bytes. */
const endOfHeader = 33

function textChunk(keyword: string, text: string): Buffer {
  const body = Buffer.from(`tEXt${keyword}\0${text}`, 'latin1')
  const chunk = Buffer.alloc(body.length + 8)
  chunk.writeUInt32BE(body.length - 4, 0)
  body.copy(chunk, 4)
  chunk.writeUInt32BE(crc32(body), body.length + 4)
  return chunk
}

function textOf(png: Buffer, keyword: string): string | null {
  for (let at = 8; at + 8 <= png.length; ) {
    const length = png.readUInt32BE(at)
    const type = png.toString('latin1', at + 4, at + 8)
    const text = png.toString('latin1', at + 8, at + 8 + length)
    if (type === 'tEXt' && text.startsWith(`${keyword}\0`)) return text.slice(keyword.length + 1)
    if (type === 'IDAT' || type === 'IEND') return null
    at += length + 12
  }
  return null
}

interface AnomalyMap {
  /** |x - G(E(x))| with x in [-1, 1], mean over channels; row-major [height, width]. */
  values: Float32Array
  width: number
  height: number
}

const brokenMap = (params: Params): Failure => new Failure('map-unreadable', params)

/**
 * Writes a map as a 16-bit gray PNG: anomaly = value / 65535 * scale, exact to half of scale / 65535.
 * @returns the file's bytes and its scale, the largest value of the map
 */
export async function writeAnomalyMap({
  values,
  width,
  height,
}: AnomalyMap): Promise<{ bytes: Buffer; scale: number }> {
  if (values.length !== width * height) {
    throw new RangeError(`${values.length} values for a map of ${width} x ${height}`)
  }
  let largest = 0
  // A loop by index: an iterator would make an object for each of a million values.
  for (let i = 0; i < values.length; i++) {
    const value = values[i]
    if (!(value >= 0 && value < Number.POSITIVE_INFINITY)) {
      throw new Failure('map-not-finite', { value })
    }
    if (value > largest) largest = value
  }
  const scale = largest > 0 ? largest : 1
  const samples = new Uint16Array(values.length)
  const steps = 65_535 / scale
  // Adding a half and cutting off gives the same as Math.round in a tenth of the time.
  for (let i = 0; i < samples.length; i++) samples[i] = values[i] * steps + 0.5
  const png = await sharp(samples, { raw: { width, height, channels: 1 } })
    .toColourspace('grey16')
    .png({ compressionLevel: 3 })
    .toBuffer()
  const bytes = Buffer.concat([
    png.subarray(0, endOfHeader),
    textChunk(scaleKeyword, String(scale)),
    png.subarray(endOfHeader),
  ])
  return { bytes, scale }
}

/** Reads the raw 16-bit values of a map with its scale; the renderer colors these. */
export async function readAnomalyMapSamples(
  bytes: Buffer,
): Promise<{ samples: Uint16Array; width: number; height: number; scale: number }> {
  const scale = Number(textOf(bytes, scaleKeyword) ?? Number.NaN)
  if (!(scale > 0)) throw brokenMap({ case: 'no-scale' })
  try {
    const { data, info } = await sharp(bytes, { failOn: 'error' })
      .toColourspace('grey16')
      .raw({ depth: 'ushort' })
      .toBuffer({ resolveWithObject: true })
    const samples = new Uint16Array(data.buffer, data.byteOffset, data.length / 2)
    return { samples, width: info.width, height: info.height, scale }
  } catch (error) {
    throw brokenMap({ reason: reasonOf(error) })
  }
}

/** Reads a map in its own units. */
export async function readAnomalyMap(bytes: Buffer): Promise<AnomalyMap & { scale: number }> {
  const { samples, width, height, scale } = await readAnomalyMapSamples(bytes)
  const values = new Float32Array(samples.length)
  for (let i = 0; i < values.length; i++) values[i] = (samples[i] / 65_535) * scale
  return { values, width, height, scale }
}
