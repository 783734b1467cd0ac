/** What lies at the border of a photograph is found as well as what lies in its middle. */

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { expect, it } from 'vitest'
import type { EngineImage } from '../../../../src/main/engine/protocol.ts'
import { auroc } from '../../../../src/main/metrics/auroc.ts'
import { resolveConfig } from '../../../../src/main/model/catalog.ts'
import { imageScore, type ScoreKind } from '../../../../src/main/model/scores.ts'
import { createRandom } from '../../../../src/main/platform/random.ts'
import { temporaryFolder } from '../../store/temporary-folder.ts'
import { describeCompiled } from '../graph/native.ts'
import { score, train } from '../parts.ts'

const [width, height] = [82, 70]

/**
 * How far the AUROC at borders may lie below that in the middle. Forty parts tell it to about 0.03. What lies in the
 * middle is seen by up to four tiles, at a corner by one, of which features whose cells are coarse lose something.
 */
const margins = { izi: 0.06, peak: 0.06, texture: 0.06, relative: 0.12, whitened: 0.15 } as const

type Place = readonly [x: number, y: number]

/** Grain under light that differs from part to part; with a dark spot where one is wanted. */
async function writeSurface(folder: string, id: number, spot: Place | null): Promise<EngineImage> {
  const random = createRandom(id, 'surface')
  const [light, slope] = [110 + 20 * random.uniform(), 20 * random.uniform()]
  const samples = Uint8Array.from({ length: width * height }, (_, i) => {
    const [x, y] = [i % width, Math.floor(i / width)]
    const grain = 1 + 0.06 * random.normal()
    const distance = spot ? Math.hypot(x - spot[0], y - spot[1]) : Number.POSITIVE_INFINITY
    const dark = 1 - 0.22 / (1 + Math.exp(2 * (distance - 3)))
    return Math.min(255, (light + (slope * x) / width) * grain * dark)
  })
  const file = join(folder, `${id}.png`)
  await sharp(samples, { raw: { width, height, channels: 1 } })
    .toColourspace('b-w')
    .png({ compressionLevel: 1 })
    .toFile(file)
  return { id, file, width, height, white: null }
}

/** Centers whose spots lie wholly inside, at a corner, at an edge and in the middle. */
const places: Record<string, (random: ReturnType<typeof createRandom>) => Place> = {
  corner: (random) => [random.int(2) * (width - 9) + 4, random.int(2) * (height - 9) + 4],
  edge: (random) => [width / 3 + random.int(width / 3), random.int(2) * (height - 9) + 4],
  middle: (random) => [width / 3 + random.int(width / 3), height / 3 + random.int(height / 3)],
}

describeCompiled('a defect', () => {
  it('at a corner or an edge is told from good parts as well as one in the middle, by every score', async () => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'images'))
    const surfaces = (first: number, count: number, place: (i: number) => Place | null) =>
      Promise.all(
        Array.from({ length: count }, (_, i) => writeSurface(join(folder, 'images'), first + i, place(i))),
      )
    const good = () => null
    const { config } = resolveConfig({
      model: 'fanogan',
      preset: 'smoke',
      set: {
        width: 6,
        latent: 8,
        input: 'tiles',
        ganSteps: 60,
        encoderSteps: 80,
        overlap: 0.5,
        discriminatorSamples: 16,
        previewEvery: 1000,
        texture: true,
        relative: true,
        whitened: true,
        scales: 3,
      },
    })
    const run = join(folder, 'run')
    const { componentNames, expectedCriticValue } = await train({
      kind: 'train',
      task: 'training',
      run: 'r-1',
      folder: run,
      model: 'fanogan',
      config,
      seed: 1,
      resume: false,
      train: await surfaces(1, 24, good),
      validation: await surfaces(100, 4, good),
    })
    const scored = async (images: EngineImage[]) => (await score(run, images, { maps: false })).rows
    const normal = await scored(await surfaces(200, 40, good))
    const defective: Record<string, Awaited<ReturnType<typeof scored>>> = {}
    for (const [name, place] of Object.entries(places)) {
      const random = createRandom(7, name)
      // The same surfaces at every place.
      defective[name] = await scored(await surfaces(200, 40, () => place(random)))
    }
    const kinds = ['izi', 'peak', 'whitened', 'relative', 'texture'] as const satisfies ScoreKind[]
    const found = kinds.map((kind) => {
      const options = { kind, k: 1, reduction: 'max', latent: 8, expectedCriticValue } as const
      const of = (rows: typeof normal): number[] =>
        rows.map(({ components }) => imageScore(components, componentNames, options))
      const at = (name: string): number => {
        const rows = defective[name] ?? []
        const labels = [...normal.map(() => 0), ...rows.map(() => 1)]
        return auroc([...of(normal), ...of(rows)], labels) ?? Number.NaN
      }
      return { kind, corner: at('corner'), edge: at('edge'), middle: at('middle') }
    })
    for (const { kind, corner, edge, middle } of found) {
      expect(Math.min(corner, edge), `${kind} at borders, ${middle} in the middle`).toBeGreaterThan(
        middle - margins[kind],
      )
    }
    // A spot that nothing finds would be found as well at borders.
    expect(found.filter(({ middle }) => middle > 0.9).length).toBeGreaterThanOrEqual(3)
  })
})
