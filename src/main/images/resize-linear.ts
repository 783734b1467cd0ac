/**
 * Linear resizing with antialiasing, exactly as other programs do it: Pillow's `resize` of float pictures with
 * `BILINEAR`, `interpolate(mode="bilinear", antialias=True)` of PyTorch, `image.resize(..., antialias=True)` of
 * TensorFlow and `image.resize(..., "linear")` of JAX. So whoever reads docs/model-format.md can compute the same
 * values.
 */
import { requireLength } from '../platform/array-bounds.ts'

/** Row-major [height, width, channels]. */
interface Picture {
  data: Float32Array
  width: number
  height: number
  channels: 1 | 3
}

/**
 * A new value is the mean of old ones, weighted by a triangle around the place it comes from. The triangle reaches one
 * old pixel to each side, and `from / to` of them where the picture becomes smaller. At the borders the weights are
 * divided by the sum of those that lie inside.
 */
export function resizeLinear(picture: Picture, width: number, height: number): Float32Array {
  requireLength(
    picture.data,
    picture.width * picture.height * picture.channels,
    'Samples of a picture to resize',
  )
  if (width < 1 || height < 1) throw new RangeError(`a picture of ${width} x ${height} pixels`)
  // Rows first: what is left to be done along them is less then.
  return alongRows(alongColumns(picture, height), width).data
}

/** For each new pixel: the first of the old ones that count, how many do, and their weights. */
interface Taps {
  first: Int32Array
  count: Int32Array
  /** [to, most], most being the largest count. */
  weights: Float64Array
  most: number
}

function tapsOf(from: number, to: number): Taps {
  const factor = from / to
  const reach = Math.max(1, factor)
  const most = 2 * Math.ceil(reach) + 1
  const first = new Int32Array(to)
  const count = new Int32Array(to)
  const weights = new Float64Array(to * most)
  for (let i = 0; i < to; i++) {
    const center = (i + 0.5) * factor
    const start = Math.max(0, Math.ceil(center - reach - 0.5))
    const end = Math.min(from - 1, Math.floor(center + reach - 0.5))
    let sum = 0
    for (let k = start; k <= end; k++) {
      const weight = Math.max(0, 1 - Math.abs(k + 0.5 - center) / reach)
      weights[i * most + k - start] = weight
      sum += weight
    }
    for (let k = 0; k <= end - start; k++) weights[i * most + k] /= sum
    first[i] = start
    count[i] = end - start + 1
  }
  return { first, count, weights, most }
}

function alongRows(picture: Picture, to: number): Picture {
  const { data, width, height, channels } = picture
  if (to === width) return picture
  const { first, count, weights, most } = tapsOf(width, to)
  const out = new Float32Array(to * height * channels)
  for (let y = 0, at = 0; y < height; y++) {
    const row = y * width * channels
    for (let i = 0; i < to; i++, at += channels) {
      let w = i * most
      const end = w + count[i]
      let s = row + first[i] * channels
      if (channels === 1) {
        let sum = 0
        for (; w < end; w++, s++) sum += weights[w] * data[s]
        out[at] = sum
        continue
      }
      let [red, green, blue] = [0, 0, 0]
      for (; w < end; w++, s += 3) {
        const weight = weights[w]
        red += weight * data[s]
        green += weight * data[s + 1]
        blue += weight * data[s + 2]
      }
      out[at] = red
      out[at + 1] = green
      out[at + 2] = blue
    }
  }
  return { data: out, width: to, height, channels }
}

/** Row by row, so that memory is read in its order; two old rows at once, so that the sums are touched half as often. */
function alongColumns(picture: Picture, to: number): Picture {
  const { data, width, height, channels } = picture
  if (to === height) return picture
  const { first, count, weights, most } = tapsOf(height, to)
  const samples = width * channels
  const out = new Float32Array(samples * to)
  const sums = new Float64Array(samples)
  for (let i = 0; i < to; i++) {
    sums.fill(0)
    const n = count[i]
    let k = 0
    for (; k + 1 < n; k += 2) {
      const [a, b] = [weights[i * most + k], weights[i * most + k + 1]]
      const row = (first[i] + k) * samples
      const next = row + samples
      for (let s = 0; s < samples; s++) sums[s] += a * data[row + s] + b * data[next + s]
    }
    if (k < n) {
      const weight = weights[i * most + k]
      const row = (first[i] + k) * samples
      for (let s = 0; s < samples; s++) sums[s] += weight * data[row + s]
    }
    out.set(sums, i * samples)
  }
  return { data: out, width, height: to, channels }
}
