import type { NewScore } from '../../../src/main/store/scores.ts'

/** A score of one component and one tile, without a map; `values` changes the rest. */
export const plainScore = (imageId: number, score: number, values: Partial<NewScore> = {}): NewScore => ({
  imageId,
  score,
  calibrated: 50,
  tiles: 1,
  components: Float32Array.of(score),
  mapFile: null,
  mapScale: null,
  mapWidth: null,
  mapHeight: null,
  reconstructionFile: null,
  warnings: [],
  ...values,
})
