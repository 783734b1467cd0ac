/** What the phases of a training took, which tells what those of the next one will take. */
import { z } from 'zod'

const phaseTimeSchema = z.object({
  /** Training steps; 0 where the phase counts something else. */
  steps: z.int().nonnegative(),
  /** Seconds until its first report: compiling, reading. */
  start: z.number().nonnegative(),
  /** Seconds from then on, for the whole phase. */
  rest: z.number().nonnegative(),
})
export type PhaseTime = z.infer<typeof phaseTimeSchema>

/** By phase, in the order in which they come. */
export const phaseTimesSchema = z.record(z.string(), phaseTimeSchema)
export type PhaseTimes = z.infer<typeof phaseTimesSchema>
