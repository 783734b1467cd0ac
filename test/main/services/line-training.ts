/** What `startTraining` is asked for in tests, without the test runner: programs of their own use it too. */
import { tinyValues } from '../engine/tiny-training.ts'

/** 24 steps on the dataset "parts", unless `set` says otherwise. */
export const tinyTraining = (set: Record<string, string | number | boolean> = {}, seed = 1) => ({
  dataset: 'parts',
  model: 'fanogan',
  preset: 'smoke',
  seed,
  set: { ...tinyValues, ...set },
})
