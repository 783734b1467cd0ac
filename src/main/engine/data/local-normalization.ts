/**
 * Takes slow light off a photograph and evens its local contrast: the logarithm of brightness, in which the
 * strength of the light is an offset, less its mean in a window around each pixel, over the deviation there.
 * Each channel by itself. The same photograph always gives the same picture, and the way back is kept.
 *
 * Local contrast normalization: Jarrett, Kavukcuoglu, Ranzato and LeCun 2009, section 2.1, with plain windows.
 */
import { requireLength } from '../../platform/array-bounds.ts'
import { type Pixels, requirePixels } from './geometry.ts'

/** Below this brightness (1 is full scale) a pixel carries no usable information. */
const darkest = 0.03

/** Below this contrast, as a share of the brightness, there is only camera noise. */
const leastContrast = 0.03

/** This many deviations from the local mean become 1 and -1; values farther away are clipped. */
const bound = 3

/** How far a window reaches from its center pixel: its side is half of what the networks see at once. */
export const windowReach = (size: number): number => size / 4

interface NormalizedPicture {
  /** The picture as the networks see it, in [-1, 1]. */
  picture: Pixels
  /** Turns a normalized picture back into the light and contrast of the photograph, in [-1, 1]. */
  inItsLight(y: Pixels): Pixels
}

/** Sums over the rectangle above and left of each corner: [height + 1, width + 1]. */
function integral(values: Float64Array, width: number, height: number): Float64Array {
  const stride = width + 1
  const out = new Float64Array(stride * (height + 1))
  for (let y = 0; y < height; y++) {
    let row = 0
    for (let x = 0; x < width; x++) {
      row += values[y * width + x]
      out[(y + 1) * stride + x + 1] = out[y * stride + x + 1] + row
    }
  }
  return out
}

/** Mean and deviation around each value, in windows cut off at the borders. */
function localMoments(
  values: Float64Array,
  { width, height }: { width: number; height: number },
  reach: number,
): { mean: Float64Array; deviation: Float64Array } {
  const sums = integral(values, width, height)
  const squares = integral(
    values.map((value) => value * value),
    width,
    height,
  )
  const stride = width + 1
  const mean = new Float64Array(values.length)
  const deviation = new Float64Array(values.length)
  for (let y = 0; y < height; y++) {
    const upper = Math.max(0, y - reach) * stride
    const lower = Math.min(height, y + reach + 1) * stride
    for (let x = 0; x < width; x++) {
      const [left, right] = [Math.max(0, x - reach), Math.min(width, x + reach + 1)]
      const count = ((lower - upper) / stride) * (right - left)
      const inWindow = (of: Float64Array): number =>
        (of[lower + right] - of[lower + left] - of[upper + right] + of[upper + left]) / count
      const at = y * width + x
      const m = inWindow(sums)
      mean[at] = m
      deviation[at] = Math.sqrt(Math.max(0, inWindow(squares) - m * m))
    }
  }
  return { mean, deviation }
}

/**
 * @param photograph x in [-1, 1]
 * @param size side of what the networks see at once, in pixels
 */
export function normalizeLocally(photograph: Pixels, size: number): NormalizedPicture {
  const { data, width, height, channels } = photograph
  requirePixels(photograph)
  const reach = windowReach(size)
  const light = new Float32Array(data.length)
  const contrast = new Float32Array(data.length)
  const normalized = new Float32Array(data.length)
  const plane = new Float64Array(width * height)
  for (let c = 0; c < channels; c++) {
    for (let i = 0; i < plane.length; i++) {
      plane[i] = Math.log((data[i * channels + c] + 1) / 2 + darkest)
    }
    const { mean, deviation } = localMoments(plane, photograph, reach)
    for (let i = 0; i < plane.length; i++) {
      const at = i * channels + c
      light[at] = mean[i]
      contrast[at] = bound * (deviation[i] + leastContrast)
      const value = (plane[i] - light[at]) / contrast[at]
      normalized[at] = Math.min(1, Math.max(-1, value))
    }
  }
  return {
    picture: { ...photograph, data: normalized },
    inItsLight(y) {
      requireLength(y.data, light.length, 'Samples of a picture in the light of another')
      const samples = y.data.map((value, i) => {
        const brightness = Math.exp(light[i] + contrast[i] * value) - darkest
        return Math.min(1, Math.max(-1, 2 * brightness - 1))
      })
      return { ...y, data: samples }
    },
  }
}
