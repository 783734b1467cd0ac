/** What `startTraining` is asked for in tests, without the test runner: programs of their own use it too. */
import type { TrainingRequest } from '../../../src/main/features/training/training.ts'
import { tinyValues } from '../engine/tiny-training.ts'

/** 24 steps on the dataset "parts", unless `set` says otherwise. */
export const tinyTraining = (set: TrainingRequest['set'] = {}, seed = 1): TrainingRequest => ({
  dataset: 'parts',
  model: 'fanogan',
  preset: 'smoke',
  seed,
  set: { ...tinyValues, ...set },
})
