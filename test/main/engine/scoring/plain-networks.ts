/**
 * The three networks of f-AnoGAN and their scores as plain loops over 64-bit numbers, written from the formulas
 * and the layout of the stored weights alone: what the compiled graphs are compared with.
 */
import type { TensorMap } from '../../../../src/main/model/safetensors.ts'

/** One picture [height, width, channels]. */
interface Picture {
  data: Float64Array
  side: number
  channels: number
}

const kernel = 4

function weight(tensors: TensorMap, name: string): Float32Array {
  const tensor = tensors[name]
  if (!tensor) throw new RangeError(`the model has no ${name}`)
  return tensor.data
}

const at = (values: ArrayLike<number>, index: number): number => values[index] ?? Number.NaN

const map = (picture: Picture, change: (value: number, channel: number) => number): Picture => ({
  ...picture,
  data: picture.data.map((value, i) => change(value, i % picture.channels)),
})

/** y[o] = sum over k of x[2 o + k - 1] w[k], zero outside: kernel 4, stride 2, "same". */
function convolve(tensors: TensorMap, name: string, x: Picture): Picture {
  const w = weight(tensors, `${name}/kernel`)
  const channels = w.length / (kernel * kernel * x.channels)
  const side = x.side / 2
  const data = new Float64Array(side * side * channels)
  eachTap(side, x.side, (out, ky, kx, inside) => {
    for (let i = 0; i < x.channels; i++) {
      const value = at(x.data, inside * x.channels + i)
      const from = ((ky * kernel + kx) * x.channels + i) * channels
      for (let o = 0; o < channels; o++)
        data[out * channels + o] = at(data, out * channels + o) + value * at(w, from + o)
    }
  })
  return { data, side, channels }
}

/** The transpose of a convolution from twice the side: weights [4, 4, out, in]. */
function deconvolve(tensors: TensorMap, name: string, x: Picture): Picture {
  const w = weight(tensors, `${name}/kernel`)
  const channels = w.length / (kernel * kernel * x.channels)
  const side = x.side * 2
  const data = new Float64Array(side * side * channels)
  eachTap(x.side, side, (small, ky, kx, large) => {
    for (let o = 0; o < channels; o++) {
      const from = ((ky * kernel + kx) * channels + o) * x.channels
      let sum = 0
      for (let i = 0; i < x.channels; i++) sum += at(x.data, small * x.channels + i) * at(w, from + i)
      data[large * channels + o] = at(data, large * channels + o) + sum
    }
  })
  return { data, side, channels }
}

/** Every pair of a pixel of the small side and a pixel of the large one that a kernel's tap joins. */
function eachTap(
  small: number,
  large: number,
  visit: (small: number, ky: number, kx: number, large: number) => void,
): void {
  for (let y = 0; y < small; y++) {
    for (let x = 0; x < small; x++) {
      for (let ky = 0; ky < kernel; ky++) {
        for (let kx = 0; kx < kernel; kx++) {
          const [row, column] = [2 * y + ky - 1, 2 * x + kx - 1]
          if (row < 0 || column < 0 || row >= large || column >= large) continue
          visit(y * small + x, ky, kx, row * large + column)
        }
      }
    }
  }
}

function bias(tensors: TensorMap, name: string, x: Picture): Picture {
  const b = weight(tensors, `${name}/bias`)
  return map(x, (value, channel) => value + at(b, channel))
}

/** (x - mean) / sqrt(variance + 1e-5) * scale + offset, with the stored statistics. */
function normalize(tensors: TensorMap, name: string, x: Picture): Picture {
  const [mean, variance, scale, offset] = ['mean', 'variance', 'scale', 'offset'].map((part) =>
    weight(tensors, `${name}/${part}`),
  )
  if (!mean || !variance || !scale || !offset) throw new RangeError(name)
  return map(
    x,
    (value, c) => ((value - at(mean, c)) / Math.sqrt(at(variance, c) + 1e-5)) * at(scale, c) + at(offset, c),
  )
}

function dense(tensors: TensorMap, name: string, x: Float64Array): Float64Array {
  const w = weight(tensors, `${name}/kernel`)
  const b = weight(tensors, `${name}/bias`)
  return Float64Array.from(b, (start, o) =>
    x.reduce((sum, value, i) => sum + value * at(w, i * b.length + o), start),
  )
}

const leaky = (x: Picture): Picture => map(x, (value) => (value > 0 ? value : 0.2 * value))
const relu = (x: Picture): Picture => map(x, (value) => Math.max(0, value))
const halvings = (side: number): number => Math.log2(side / 4)

function encode(tensors: TensorMap, x: Picture): Float64Array {
  let h = x
  for (let level = 1; level <= halvings(x.side); level++) {
    const name = `encoder/down${level}`
    h = convolve(tensors, name, h)
    h = leaky(level === 1 ? bias(tensors, name, h) : normalize(tensors, name, h))
  }
  return dense(tensors, 'encoder/code', h.data).map(Math.tanh)
}

function generate(tensors: TensorMap, z: Float64Array, side: number): Picture {
  const data = dense(tensors, 'generator/project', z)
  let h: Picture = { data, side: 4, channels: data.length / 16 }
  h = relu(normalize(tensors, 'generator/project', h))
  for (let level = 1; level < halvings(side); level++) {
    const name = `generator/up${level}`
    h = relu(normalize(tensors, name, deconvolve(tensors, name, h)))
  }
  return map(bias(tensors, 'generator/image', deconvolve(tensors, 'generator/image', h)), Math.tanh)
}

function judge(tensors: TensorMap, x: Picture): { value: number; features: Float64Array } {
  let h = x
  for (let level = 1; level <= halvings(x.side); level++) {
    const name = `critic/down${level}`
    h = leaky(bias(tensors, name, convolve(tensors, name, h)))
  }
  return { value: at(dense(tensors, 'critic/value', h.data), 0), features: h.data }
}

const squaredDistance = (a: Float64Array, b: Float64Array): number =>
  a.reduce((sum, value, i) => sum + (value - at(b, i)) ** 2, 0)

export interface PlainScores {
  /** Scores by the names and formulas of the design; `discriminator` is D(x) itself. */
  izif: number
  latentFeature: number
  izi: number
  ziz: number
  critic: number
  /** |x - G(E(x))|, mean over channels: [side * side]. */
  map: Float64Array
  reconstruction: Float64Array
}

/** @param x [side, side, channels] in [-1, 1] */
export function plainScores(
  tensors: TensorMap,
  x: ArrayLike<number>,
  { side, channels, k }: { side: number; channels: number; k: number },
): PlainScores {
  const picture = { data: Float64Array.from(x), side, channels }
  const z = encode(tensors, picture)
  const y = generate(tensors, z, side)
  const [real, restored] = [judge(tensors, picture), judge(tensors, y)]
  const residual = squaredDistance(picture.data, y.data) / picture.data.length
  const feature = squaredDistance(real.features, restored.features) / real.features.length
  const latent = squaredDistance(z, encode(tensors, y))
  const anomaly = new Float64Array(side * side)
  for (const [i, value] of picture.data.entries()) {
    const pixel = Math.floor(i / channels)
    anomaly[pixel] = at(anomaly, pixel) + Math.abs(value - at(y.data, i)) / channels
  }
  return {
    izif: residual + k * feature,
    latentFeature: latent + k * feature,
    izi: residual,
    ziz: latent / z.length,
    critic: real.value,
    map: anomaly,
    reconstruction: y.data,
  }
}
