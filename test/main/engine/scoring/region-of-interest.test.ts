import { copyFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { countInside } from '../../../../src/main/engine/data/geometry.ts'
import { ImageCache } from '../../../../src/main/engine/data/image-cache.ts'
import { unpack } from '../../../../src/main/engine/data/packed-samples.ts'
import { TrainingBatches } from '../../../../src/main/engine/data/training-batches.ts'
import type { EngineImage, ScoredImage } from '../../../../src/main/engine/protocol.ts'
import { countingInside } from '../../../../src/main/engine/scoring/counting-inside.ts'
import type { TileScorer } from '../../../../src/main/engine/scoring/tile-scorer.ts'
import { readAnomalyMap } from '../../../../src/main/images/anomaly-map.ts'
import { drawn } from '../../../../src/main/images/region-of-interest.ts'
import { readModel } from '../../../../src/main/model/model-file.ts'
import { createRandom } from '../../../../src/main/platform/random.ts'
import type { RegionOfInterest } from '../../../../src/shared/region-of-interest.ts'
import { temporaryFolder } from '../../store/temporary-folder.ts'
import { describeCompiled } from '../graph/native.ts'
import { score, train, trainingOf, writeParts } from '../parts.ts'

/** The left half. */
const half: RegionOfInterest = { kind: 'drawn', polygons: [[0, 0, 0.5, 0, 0.5, 1, 0, 1]] }

describe('a scorer of which only some pixels count', () => {
  const [size, batch] = [8, 2]
  const values = size * size
  const random = createRandom(5)
  const tiles = Float32Array.from({ length: batch * values }, () => random.uniform())
  const restored = Float32Array.from({ length: batch * values }, () => random.uniform())
  const map = tiles.map((x, i) => Math.abs(x - (restored[i] ?? 0)))
  const plain: TileScorer = {
    size,
    channels: 1,
    batch,
    componentNames: ['residual', 'feature', 'absolute', 'peak'],
    score: () => ({
      components: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8),
      pictures: { map: Float32Array.from(map), reconstruction: Float32Array.from(restored) },
    }),
    discriminate: () => new Float32Array(batch),
    dispose: () => undefined,
  }
  // All of the first tile, the left half of the second.
  const inside = Uint8Array.from({ length: batch * values }, (_, i) => (i < values || i % size < 4 ? 1 : 0))
  const { components, pictures } = countingInside(plain).score(tiles, inside)

  it('leaves a tile that counts wholly as the graph has it', () => {
    expect([...components.subarray(0, 4)]).toEqual([1, 2, 3, 4])
    expect(pictures?.map.subarray(0, values)).toEqual(map.subarray(0, values))
  })

  it('means, adds up and looks for the peak over what counts, and leaves features as they are', () => {
    let [squares, absolute] = [0, 0]
    for (let i = values; i < 2 * values; i++) {
      if (i % size >= 4) continue
      squares += ((tiles[i] ?? 0) - (restored[i] ?? 0)) ** 2
      absolute += Math.abs((tiles[i] ?? 0) - (restored[i] ?? 0))
    }
    let peak = 0
    for (let top = 0; top + 5 <= size; top++) {
      for (let left = 0; left + 5 <= size; left++) {
        let sum = 0
        for (let y = top; y < top + 5; y++) {
          for (let x = left; x < Math.min(4, left + 5); x++) sum += map[values + y * size + x] ?? 0
        }
        peak = Math.max(peak, sum / 25)
      }
    }
    const [residual, feature, sum, largest] = components.subarray(4)
    expect(residual).toBeCloseTo(squares / 32, 6)
    expect(feature).toBe(6)
    expect(sum).toBeCloseTo(absolute, 5)
    expect(largest).toBeCloseTo(peak, 6)
  })

  it('draws nothing where nothing counts', () => {
    const outside = [...(pictures?.map ?? [])].filter((_, i) => inside[i] === 0)
    expect(new Set(outside)).toEqual(new Set([0]))
  })
})

