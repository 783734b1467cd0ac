/** Where tiles lie on a photograph, and how their results become one picture again. */
import { requireLength } from '../../platform/array-bounds.ts'

/** Pixels of one picture, row-major [height, width, channels]. */
export interface Pixels<Samples extends Float32Array | Uint16Array = Float32Array> {
  data: Samples
  width: number
  height: number
  channels: number
}

/** @throws RangeError unless a picture has as many samples as its sides and channels say */
export function requirePixels({ data, width, height, channels }: Pixels<Float32Array | Uint16Array>): void {
  requireLength(data, width * height * channels, `Samples of a picture of ${width} x ${height} x ${channels}`)
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

/** How many pixels of a tile count; `inside` has the size of the picture. */
export function countInside(
  inside: Uint8Array,
  { width, height }: { width: number; height: number },
  { left, top }: TilePosition,
  side: number,
): number {
  requireLength(inside, width * height, 'Pixels that may count')
  let count = 0
  const right = Math.min(width, left + side)
  for (let y = Math.max(0, top); y < Math.min(height, top + side); y++) {
    for (let i = y * width + Math.max(0, left); i < y * width + right; i++) count += inside[i]
  }
  return count
}

/** The part of `inside` that belongs to one tile. Beyond the picture, the values at its border are repeated. */
export function cutInside(
  inside: Uint8Array,
  { width, height }: { width: number; height: number },
  { left, top }: TilePosition,
  side: number,
  out: Uint8Array,
): void {
  requireLength(inside, width * height, 'Pixels that may count')
  requireLength(out, side * side, 'Pixels of a tile')
  for (let y = 0; y < side; y++) {
    const row = Math.min(height - 1, Math.max(0, top + y)) * width
    for (let x = 0; x < side; x++) {
      out[y * side + x] = inside[row + Math.min(width - 1, Math.max(0, left + x))]
    }
  }
}

interface Mirroring {
  mirrored?: boolean
  upsideDown?: boolean
}

/** Copies one tile of `side` pixels, mirrored or not; what lies beyond the picture repeats its border pixels. */
export function cutTile(
  picture: Pixels<Float32Array | Uint16Array>,
  { left, top }: TilePosition,
  side: number,
  out: Float32Array,
  { mirrored, upsideDown }: Mirroring = {},
): void {
  const { data, width, height, channels } = picture
  requirePixels(picture)
  requireLength(out, side * side * channels, 'Samples of a tile')
  const inside = left >= 0 && top >= 0 && left + side <= width && top + side <= height
  for (let y = 0; y < side; y++) {
    const row = Math.min(height - 1, Math.max(0, top + (upsideDown ? side - 1 - y : y))) * width
    const target = y * side * channels
    if (inside && !mirrored) {
      const from = (row + left) * channels
      // A loop, since `subarray` would make an object for each row of each tile.
      for (let i = 0; i < side * channels; i++) out[target + i] = data[from + i]
      continue
    }
    for (let x = 0; x < side; x++) {
      const column = Math.min(width - 1, Math.max(0, left + (mirrored ? side - 1 - x : x)))
      const from = (row + column) * channels
      for (let c = 0; c < channels; c++) out[target + x * channels + c] = data[from + c]
    }
  }
}

/**
 * Weight of each pixel of a tile in the blend. It falls linearly toward the edges of the tile but never reaches zero.
 */
function pyramid(side: number): Float32Array {
  const ramp = (i: number): number => Math.min(i + 1, side - i) / (side / 2)
  return Float32Array.from({ length: side * side }, (_, at) => ramp(Math.floor(at / side)) * ramp(at % side))
}

/** Adds up overlapping tiles, each weighted toward its middle, so that no seams show. */
export class TileBlend {
  readonly width: number
  readonly height: number
  readonly channels: number
  readonly #side: number
  readonly #shares: Float32Array
  readonly #sum: Float32Array
  readonly #weights: Float32Array
  readonly #weighs: boolean

  /** @param beside another blend of the same size that gets tiles of the same places: it sums the weights for both */
  constructor(
    width: number,
    height: number,
    channels: number,
    side: number,
    beside: TileBlend | null = null,
  ) {
    this.width = width
    this.height = height
    this.channels = channels
    this.#side = side
    this.#shares = beside ? beside.#shares : pyramid(side)
    this.#sum = new Float32Array(width * height * channels)
    this.#weights = beside ? beside.#weights : new Float32Array(width * height)
    this.#weighs = beside === null
  }

  /** Adds a tile [side, side, channels]; what lies beyond the picture is left out. */
  add(tile: Float32Array, { left, top }: TilePosition): void {
    const side = this.#side
    requireLength(tile, side * side * this.channels, 'Samples of a tile')
    const across = Math.min(side, this.width - left)
    const down = Math.min(side, this.height - top)
    for (let y = 0; y < down; y++) {
      const row = (top + y) * this.width + left
      if (this.#weighs) addShares(this.#weights, row, this.#shares, y * side, across)
      addShared(this.#sum, row, this.#shares, y * side, across, tile, this.channels)
    }
  }

  /** The blended picture. It is computed in place, so nothing can be added to the blend afterwards. */
  finish(): Pixels {
    const { width, height, channels } = this
    const data = this.#sum
    const weights = this.#weights
    // A pixel that no tile covers has the sum 0 and is divided by 1, so it stays 0.
    if (channels === 1) for (let at = 0; at < data.length; at++) data[at] /= weights[at] || 1
    else {
      for (let i = 0, at = 0; i < weights.length; i++) {
        const weight = weights[i] || 1
        for (const end = at + channels; at < end; at++) data[at] /= weight
      }
    }
    return { data, width, height, channels }
  }
}

function addShares(sum: Float32Array, at: number, shares: Float32Array, from: number, count: number): void {
  for (const end = from + count; from < end; from++, at++) sum[at] += shares[from]
}

/** Adds share * value to the sums of one row of pixels. Blending spends nearly all of its time here. */
function addShared(
  sum: Float32Array,
  pixel: number,
  shares: Float32Array,
  from: number,
  count: number,
  tile: Float32Array,
  channels: number,
): void {
  let at = pixel * channels
  const end = from + count
  if (channels === 1) {
    for (; from < end; from++, at++) sum[at] += shares[from] * tile[from]
    return
  }
  let value = from * channels
  for (; from < end; from++) {
    const share = shares[from]
    for (const next = at + channels; at < next; at++, value++) {
      sum[at] += share * tile[value]
    }
  }
}

/** The picture with three channels: a gray one with its values three times. */
export function inThreeChannels(picture: Pixels): Pixels {
  if (picture.channels === 3) return picture
  requirePixels(picture)
  const { data: gray } = picture
  const data = new Float32Array(gray.length * 3)
  // A plain loop: an iterator would make an object for each pixel of each photograph.
  for (let i = 0, to = 0; i < gray.length; i++, to += 3) {
    data[to] = gray[i]
    data[to + 1] = gray[i]
    data[to + 2] = gray[i]
  }
  return { ...picture, data, channels: 3 }
}

/** The sum of pictures of one size. @throws TypeError where there are none */
export function sumOfPictures([first, ...others]: readonly Pixels[]): Pixels {
  if (first === undefined) throw new TypeError('a sum of no pictures')
  if (others.length === 0) return first
  const data = Float32Array.from(first.data)
  for (const { data: added } of others) {
    requireLength(added, data.length, 'Samples of a picture')
    for (let i = 0; i < data.length; i++) data[i] += added[i]
  }
  return { ...first, data }
}

/** Bilinear resampling with pixel centers aligned; the picture itself when nothing changes. */
export function resample(picture: Pixels, width: number, height: number): Pixels {
  requirePixels(picture)
  if (picture.width === width && picture.height === height) return picture
  const { channels, data: source } = picture
  const data = new Float32Array(width * height * channels)
  const columns = axis(picture.width, width)
  const rows = axis(picture.height, height)
  for (let y = 0; y < height; y++) {
    const upper = rows.low[y] * picture.width * channels
    const lower = rows.high[y] * picture.width * channels
    const down = rows.share[y]
    for (let x = 0; x < width; x++) {
      const left = columns.low[x] * channels
      const right = columns.high[x] * channels
      const across = columns.share[x]
      for (let c = 0; c < channels; c++) {
        const above = source[upper + left + c] * (1 - across) + source[upper + right + c] * across
        const below = source[lower + left + c] * (1 - across) + source[lower + right + c] * across
        data[(y * width + x) * channels + c] = above * (1 - down) + below * down
      }
    }
  }
  return { data, width, height, channels }
}

/** For each target pixel the two source pixels between which it lies, and how near it is to the second. */
function axis(from: number, to: number): { low: Int32Array; high: Int32Array; share: Float64Array } {
  const [low, high, share] = [new Int32Array(to), new Int32Array(to), new Float64Array(to)]
  for (let i = 0; i < to; i++) {
    const place = Math.min(from - 1, Math.max(0, ((i + 0.5) * from) / to - 0.5))
    const floor = Math.floor(place)
    low[i] = floor
    high[i] = Math.min(from - 1, floor + 1)
    share[i] = place - floor
  }
  return { low, high, share }
}
