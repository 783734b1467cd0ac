/** What a training leaves behind in its run's row. What an earlier version did not store is not there. */
import { z } from 'zod'

/** What "normal" means for a trained run, measured on normal validation images. */
export const runCalibrationSchema = z.looseObject({
  /** Their scores by kind of score, ascending. */
  scores: z.record(z.string(), z.array(z.number())).optional(),
  /** One scale for every map of the run. */
  mapScale: z.number().positive().optional(),
  /** E[D(x)] over random training images, for the score `discriminator`. */
  expectedCriticValue: z.number().optional(),
})
export type RunCalibration = z.infer<typeof runCalibrationSchema>

/** What the training reported at its end, or the package that the model came from. */
export const runResultSchema = z.looseObject({
  steps: z.int().nonnegative().optional(),
  /** The step whose weights were chosen, and the number that chose them. */
  chosen: z.object({ step: z.int(), criterion: z.string(), value: z.number() }).nullish(),
  componentNames: z.array(z.string()).optional(),
  weightsSha256: z.string().optional(),
})
export type RunResult = z.infer<typeof runResultSchema>
