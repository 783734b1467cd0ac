import type { InputShape } from '../../model/input-shape.ts'
import { createRandom } from '../../platform/random.ts'
import type { TileSource } from '../data/image-cache.ts'
import { TrainingBatches } from '../data/training-batches.ts'
import type { TrainingConfig } from './config.ts'

/** Tiles of the normal validation images in full batches: [count, size, size, channels]. */
export interface ValidationTiles {
  tiles: Float32Array
  count: number
}

/** How many validation images are used to choose weights, at most, and how many tiles of them, at most. */
export const validationLimit = 512

/** Some random tiles (or the whole) of each validation image, the same for a seed; none where there is none. */
export async function cutValidationTiles(
  images: TileSource,
  { batch, input }: Pick<TrainingConfig, 'batch' | 'input'>,
  { size, channels }: InputShape,
  seed: number,
): Promise<ValidationTiles> {
  const count = images.images.length
  if (count === 0) return { tiles: new Float32Array(), count: 0 }
  const draws = new TrainingBatches({
    source: images,
    size,
    channels,
    batch,
    input,
    augmentation: { flips: 'none', shift: 0 },
    state: { random: createRandom(seed, 'validation').state(), left: [] },
  })
  const batches = Math.max(
    1,
    Math.ceil((input !== 'whole' ? Math.min(4 * count, validationLimit) : count) / batch),
  )
  const length = batch * size * size * channels
  const tiles = new Float32Array(batches * length)
  for (let i = 0; i < batches; i++) tiles.set(await draws.next(), i * length)
  return { tiles, count: batches * batch }
}
