/** The photographs of a training as its stages ask for them: random batches, validation tiles, and the first ones. */
import { createRandom } from '../../platform/random.ts'
import { cutTile } from '../data/geometry.ts'
import { ImageCache, type OnUnreadable } from '../data/image-cache.ts'
import { unpack } from '../data/packed-samples.ts'
import { type SamplerState, TrainingBatches } from '../data/training-batches.ts'
import type { TrainTask } from '../protocol.ts'
import type { TrainingConfig } from './config.ts'
import { cutValidationTiles, type ValidationTiles, validationLimit } from './validation-tiles.ts'

/** Decoded training images kept in memory, in bytes. */
const cacheLimit = 512 * 2 ** 20

export class TrainingImages {
  readonly training: ImageCache
  /** How photographs are read: the configuration, and which part of each photograph counts. */
  readonly mode: TrainingConfig
  readonly #seed: number
  readonly #validation: ImageCache
  #validationTiles: Promise<ValidationTiles> | null = null

  constructor(
    { train, validation, seed, regionOfInterest }: TrainTask,
    config: TrainingConfig,
    onUnreadable: OnUnreadable,
  ) {
    this.mode = { ...config, regionOfInterest }
    this.training = new ImageCache(train, this.mode, cacheLimit, onUnreadable)
    this.#seed = seed
    const chosen = validation.slice(0, validationLimit)
    this.#validation = new ImageCache(chosen, this.mode, cacheLimit / 4, onUnreadable)
  }

  /** Training batches from a position in the stream on. */
  batches(state: SamplerState): TrainingBatches {
    const { size, channels, batch, input, flips, shift } = this.mode
    return new TrainingBatches({
      cache: this.training,
      size,
      channels,
      batch,
      input,
      augmentation: { flips, shift },
      state,
    })
  }

  /** Training batches for one purpose: the same ones each time. */
  batchesFor(purpose: string): TrainingBatches {
    return this.batches({ random: createRandom(this.#seed, purpose).state(), left: [] })
  }

  /** Tiles of the normal validation images, cut once. */
  validation(): Promise<ValidationTiles> {
    this.#validationTiles ??= cutValidationTiles(this.#validation, this.mode, this.#seed)
    return this.#validationTiles
  }

  /** The upper left tile (or the whole) of each of the first training images: [count, size, size, channels]. */
  async firstTiles(count: number): Promise<Float32Array> {
    const { size, channels } = this.mode
    const one = size * size * channels
    const tiles = new Float32Array(count * one)
    for (let i = 0; i < count; i++) {
      const picture = await this.training.load(i % this.training.images.length)
      const tile = tiles.subarray(i * one, (i + 1) * one)
      cutTile(picture, { left: 0, top: 0 }, size, tile)
      unpack(tile)
    }
    return tiles
  }
}
