/** The photographs of a training as its stages ask for them: random batches, validation tiles, and the first ones. */

import { ImageRefusal } from '../../images/refusal.ts'
import { type InputShape, inputShape } from '../../model/input-shape.ts'
import { readModel } from '../../model/model-file.ts'
import { readTensors } from '../../model/safetensors.ts'
import { createRandom } from '../../platform/random.ts'
import { cutTile } from '../data/geometry.ts'
import { type FeatureImage, ImageCache, type OnUnreadable, type TileSource } from '../data/image-cache.ts'
import { loadImage } from '../data/load-image.ts'
import { type SamplerState, TrainingBatches } from '../data/training-batches.ts'
import { FeatureCache } from '../learned/feature-cache.ts'
import { type LearnedSight, learnSight, sightOfModel } from '../learned/feature-sight.ts'
import type { TrainTask } from '../protocol.ts'
import { viewed } from '../scoring/feature-image.ts'
import type { TrainingConfig } from './config.ts'
import { cutValidationTiles, type ValidationTiles, validationLimit } from './validation-tiles.ts'

/** Decoded training images, or their features, kept in memory, in bytes. */
const cacheLimit = 512 * 2 ** 20

/** What the networks see where that is not the photograph, and the features that were computed to learn it. */
interface Seeing {
  sight: LearnedSight
  known: ReadonlyMap<number, FeatureImage>
}

export class TrainingImages {
  readonly training: TileSource
  /** How photographs are read: the configuration, and which part of each photograph counts. */
  readonly mode: TrainingConfig
  /** x is [N, size, size, channels]. */
  readonly shape: InputShape
  /** What tiles are cut from, where that is features; null where it is the photograph. */
  readonly sight: LearnedSight | null
  readonly #seed: number
  readonly #validation: TileSource
  #validationTiles: Promise<ValidationTiles> | null = null

  private constructor(
    { train, validation, seed }: Pick<TrainTask, 'train' | 'validation' | 'seed'>,
    mode: TrainingConfig,
    seeing: Seeing | null,
    onUnreadable: OnUnreadable,
  ) {
    this.mode = mode
    this.shape = inputShape(mode)
    this.sight = seeing?.sight ?? null
    this.#seed = seed
    const chosen = validation.slice(0, validationLimit)
    if (seeing === null) {
      this.training = new ImageCache(train, mode, cacheLimit, onUnreadable)
      this.#validation = new ImageCache(chosen, mode, cacheLimit / 4, onUnreadable)
    } else {
      this.training = new FeatureCache(train, mode, { ...seeing, limit: cacheLimit, onUnreadable })
      this.#validation = new FeatureCache(chosen, mode, {
        sight: seeing.sight,
        limit: cacheLimit / 4,
        onUnreadable,
      })
    }
  }

  /** @param proceed reports how many photographs were looked at for their features; throws where that is to stop */
  static async open(
    task: TrainTask,
    config: TrainingConfig,
    onUnreadable: OnUnreadable,
    proceed: (done: number, total: number) => Promise<void>,
  ): Promise<TrainingImages> {
    const mode: TrainingConfig = { ...config, regionOfInterest: task.regionOfInterest }
    return new TrainingImages(task, mode, await seeingOf(task, mode, onUnreadable, proceed), onUnreadable)
  }

  /** Training batches from a position in the stream on. */
  batches(state: SamplerState): TrainingBatches {
    const { batch, input, flips, shift } = this.mode
    const { size, channels } = this.shape
    return new TrainingBatches({
      source: this.training,
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
    this.#validationTiles ??= cutValidationTiles(this.#validation, this.mode, this.shape, this.#seed)
    return this.#validationTiles
  }

  /** The upper left tile (or the whole) of each of the first training images: [count, size, size, channels]. */
  async firstTiles(count: number): Promise<Float32Array> {
    const { size, channels } = this.shape
    const one = size * size * channels
    const tiles = new Float32Array(count * one)
    for (let i = 0; i < count; i++) {
      const picture = await this.training.load(i % this.training.images.length)
      const tile = tiles.subarray(i * one, (i + 1) * one)
      cutTile(picture, { left: 0, top: 0 }, size, tile)
      this.training.unpack(tile)
    }
    return tiles
  }

  dispose(): void {
    this.sight?.dispose()
  }
}

/**
 * Learns how features are standardized. Weights that were trained before know features as those were, so a training
 * that begins with them takes theirs.
 */
async function seeingOf(
  { backbone, train, seed, warmFrom }: TrainTask,
  mode: TrainingConfig,
  onUnreadable: OnUnreadable,
  proceed: (done: number, total: number) => Promise<void>,
): Promise<Seeing | null> {
  if (mode.input !== 'features') return null
  if (warmFrom) {
    const sight = sightOfModel((await readModel(warmFrom)).tensors, mode)
    if (sight !== null) return { sight, known: new Map() }
  }
  if (!backbone) throw new TypeError('features need a backbone')
  return learnSight({
    config: mode,
    backbone: (await readTensors(backbone.file)).tensors,
    photographs: train.length,
    seed,
    limit: cacheLimit,
    async view(index) {
      const image = train[index]
      if (image === undefined) throw new RangeError(`no image ${index} among ${train.length}`)
      try {
        return viewed(await loadImage(image, mode))
      } catch (error) {
        if (!(error instanceof ImageRefusal)) throw error
        onUnreadable(image, error)
        return null
      }
    },
    proceed,
  })
}
