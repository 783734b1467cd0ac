/** Learns from good training tiles what residuals are expected of good parts, and how those of features vary together. */
import type { TrainingBatches } from '../data/training-batches.ts'
import type { TileScorer } from '../scoring/tile-scorer.ts'
import { type ExpectedResiduals, expectationOf, pooledResidual } from './expected-residual.ts'
import { type FeatureWhitening, WhiteningGathering } from './feature-whitening.ts'

export interface ResidualLearning {
  /** Gives codes, and early features where they are to be whitened. */
  scorer: TileScorer
  batches: TrainingBatches
  tiles: number
  whitens: boolean
  expects: boolean
  proceed(done: number): Promise<void>
}

export interface LearnedResiduals {
  expectation: ExpectedResiduals | null
  whitening: FeatureWhitening | null
}

/** Values of one tile in what was computed for a batch. */
const row = (values: Float32Array, batch: number, tile: number): Float32Array => {
  const width = values.length / batch
  return values.slice(tile * width, (tile + 1) * width)
}

function together(rows: readonly Float32Array[]): Float32Array {
  const width = rows[0]?.length ?? 0
  const all = new Float32Array(rows.length * width)
  for (const [i, values] of rows.entries()) all.set(values, i * width)
  return all
}

export async function learnResiduals(learning: ResidualLearning): Promise<LearnedResiduals> {
  const { scorer, batches, tiles, whitens, expects, proceed } = learning
  const { batch, size } = scorer
  const codes: Float32Array[] = []
  const maps: Float32Array[] = []
  let gathering: WhiteningGathering | null = null
  for (let done = 0; done < tiles; done += batch) {
    const { pictures } = scorer.score(await batches.next())
    const { codes: found, early, map } = pictures ?? {}
    for (let tile = 0; tile < Math.min(batch, tiles - done); tile++) {
      if (expects && found && map) {
        codes.push(row(found, batch, tile))
        maps.push(pooledResidual(row(map, batch, tile), size))
      }
      if (whitens && early) {
        // After two halvings there are a quarter as many cells as pixels, both ways.
        const features = early.length / (batch * (size / 4) ** 2)
        gathering ??= new WhiteningGathering(features)
        gathering.add(row(early, batch, tile))
      }
    }
    await proceed(Math.min(tiles, done + batch))
  }
  const latent = codes[0]?.length ?? 0
  return {
    expectation: codes.length > 0 ? expectationOf(together(codes), together(maps), latent) : null,
    whitening: gathering?.finish() ?? null,
  }
}
