/**
 * What the residual looks like around each place of a photograph: responses of Gaussian derivatives at four scales
 * and the logarithm of their local energy, both relative to the local contrast. The residual is taken as the
 * logarithm of photograph over reconstruction: neither light nor the strength of a harmless texture matters.
 *
 * Local derivatives as features: Koenderink and van Doorn 1987; energies of a bank of filters: Varma and
 * Zisserman 2005. The two coarser scales are computed on a picture four times smaller.
 */
import type { Pixels } from '../data/geometry.ts'

/** Pixels between two cells, both ways. */
export const cellSide = 4

/** Features of one cell: five derivatives at four scales, and their energies. */
export const textureFeatures = 40

export interface Cells {
  /** [rows * columns, textureFeatures], row-major. */
  data: Float32Array
  rows: number
  columns: number
}

interface Plane {
  data: Float32Array
  width: number
  height: number
}

const scales = [0.7, 1.4] as const

/** Contrast, as a share of the brightness, under which the residual is noise of the camera. */
const leastContrast = 0.03

/** Brightness under which nothing can be told, full scale 1. */
const darkest = 0.03
const leastEnergy = 1e-3

type Kernel = Float32Array

/** Derivative of order 0, 1 or 2 of a normalized Gaussian, times scale^order (Lindeberg 1998, equation 18). */
function gaussian(scale: number, order: 0 | 1 | 2): Kernel {
  const radius = Math.ceil(3.5 * scale)
  const kernel = Float32Array.from({ length: 2 * radius + 1 }, (_, i) =>
    Math.exp(-((i - radius) ** 2) / (2 * scale * scale)),
  )
  const sum = kernel.reduce((total, value) => total + value, 0)
  for (let i = 0; i < kernel.length; i++) {
    const t = (i - radius) / scale
    const factor = order === 0 ? 1 : order === 1 ? t : t * t - 1
    kernel[i] = ((kernel[i] ?? 0) / sum) * factor
  }
  if (order === 2) {
    // Cut off and sampled, the second derivative of a constant would not be zero.
    const mean = kernel.reduce((total, value) => total + value, 0) / kernel.length
    for (let i = 0; i < kernel.length; i++) kernel[i] = (kernel[i] ?? 0) - mean
  }
  return kernel
}

/** Correlates rows with a kernel; beyond the borders the border pixels repeat. */
function alongRows({ data, width, height }: Plane, kernel: Kernel): Plane {
  const radius = (kernel.length - 1) / 2
  const out = new Float32Array(data.length)
  for (let y = 0; y < height; y++) {
    const row = y * width
    for (let x = 0; x < width; x++) {
      let sum = 0
      for (let i = -radius; i <= radius; i++) {
        const at = x + i
        sum += (kernel[i + radius] ?? 0) * (data[row + (at < 0 ? 0 : at >= width ? width - 1 : at)] ?? 0)
      }
      out[row + x] = sum
    }
  }
  return { data: out, width, height }
}

/** The same down the columns. */
function downColumns({ data, width, height }: Plane, kernel: Kernel): Plane {
  const radius = (kernel.length - 1) / 2
  const out = new Float32Array(data.length)
  for (let y = 0; y < height; y++) {
    for (let i = -radius; i <= radius; i++) {
      const at = y + i
      const from = (at < 0 ? 0 : at >= height ? height - 1 : at) * width
      const weight = kernel[i + radius] ?? 0
      for (let x = 0; x < width; x++)
        out[y * width + x] = (out[y * width + x] ?? 0) + weight * (data[from + x] ?? 0)
    }
  }
  return { data: out, width, height }
}

const blurred = (plane: Plane, scale: number): Plane => {
  const kernel = gaussian(scale, 0)
  return downColumns(alongRows(plane, kernel), kernel)
}

/** The five derivatives of first and second order at a scale. */
function derivatives(plane: Plane, scale: number): Plane[] {
  const [smooth, first, second] = [gaussian(scale, 0), gaussian(scale, 1), gaussian(scale, 2)]
  const byRows = { smooth: alongRows(plane, smooth), first: alongRows(plane, first) }
  return [
    downColumns(byRows.first, smooth),
    downColumns(byRows.smooth, first),
    downColumns(alongRows(plane, second), smooth),
    downColumns(byRows.smooth, second),
    downColumns(byRows.first, first),
  ]
}

