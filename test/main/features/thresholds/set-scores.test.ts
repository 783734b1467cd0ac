import { describe, expect, it } from 'vitest'
import { setScores } from '../../../../src/main/features/thresholds/set-scores.ts'
import type { ValidationSet } from '../../../../src/main/features/thresholds/validation-arrays.ts'
import { imageScore, reductions, type ScoreOptions, scoreKinds } from '../../../../src/main/model/scores.ts'
import { createRandom } from '../../../../src/main/platform/random.ts'

/** Every component that any score needs. */
const names = [...new Set([...scoreKinds.flatMap(({ needs }) => [...needs]), 'texture'])]
const random = createRandom(3)
const tiles = Array.from({ length: 40 }, () => 1 + random.int(30))
const firstTile = Int32Array.from({ length: tiles.length + 1 }, (_, i) =>
  tiles.slice(0, i).reduce((sum, count) => sum + count, 0),
)
const components = Float32Array.from({ length: (firstTile.at(-1) ?? 0) * names.length }, () =>
  random.normal(),
)
const set: ValidationSet = {
  runId: 'run',
  names,
  ids: Int32Array.from(tiles, (_, i) => i + 1),
  labels: new Uint8Array(tiles.length),
  types: new Int16Array(tiles.length).fill(-1),
  defectTypes: [],
  firstTile,
  components,
  hasMap: new Uint8Array(tiles.length),
  areas: new Uint32Array(),
  profiled: 0,
  normal: tiles.length,
  anomalous: 0,
  unlabeled: 0,
  missing: 0,
  hash: '',
}
const parts = {
  'memory-local': { mean: 0.2, deviation: 1.5 },
  'memory-all': { mean: -0.1, deviation: 0.5 },
  peak: { mean: 0.3, deviation: 0.7 },
  texture: { mean: 1, deviation: 2 },
}
const base = { k: 2.5, latent: 8, expectedCriticValue: 3, featureShare: 0.3, parts }

describe('the score of a whole set', () => {
  it.each(scoreKinds.flatMap(({ name: kind }) => reductions.map((reduction) => ({ kind, reduction }))))(
    '$kind, $reduction is the one of each image alone',
    ({ kind, reduction }) => {
      const options: ScoreOptions = { ...base, kind, reduction }
      const scores = setScores(set, options)
      for (const [i, count] of tiles.entries()) {
        const from = (firstTile[i] ?? 0) * names.length
        const own = components.subarray(from, from + count * names.length)
        expect(scores[i]).toBeCloseTo(imageScore(own, names, options), 9)
      }
    },
  )
})
