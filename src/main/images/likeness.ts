/**
 * Whether two pictures show nearly the same: the same part photographed twice, perhaps a little brighter or noisier.
 *
 * Photographs from a fixed camera are all alike at first sight, so a common perceptual hash calls every one of them a
 * duplicate. Here a picture is described by how it differs from the mean of its kind: on 16 x 16 cells, without what
 * brightness and contrast alone explain, by its differences from cell to cell. Two pictures are compared by the
 * cosine of these.
 */
import { requireLength } from '../platform/array-bounds.ts'
import type { ImageSource } from './byte-source.ts'
import { toModelInput } from './model-input.ts'

/**
 * Two pictures with at least this likeness count as nearly the same. The same part photographed twice reaches 0.99;
 * of 7,000 pairs of different tiles, figures and sample parts, two reached this value.
 */
export const nearlySame = 0.985

const side = 16
const count = side * side

/** Brightness of the cells, 0 to 65535. @throws ImageRefusal as `decodeImage` */
export async function pictureCells(source: ImageSource, white?: number): Promise<Uint16Array> {
  const { data } = await toModelInput(source, {
    channels: 1,
    resize: 'stretch',
    size: side,
    ...(white === undefined ? {} : { white }),
  })
  return Uint16Array.from(data, (value) => Math.round(((value + 1) / 2) * 65_535))
}

/**
 * Gives a function that describes a picture by its difference from the mean of `kind`. The dot product of two
 * descriptions is their cosine.
 */
export function describer(kind: readonly Uint16Array[]): (cells: Uint16Array) => Float32Array {
  const pattern = new Float64Array(count)
  for (const cells of kind) {
    requireLength(cells, count, 'Cells of a picture')
    for (let i = 0; i < count; i++) pattern[i] += cells[i]
  }
  center(pattern)
  const length = Math.sqrt(dot(pattern, pattern))
  if (length > 0) for (let i = 0; i < count; i++) pattern[i] /= length

  return (cells) => {
    requireLength(cells, count, 'Cells of a picture')
    const rest = Float64Array.from(cells)
    center(rest)
    const contrast = dot(rest, pattern)
    for (let i = 0; i < count; i++) rest[i] -= contrast * pattern[i]
    return unit(steps(rest))
  }
}

/** The likeness of two descriptions: 1 for the same picture, about 0 for two that share only their kind. */
export function likeness(a: Float32Array, b: Float32Array): number {
  requireLength(b, a.length, 'The description of the other picture')
  return dot(a, b)
}

function center(values: Float64Array): void {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  for (let i = 0; i < values.length; i++) values[i] -= mean
}

/** Differences from each cell to the one on its right, then to the one below it. */
function steps(cells: Float64Array): Float32Array {
  const result = new Float32Array(2 * count)
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const i = y * side + x
      const here = cells[i]
      if (x + 1 < side) result[i] = cells[i + 1] - here
      if (y + 1 < side) result[count + i] = cells[i + side] - here
    }
  }
  return result
}

function unit(values: Float32Array): Float32Array {
  const length = Math.sqrt(dot(values, values))
  return length > 0 ? values.map((value) => value / length) : values
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i]
  return sum
}
