/**
 * What a surface looks like around each place: responses of Gaussian derivatives at four scales and the logarithm
 * of their local energy, both relative to the local contrast, and three of the slow part: level, contrast, step.
 * They are taken of the logarithm of brightness, where the strength of the light is an offset: once of the
 * photograph, once of its residual, the logarithm of photograph over reconstruction.
 *
 * Local derivatives as features: Koenderink and van Doorn 1987; energies of a bank of filters: Varma and
 * Zisserman 2005. The two coarser scales are computed on a picture half as wide.
 */
import { requireLength } from '../../platform/array-bounds.ts'
import { type Pixels, requirePixels } from '../data/geometry.ts'
import { cellSide } from '../scoring/distance-map.ts'

/** Five derivatives at four scales. */
const responses = 20

/** Features of one cell: the derivatives, their energies, and three of the slow part. */
export const textureFeatures = 2 * responses + 3

export interface Cells {
  /** [rows * columns, textureFeatures], row-major. */
  data: Float32Array
  rows: number
  columns: number
}

/** The features of a photograph and of its residual, see `texturesOf`. */
export interface Textures {
  photograph: Cells
  /** Null where nothing restores the photograph. */
  residual: Cells | null
}

interface Plane {
  data: Float32Array
  width: number
  height: number
}

/** Below this contrast, as a share of the brightness, there is only camera noise. */
const leastContrast = 0.03

/** Below this brightness (1 is full scale) a pixel carries no usable information. */
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
    kernel[i] = (kernel[i] / sum) * factor
  }
  if (order === 2) {
    // Because the kernel is cut off and sampled, the second derivative of a constant would not be zero otherwise.
    const mean = kernel.reduce((total, value) => total + value, 0) / kernel.length
    for (let i = 0; i < kernel.length; i++) kernel[i] -= mean
  }
  return kernel
}

/**
 * How many pixels are summed side by side. Each addition has to wait for the one before in its own sum, but not for
 * those of the other sums.
 */
const atOnce = 4

/**
 * One row of a correlation: `out[to + x]` is the sum over i of `kernel[i]` times `data[from[i] + x]`, for x below
 * `width`.
 */
function correlateRow(
  data: Float32Array,
  from: Int32Array,
  kernel: Kernel,
  out: Float32Array,
  to: number,
  width: number,
): void {
  const whole = width - (width % atOnce)
  for (let x = 0; x < whole; x += atOnce) {
    let a = 0
    let b = 0
    let c = 0
    let d = 0
    for (let i = 0; i < kernel.length; i++) {
      const weight = kernel[i]
      const at = from[i] + x
      a += weight * data[at]
      b += weight * data[at + 1]
      c += weight * data[at + 2]
      d += weight * data[at + 3]
    }
    out[to + x] = a
    out[to + x + 1] = b
    out[to + x + 2] = c
    out[to + x + 3] = d
  }
  for (let x = whole; x < width; x++) {
    let sum = 0
    for (let i = 0; i < kernel.length; i++) sum += kernel[i] * data[from[i] + x]
    out[to + x] = sum
  }
}

/** Correlates rows with a kernel; beyond the borders the border pixels repeat. */
function alongRows({ data, width, height }: Plane, kernel: Kernel): Plane {
  const radius = (kernel.length - 1) / 2
  const out = new Float32Array(data.length)
  const padded = new Float32Array(width + 2 * radius)
  const from = Int32Array.from(kernel, (_, i) => i)
  for (let y = 0; y < height; y++) {
    const row = y * width
    padded.set(data.subarray(row, row + width), radius)
    padded.fill(data[row], 0, radius)
    padded.fill(data[row + width - 1], radius + width)
    correlateRow(padded, from, kernel, out, row, width)
  }
  return { data: out, width, height }
}

/** The same down the columns. */
function downColumns(
  { data, width, height }: Plane,
  kernel: Kernel,
  out: Float32Array = new Float32Array(data.length),
): Plane {
  const radius = (kernel.length - 1) / 2
  const from = new Int32Array(kernel.length)
  for (let y = 0; y < height; y++) {
    for (let i = 0; i < from.length; i++) from[i] = Math.min(height - 1, Math.max(0, y + i - radius)) * width
    correlateRow(data, from, kernel, out, y * width, width)
  }
  return { data: out, width, height }
}

const blurred = (plane: Plane, scale: number): Plane => {
  const kernel = gaussian(scale, 0)
  return downColumns(alongRows(plane, kernel), kernel)
}

/**
 * The five derivatives of first and second order at a scale, one after the other. All of them use the same memory, so
 * each must be read before the next one is requested.
 */
function* derivatives(plane: Plane, scale: number): Generator<Plane> {
  const [smooth, first, second] = [gaussian(scale, 0), gaussian(scale, 1), gaussian(scale, 2)]
  const byRows = { smooth: alongRows(plane, smooth), first: alongRows(plane, first) }
  const memory = new Float32Array(plane.data.length)
  yield downColumns(byRows.first, smooth, memory)
  yield downColumns(byRows.smooth, first, memory)
  yield downColumns(alongRows(plane, second), smooth, memory)
  yield downColumns(byRows.smooth, second, memory)
  yield downColumns(byRows.first, first, memory)
}

interface Grid {
  rows: number
  columns: number
}

/**
 * The grid of cells of a picture. What is left over at its end and smaller than half a cell belongs to the last cell.
 */
const gridOf = ({ width, height }: Plane, side: number): Grid => ({
  columns: Math.max(1, Math.round(width / side)),
  rows: Math.max(1, Math.round(height / side)),
})