describe('training tiles', () => {
  it('meet the region, and the same seed draws the same ones', async () => {
    const images = await writeParts(join(temporaryFolder(), 'parts'), 3, { width: 160, height: 120 })
    const corner: RegionOfInterest = { kind: 'drawn', polygons: [[0.8, 0.75, 1, 0.75, 1, 1, 0.8, 1]] }
    const mode = {
      input: 'tiles',
      size: 32,
      channels: 1,
      scale: 1,
      resizing: 'exact',
      normalization: 'none',
    } as const
    const draw = async (regionOfInterest: RegionOfInterest): Promise<Float32Array> => {
      const batches = new TrainingBatches({
        source: new ImageCache(images, { ...mode, regionOfInterest }, 2 ** 20),
        size: 32,
        channels: 1,
        batch: 24,
        input: 'tiles',
        augmentation: { flips: 'none', shift: 0 },
        state: { random: createRandom(1).state(), left: [] },
      })
      return batches.next()
    }
    const tiles = await draw(corner)
    expect(await draw(corner)).toEqual(tiles)
    // What does not count is x = 0 to the precision of 16 bits; a photograph of these parts is not.
    const ground = Float32Array.of(32_768)
    unpack(ground)
    for (let tile = 0; tile < 24; tile++) {
      const own = tiles.subarray(tile * 1024, (tile + 1) * 1024)
      const counted = own.filter((x) => x !== ground[0]).length
      expect(counted).toBeGreaterThanOrEqual(1024 / 16)
      // The whole corner is 32 x 30 pixels, and nothing else is seen.
      expect(counted).toBeLessThanOrEqual(32 * 30)
    }
  })

  it('are counted by the pixels of the region in them', () => {
    const { data } = drawn([[0, 0, 0.5, 0, 0.5, 1, 0, 1]], 40, 20)
    const size = { width: 40, height: 20 }
    expect(countInside(data, size, { left: 0, top: 0 }, 10)).toBe(100)
    expect(countInside(data, size, { left: 15, top: 0 }, 10)).toBe(50)
    expect(countInside(data, size, { left: 20, top: 5 }, 10)).toBe(0)
    expect(countInside(data, size, { left: -5, top: 15 }, 10)).toBe(25)
  })
})

/** The photograph with a bright square at a place. */
async function withSquare(image: EngineImage, left: number, top: number, id: number): Promise<EngineImage> {
  const file = image.file.replace('.png', `-${id}.png`)
  copyFileSync(image.file, file)
  const square = await sharp({
    create: { width: 8, height: 8, channels: 3, background: { r: 255, g: 255, b: 255 } },
  })
    .png()
    .toBuffer()
  await sharp(image.file)
    .composite([{ input: square, left, top }])
    .toColourspace('b-w')
    .png()
    .toFile(file)
  return { ...image, id, file }
}

describeCompiled('a run that was trained with a region', () => {
  it.each([
    ['whole photographs', { input: 'whole', score: 'peak' }],
    ['tiles with texture', { input: 'tiles', texture: true, score: 'texture', map: 'texture' }],
    ['tiles with an expected residual', { input: 'tiles', relative: true, normalization: 'local' }],
  ] as const)(
    'scores %s with a defect outside as without it, bit for bit, and draws nothing there',
    async (_, set) => {
      const images = await writeParts(join(temporaryFolder(), 'parts'), 14, { width: 96, height: 64 })
      const task = trainingOf({
        folder: join(temporaryFolder(), 'run'),
        train: images.slice(0, 8),
        validation: images.slice(8, 12),
        set,
      })
      await train({ ...task, regionOfInterest: half })
      expect((await readModel(task.folder)).description.regionOfInterest).toEqual(half)
      const [good] = images.slice(12)
      if (!good) throw new TypeError('no part to score')
      const pictures = [good, await withSquare(good, 70, 30, 101), await withSquare(good, 20, 30, 102)]
      const [plain, outside, within] = (await score(task.folder, pictures)).rows
      expect(outside?.components).toEqual(plain?.components)
      expect(outside?.score).toBe(plain?.score)
      expect(within?.components).not.toEqual(plain?.components)

      const read = (row: ScoredImage | undefined) => readFileSync(join(task.folder, row?.map?.file ?? ''))
      expect(read(outside)).toEqual(read(plain))
      const { values, width } = await readAnomalyMap(read(plain))
      expect(values.some((value, i) => i % width < 48 && value > 0)).toBe(true)
      expect(values.every((value, i) => i % width < 48 || value === 0)).toBe(true)
    },
  )
})
