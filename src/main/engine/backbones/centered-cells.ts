/** Where the cells of a picture lie. */
import { requireLength } from '../../platform/array-bounds.ts'
import type { Pixels } from '../data/geometry.ts'

/** How many cells have their middle inside a picture; at least one. */
export const cellsAlong = (side: number, stride: number): number =>
  Math.max(1, Math.floor((side - stride / 2) / stride) + 1)

/** How a picture is padded for a network, and where its cells then begin. */
export interface Centering {
  /** Pixels from cell to cell. */
  readonly stride: number
  /** The sides of the padded picture are whole multiples of this. */
  readonly multiple: number
  /**
   * How many rows and columns of cells lie before the picture. One, where the network pads both sides alike: the
   * features of a cell then come from a place half a cell before its middle, not behind it.
   */
  readonly skipped: number
}

/** That of a network which pads as TensorFlow does. */
export const centeringOf = (stride: number): Centering => ({ stride, multiple: stride, skipped: 0 })

/** Pixels that are repeated at the left and above. */
export const paddingBefore = (stride: number): number => Math.floor(stride / 2)

/**
 * The picture with its edge pixels repeated around it, so that the middle of each cell lies where its features come
 * from. With an even number of pixels, TensorFlow pads only to the right and below, and after four halvings the
 * features of a cell come from a place that is half a cell further to the right and below than its middle.
 */
export function centered(
  { data, width, height, channels }: Pixels,
  { stride, multiple, skipped }: Centering,
): Pixels {
  requireLength(data, width * height * channels, 'Samples of a picture')
  const before = paddingBefore(stride)
  const side = (length: number) => {
    const cells = Math.ceil((length + before) / stride) + skipped
    return Math.ceil((cells * stride) / multiple) * multiple
  }
  const [wide, high] = [side(width), side(height)]
  const out = new Float32Array(wide * high * channels)
  const within = (at: number, length: number) => Math.min(length - 1, Math.max(0, at - before))
  for (let y = 0; y < high; y++) {
    const row = within(y, height) * width
    for (let x = 0; x < wide; x++) {
      const from = (row + within(x, width)) * channels
      const to = (y * wide + x) * channels
      for (let channel = 0; channel < channels; channel++) out[to + channel] = data[from + channel]
    }
  }
  return { data: out, width: wide, height: high, channels }
}