/** Where the cells of `side` pixels along a picture's side begin, and where the last one ends. */
const bordersOf = (length: number, side: number, cells: number): number[] => [
  ...Array.from({ length: cells }, (_, cell) => cell * side),
  length,
]

/** Mean of each cell of `side` pixels, or of their squares. */
function cellMeans(
  { data, width, height }: Plane,
  side: number,
  { rows, columns }: Grid,
  of: 'values' | 'squares' = 'values',
): Plane {
  const means = new Float32Array(rows * columns)
  const [across, down] = [bordersOf(width, side, columns), bordersOf(height, side, rows)]
  for (let y = 0; y < height; y++) {
    const row = Math.min(rows - 1, Math.floor(y / side)) * columns
    for (let column = 0; column < columns; column++) {
      const end = y * width + across[column + 1]
      let sum = 0
      for (let i = y * width + across[column]; i < end; i++) {
        const value = data[i]
        sum += of === 'squares' ? value * value : value
      }
      means[row + column] += sum
    }
  }
  for (let row = 0; row < rows; row++) {
    const tall = down[row + 1] - down[row]
    for (let column = 0; column < columns; column++) {
      const wide = across[column + 1] - across[column]
      means[row * columns + column] /= tall * wide || 1
    }
  }
  return { data: means, width: columns, height: rows }
}

/** The value at the middle of each cell of `side` pixels. */
function cellMiddles({ data, width, height }: Plane, side: number, { rows, columns }: Grid): Float32Array {
  const out = new Float32Array(rows * columns)
  const half = Math.floor(side / 2)
  for (let row = 0; row < rows; row++) {
    const y = Math.min(height - 1, row * side + half)
    for (let column = 0; column < columns; column++) {
      out[row * columns + column] = data[y * width + Math.min(width - 1, column * side + half)]
    }
  }
  return out
}

/** Where each scale is computed: the two coarser ones on a picture half as wide. */
function octaves(picture: Plane): { plane: Plane; scale: number; side: number }[] {
  const half = cellMeans(picture, 2, gridOf(picture, 2))
  return [
    { plane: picture, scale: 0.7, side: cellSide },
    { plane: picture, scale: 1.4, side: cellSide },
    { plane: half, scale: 1.4, side: cellSide / 2 },
    { plane: half, scale: 2.8, side: cellSide / 2 },
  ]
}

/** log of brightness, the mean over channels. */
function logBrightness({ data, width, height, channels }: Pixels): Plane {
  const out = new Float32Array(width * height)
  for (let i = 0; i < out.length; i++) {
    let sum = 0
    for (let c = 0; c < channels; c++) sum += data[i * channels + c]
    out[i] = Math.log((sum / channels + 1) / 2 + darkest)
  }
  return { data: out, width, height }
}

/** How much the picture deviates from its slow part around each cell: [rows * columns]. */
function contrastOf(picture: Plane, means: Plane): Float32Array {
  const slow = blurred(means, 1.33).data
  const squares = cellMeans(picture, cellSide, gridOf(picture, cellSide), 'squares').data
  const variance = squares.map((value, i) => {
    const level = slow[i]
    return Math.max(0, value - 2 * level * means.data[i] + level * level)
  })
  return blurred({ ...means, data: variance }, 2).data.map((value) => Math.sqrt(value) + leastContrast)
}

function median(values: Float32Array): number {
  return Float32Array.from(values).sort()[Math.floor(values.length / 2)]
}

/** The features of every cell of a picture of logarithms. */
function localTexture(picture: Plane): Cells {
  const grid = gridOf(picture, cellSide)
  const { rows, columns } = grid
  const means = cellMeans(picture, cellSide, grid)
  const contrast = contrastOf(picture, means)
  const data = new Float32Array(rows * columns * textureFeatures)
  const set = (feature: number, values: Float32Array, to: (value: number, cell: number) => number): void => {
    for (let cell = 0; cell < values.length; cell++) {
      data[cell * textureFeatures + feature] = to(values[cell], cell)
    }
  }
  const relative = (value: number, cell: number): number => value / contrast[cell]
  const energy = (value: number, cell: number): number => Math.log(value / contrast[cell] ** 2 + leastEnergy)
  let feature = 0
  for (const { plane, scale, side } of octaves(picture)) {
    for (const response of derivatives(plane, scale)) {
      set(feature, cellMiddles(response, side, grid), relative)
      const squares = cellMeans(response, side, grid, 'squares')
      set(responses + feature, blurred(squares, 0.5).data, energy)
      feature += 1
    }
  }
  const level = median(means.data)
  const coarse = blurred(means, 4).data
  set(2 * responses, blurred(means, 0.67).data, (value) => value - level)
  set(2 * responses + 1, contrast, Math.log)
  set(2 * responses + 2, blurred(means, 1.67).data, (value, cell) => value - coarse[cell])
  return { data, rows, columns }
}

/**
 * The features of every cell of a photograph and of its residual.
 * @param x the photograph as the networks see it, x in [-1, 1]
 * @param y its reconstruction, of the same size; null where there is none
 */
export function texturesOf(x: Pixels, y: Pixels | null): Textures {
  requirePixels(x)
  const photograph = logBrightness(x)
  if (y === null) return { photograph: localTexture(photograph), residual: null }
  requirePixels(y)
  requireLength(y.data, x.data.length, 'Samples of a reconstruction')
  const restored = logBrightness(y).data
  const residual = photograph.data.map((value, i) => value - restored[i])
  return { photograph: localTexture(photograph), residual: localTexture({ ...photograph, data: residual }) }
}
