import { type Random, type RandomState, restoreRandom } from '../../platform/random.ts'
import { countInside, cutTile, type TilePosition } from './geometry.ts'
import type { CachedImage, FeatureImage, TileSource } from './image-cache.ts'
import type { InputMode } from './load-image.ts'

interface Augmentation {
  flips: 'none' | 'horizontal' | 'vertical' | 'both'
  /** Largest shift of a whole image, in pixels. */
  shift: number
}

/** Where the stream of samples stands; a checkpoint holds it. */
export interface SamplerState {
  random: RandomState
  /** Images of this epoch that are still to be drawn; the last one of the list is drawn next. */
  left: number[]
}

/** One sample: the image, the position (as shares of the range that is free) and whether it is mirrored. */
interface Draw {
  index: number
  across: number
  down: number
  mirrored: boolean
  upsideDown: boolean
}

interface PlannedBatch {
  before: SamplerState
  pixels: Promise<Float32Array>
}

/**
 * An endless stream of training batches [batch, size, size, channels]: every image once an epoch, in a new
 * order each time; a random crop of it, or of its features, unless the mode is `whole`. Crops are drawn from a range that reaches half a
 * tile beyond each border and then moved inside, so that borders are seen as often as middles.
 *
 * The next batch is decoded while the present one is used; the order depends on the seed alone.
 */
export class TrainingBatches {
  readonly #source: TileSource
  readonly #size: number
  readonly #channels: number
  readonly #batch: number
  readonly #tiles: boolean
  readonly #augmentation: Augmentation
  #random: Random
  #left: number[]
  #planned: PlannedBatch | null = null
  /**
   * Three buffers: the batch being prepared, the present one, and the previous one, which a caller may still be
   * using.
   */
  readonly #buffers: readonly Float32Array[]
  #cuts = 0

  constructor(options: {
    source: TileSource
    size: number
    channels: number
    batch: number
    input: InputMode['input']
    augmentation: Augmentation
    state: SamplerState
  }) {
    this.#source = options.source
    this.#size = options.size
    this.#channels = options.channels
    this.#batch = options.batch
    this.#tiles = options.input !== 'whole'
    this.#augmentation = options.augmentation
    this.#random = restoreRandom(options.state.random)
    this.#left = [...options.state.left]
    const length = options.batch * options.size * options.size * options.channels
    this.#buffers = Array.from({ length: 3 }, () => new Float32Array(length))
  }

  /** The state from which the batch that `next` gives next can be drawn again. */
  state(): SamplerState {
    return this.#planned ? this.#planned.before : { random: this.#random.state(), left: [...this.#left] }
  }

  /** The next batch; its array is used again in the second call after this one. */
  async next(): Promise<Float32Array> {
    const current = this.#planned ?? this.#plan()
    const pixels = await current.pixels
    this.#planned = this.#plan()
    // If an image of the batch being prepared is refused, that is reported when the batch is asked for.
    this.#planned.pixels.catch(() => {})
    return pixels
  }

  #plan(): PlannedBatch {
    const before = { random: this.#random.state(), left: [...this.#left] }
    const draws = Array.from({ length: this.#batch }, () => this.#draw())
    return { before, pixels: this.#cut(draws) }
  }

  #draw(): Draw {
    if (this.#left.length === 0) {
      this.#left = this.#random.shuffle(this.#source.images.map((_, index) => index))
    }
    const index = this.#left.pop()
    if (index === undefined) throw new RangeError('there are no training images to draw from')
    const { flips } = this.#augmentation
    const across = this.#random.uniform()
    const down = this.#random.uniform()
    const mirrored = this.#random.uniform() < 0.5 && (flips === 'horizontal' || flips === 'both')
    const upsideDown = this.#random.uniform() < 0.5 && (flips === 'vertical' || flips === 'both')
    return { index, across, down, mirrored, upsideDown }
  }

  async #cut(draws: Draw[]): Promise<Float32Array> {
    const side = this.#size
    const length = side * side * this.#channels
    this.#cuts += 1
    const out = this.#buffers[this.#cuts % this.#buffers.length] ?? new Float32Array(draws.length * length)
    for (const [i, draw] of draws.entries()) {
      const picture = await this.#source.load(draw.index, draw)
      const tile = out.subarray(i * length, (i + 1) * length)
      const mirroring = this.#source.mirrorsPictures ? {} : draw
      cutTile(picture, this.#place(picture, draw), side, tile, mirroring)
      this.#source.unpack(tile)
    }
    return out
  }

  #place(picture: CachedImage | FeatureImage, draw: Draw): TilePosition {
    if (!this.#tiles) {
      const span = 2 * this.#augmentation.shift
      return {
        left: Math.round(draw.across * span) - this.#augmentation.shift,
        top: Math.round(draw.down * span) - this.#augmentation.shift,
      }
    }
    const start = {
      left: randomStart(picture.width, this.#size, draw.across),
      top: randomStart(picture.height, this.#size, draw.down),
    }
    return picture.inside === null ? start : onRegion(picture, picture.inside, start, this.#size, draw)
  }
}

/** A tile with a smaller share of pixels that count has too little to learn from. */
const leastInside = 1 / 16

/**
 * The tile as it was drawn, if enough of it counts; otherwise a tile around a pixel that counts. Both use the same
 * random numbers, so the sequence of random numbers does not depend on the region.
 */
function onRegion(
  { width, height }: { width: number; height: number },
  inside: Uint8Array,
  start: TilePosition,
  side: number,
  { across, down }: Pick<Draw, 'across' | 'down'>,
): TilePosition {
  if (countInside(inside, { width, height }, start, side) >= leastInside * side * side) return start
  let total = 0
  for (const value of inside) total += value
  if (total === 0) return start
  let left = Math.min(total - 1, Math.floor(((across + down) % 1) * total))
  const pixel = inside.findIndex((value) => value === 1 && left-- === 0)
  const around = (place: number, length: number): number =>
    Math.max(0, Math.min(length - side, place - Math.floor(side / 2)))
  return { left: around(pixel % width, width), top: around(Math.floor(pixel / width), height) }
}

/** A tile's start along one side; 0 where the picture is not longer than the tile. */
function randomStart(length: number, side: number, share: number): number {
  const margin = Math.floor(side / 2)
  const start = Math.floor(share * (length - side + 1 + 2 * margin)) - margin
  return Math.max(0, Math.min(length - side, start))
}
