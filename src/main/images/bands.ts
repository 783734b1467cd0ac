/** Bands of decoded pixels: alpha is blended, color becomes gray, gray becomes color. */
import { type Message, message } from '../../shared/messages/message.ts'

/** Interleaved pixels, row-major [height, width, bands]. */
export interface Samples {
  width: number
  height: number
  bands: number
  data: Uint8Array | Uint16Array
}

/** Gray and alpha of a picture whose colors are all gray. */
export function firstAndLastBand({ width, height, bands, data }: Samples): Samples {
  const pixels = width * height
  const out = data instanceof Uint16Array ? new Uint16Array(pixels * 2) : new Uint8Array(pixels * 2)
  for (let i = 0; i < pixels; i++) {
    out[i * 2] = data[i * bands]
    out[i * 2 + 1] = data[i * bands + bands - 1]
  }
  return { width, height, bands: 2, data: out }
}

/** Removes alpha from interleaved gray+alpha or RGB+alpha by blending onto black. */
export function flattenOnBlack(samples: Samples, warnings: Message[]): Samples {
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

/** Removes a last band of which nothing says what it is. */
export function withoutLastBand({ data, bands, width, height }: Samples, warnings: Message[]): Samples {
  const colors = bands - 1
  const pixels = width * height
  const out = data instanceof Uint16Array ? new Uint16Array(pixels * colors) : new Uint8Array(pixels * colors)
  for (let i = 0; i < pixels; i++) {
    for (let c = 0; c < colors; c++) out[i * colors + c] = data[i * bands + c]
  }
  warnings.push(message('extra-band-left'))
  return { width, height, bands: colors, data: out }
}

/** Makes a bitmap opaque whose alpha is 0 everywhere: programs that write 32-bit bitmaps often leave alpha unused. */
export function opaqueWhereAlphaIsUnused(data: Uint8Array): void {
  for (let i = 3; i < data.length; i += 4) if (data[i] !== 0) return
  for (let i = 3; i < data.length; i += 4) data[i] = 255
}

/**
 * Converts to gray by the luma of Rec. 601 (0.299 R + 0.587 G + 0.114 B) on the stored values, rounded, as most
 * software does.
 * @param rgb interleaved RGB, length 3 * pixels
 */
export function toGray(rgb: Uint8Array | Uint16Array): Uint8Array | Uint16Array {
  const pixels = rgb.length / 3
  const out = rgb instanceof Uint16Array ? new Uint16Array(pixels) : new Uint8Array(pixels)
  for (let i = 0, at = 0; i < pixels; i++, at += 3) {
    out[i] = Math.round(0.299 * rgb[at] + 0.587 * rgb[at + 1] + 0.114 * rgb[at + 2])
  }
  return out
}

export function toColor(gray: Uint8Array | Uint16Array): Uint8Array | Uint16Array {
  const out = gray instanceof Uint16Array ? new Uint16Array(gray.length * 3) : new Uint8Array(gray.length * 3)
  for (let i = 0; i < gray.length; i++) out.fill(gray[i], i * 3, i * 3 + 3)
  return out
}