/** Mean of each cell of `side` pixels; the last row and column may be narrower. */
function cellMeans({ data, width, height }: Plane, side: number, of: (value: number) => number): Plane {
  const columns = Math.ceil(width / side)
  const rows = Math.ceil(height / side)
  const sums = new Float32Array(rows * columns)
  const counts = new Float32Array(rows * columns)
  for (let y = 0; y < height; y++) {
    const row = Math.floor(y / side) * columns
    for (let x = 0; x < width; x++) {
      const at = row + Math.floor(x / side)
      sums[at] = (sums[at] ?? 0) + of(data[y * width + x] ?? 0)
      counts[at] = (counts[at] ?? 0) + 1
    }
  }
  return { data: sums.map((sum, i) => sum / (counts[i] ?? 1)), width: columns, height: rows }
}

const itself = (value: number): number => value
const square = (value: number): number => value * value

/** The value at the middle of each cell. */
function cellMiddles({ data, width, height }: Plane, rows: number, columns: number): Float32Array {
  const out = new Float32Array(rows * columns)
  const half = cellSide / 2
  for (let row = 0; row < rows; row++) {
    const y = Math.min(height - 1, row * cellSide + half)
    for (let column = 0; column < columns; column++) {
      out[row * columns + column] = data[y * width + Math.min(width - 1, column * cellSide + half)] ?? 0
    }
  }
  return out
}

/** log of brightness of x over that of y, each the mean over channels. */
function residualOf(x: Pixels, y: Pixels): Plane {
  const { width, height, channels } = x
  const data = new Float32Array(width * height)
  const brightness = ({ data }: Pixels, pixel: number): number => {
    let sum = 0
    for (let c = 0; c < channels; c++) sum += data[pixel * channels + c] ?? 0
    return (sum / channels + 1) / 2
  }
  for (let i = 0; i < data.length; i++) {
    data[i] = Math.log((brightness(x, i) + darkest) / (brightness(y, i) + darkest))
  }
  return { data, width, height }
}

/** Deviation of the residual around each cell from its slow part: [rows * columns]. */
function contrastOf(residual: Plane, means: Plane): Float32Array {
  const slow = blurred(means, 2).data
  const squares = cellMeans(residual, cellSide, square).data
  const variance = squares.map((value, i) => {
    const level = slow[i] ?? 0
    return Math.max(0, value - 2 * level * (means.data[i] ?? 0) + level * level)
  })
  return blurred({ ...means, data: variance }, 3).data.map((value) => Math.sqrt(value) + leastContrast)
}

/**
 * The features of every cell of a photograph.
 * @param x the photograph as the networks see it, x in [-1, 1]
 * @param y its reconstruction, of the same size
 */
export function residualTexture(x: Pixels, y: Pixels): Cells {
  const residual = residualOf(x, y)
  const means = cellMeans(residual, cellSide, itself)
  const { width: columns, height: rows } = means
  const contrast = contrastOf(residual, means)
  const data = new Float32Array(rows * columns * textureFeatures)
  const set = (feature: number, values: Float32Array, to: (value: number, cell: number) => number): void => {
    for (let cell = 0; cell < values.length; cell++) {
      data[cell * textureFeatures + feature] = to(values[cell] ?? 0, cell)
    }
  }
  const relative = (value: number, cell: number): number => value / (contrast[cell] ?? 1)
  const energy = (value: number, cell: number): number =>
    Math.log(value / (contrast[cell] ?? 1) ** 2 + leastEnergy)
  let feature = 0
  const half = textureFeatures / 2
  for (const scale of scales) {
    for (const response of derivatives(residual, scale)) {
      set(feature, cellMiddles(response, rows, columns), relative)
      const squares = cellMeans(response, cellSide, square)
      set(half + feature, blurred(squares, 0.7).data, energy)
      feature += 1
    }
  }
  for (const scale of scales) {
    for (const response of derivatives(means, scale)) {
      set(feature, response.data, relative)
      set(half + feature, blurred({ ...response, data: response.data.map(square) }, 0.7).data, energy)
      feature += 1
    }
  }
  return { data, rows, columns }
}
