import { join } from 'node:path'
import { expect, it } from 'vitest'
import { ImageCache } from '../../../../src/main/engine/data/image-cache.ts'
import { TrainingBatches } from '../../../../src/main/engine/data/training-batches.ts'
import { createRandom } from '../../../../src/main/platform/random.ts'
import { temporaryFolder } from '../../store/temporary-folder.ts'
import { writeParts } from '../parts.ts'

const mode = {
  input: 'tiles',
  size: 32,
  channels: 1,
  scale: 1,
  resizing: 'exact',
  normalization: 'none',
} as const

async function someBatches(): Promise<TrainingBatches> {
  const images = await writeParts(join(temporaryFolder(), 'parts'), 3, { width: 80, height: 60 })
  return new TrainingBatches({
    source: new ImageCache(images, mode, 2 ** 20),
    size: mode.size,
    channels: mode.channels,
    batch: 4,
    input: mode.input,
    augmentation: { flips: 'both', shift: 0 },
    state: { random: createRandom(1).state(), left: [] },
  })
}

it('leaves a batch as it is while the next one is asked for and the one after it is cut', async () => {
  const batches = await someBatches()
  const first = await batches.next()
  const copy = Float32Array.from(first)
  const second = await batches.next()
  // What is planned now must not be cut into what was given before.
  await new Promise(setImmediate)
  expect(first).toEqual(copy)
  expect(second).not.toEqual(copy)
})

it('takes no new memory for each batch', async () => {
  const batches = await someBatches()
  const given = new Set<ArrayBufferLike>()
  for (let i = 0; i < 12; i++) given.add((await batches.next()).buffer)
  expect(given.size).toBe(3)
})
