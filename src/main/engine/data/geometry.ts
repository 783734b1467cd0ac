/** Where tiles lie on a photograph, and how their results become one picture again. */

/** Pixels of one picture, row-major [height, width, channels]. */
export interface Pixels<Samples extends Float32Array | Uint16Array = Float32Array> {
  data: Samples
  width: number
  height: number
  channels: number
}

export interface TilePosition {
  left: number
  top: number
}

/** Starts of tiles of `side` that cover `length`, evenly spread, overlapping at least by `overlap` * side. */
export function tileStarts(length: number, side: number, overlap: number): number[] {
  if (length <= side) return [0]
  const step = Math.max(1, side * (1 - overlap))
  const count = Math.ceil((length - side) / step) + 1
  return Array.from({ length: count }, (_, i) => Math.round((i * (length - side)) / (count - 1)))
}

/** Positions of all tiles of a picture, row by row. The outer tiles end flush with its borders. */
export function tileGrid(width: number, height: number, side: number, overlap: number): TilePosition[] {
  const lefts = tileStarts(width, side, overlap)
  return tileStarts(height, side, overlap).flatMap((top) => lefts.map((left) => ({ left, top })))
}

/** Copies one tile of `side` pixels; what lies beyond the picture repeats its border pixels. */
export function cutTile(
  picture: Pixels<Float32Array | Uint16Array>,
  { left, top }: TilePosition,
  side: number,
  out: Float32Array,
): void {
  const { data, width, height, channels } = picture
  const inside = left >= 0 && top >= 0 && left + side <= width && top + side <= height
  for (let y = 0; y < side; y++) {
    const row = Math.min(height - 1, Math.max(0, top + y)) * width
    const target = y * side * channels
    if (inside) {
      const from = (row + left) * channels
      // No views of rows: there would be one for each row of each tile.
      for (let i = 0; i < side * channels; i++) out[target + i] = data[from + i] ?? 0
      continue
    }
    for (let x = 0; x < side; x++) {
      const from = (row + Math.min(width - 1, Math.max(0, left + x))) * channels
      for (let c = 0; c < channels; c++) out[target + x * channels + c] = data[from + c] ?? 0
    }
  }
}

/** Weight of a tile's row or column in the blend: falls linearly toward its edges and never to zero. */
function ramp(side: number): Float32Array {
  return Float32Array.from({ length: side }, (_, i) => Math.min(i + 1, side - i) / (side / 2))
}

/** Adds up overlapping tiles, each weighted toward its middle, so that no seams show. */
export class TileBlend {
  readonly width: number
  readonly height: number
  readonly channels: number
  readonly #side: number
  readonly #ramp: Float32Array
  readonly #sum: Float32Array
  readonly #weight: Float32Array

  constructor(width: number, height: number, channels: number, side: number) {
    this.width = width
    this.height = height
    this.channels = channels
    this.#side = side
    this.#ramp = ramp(side)
    this.#sum = new Float32Array(width * height * channels)
    this.#weight = new Float32Array(width * height)
  }

  /** Adds a tile [side, side, channels]; what lies beyond the picture is left out. */
  add(tile: Float32Array, { left, top }: TilePosition): void {
    const side = this.#side
    const channels = this.channels
    for (let y = 0; y < side && top + y < this.height; y++) {
      const rowWeight = this.#ramp[y] ?? 0
      for (let x = 0; x < side && left + x < this.width; x++) {
        const weight = rowWeight * (this.#ramp[x] ?? 0)
        const at = (top + y) * this.width + left + x
        this.#weight[at] = (this.#weight[at] ?? 0) + weight
        for (let c = 0; c < channels; c++) {
          const value = tile[(y * side + x) * channels + c] ?? 0
          this.#sum[at * channels + c] = (this.#sum[at * channels + c] ?? 0) + weight * value
        }
      }
    }
  }

  /** The blended picture. */
  finish(): Pixels {
    const { width, height, channels } = this
    const data = new Float32Array(this.#sum.length)
    for (let at = 0; at < width * height; at++) {
      const weight = this.#weight[at] ?? 0
      for (let c = 0; c < channels; c++) {
        data[at * channels + c] = weight > 0 ? (this.#sum[at * channels + c] ?? 0) / weight : 0
      }
    }
    return { data, width, height, channels }
  }
}

/** Bilinear resampling with pixel centers aligned; the picture itself when nothing changes. */
export function resample(picture: Pixels, width: number, height: number): Pixels {
  if (picture.width === width && picture.height === height) return picture
  const { channels } = picture
  const data = new Float32Array(width * height * channels)
  const columns = axis(picture.width, width)
  const rows = axis(picture.height, height)
  for (let y = 0; y < height; y++) {
    const row = rows[y]
    if (!row) continue
    for (let x = 0; x < width; x++) {
      const column = columns[x]
      if (!column) continue
      for (let c = 0; c < channels; c++) {
        const read = (r: number, col: number) => picture.data[(r * picture.width + col) * channels + c] ?? 0
        const upper =
          read(row.low, column.low) * (1 - column.share) + read(row.low, column.high) * column.share
        const lower =
          read(row.high, column.low) * (1 - column.share) + read(row.high, column.high) * column.share
        data[(y * width + x) * channels + c] = upper * (1 - row.share) + lower * row.share
      }
    }
  }
  return { data, width, height, channels }
}

/** For each target pixel the two source pixels between which it lies. */
function axis(from: number, to: number): { low: number; high: number; share: number }[] {
  return Array.from({ length: to }, (_, i) => {
    const place = Math.min(from - 1, Math.max(0, ((i + 0.5) * from) / to - 0.5))
    const low = Math.floor(place)
    return { low, high: Math.min(from - 1, low + 1), share: place - low }
  })
}
