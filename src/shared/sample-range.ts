/** Which values of floating point or 32 bits are black and white: such samples have no range of their own. */
import { z } from 'zod'

export const sampleRangeSchema = z
  .object({ low: z.number(), high: z.number() })
  .refine(({ low, high }) => Number.isFinite(low) && Number.isFinite(high) && low < high, {
    message: 'the lower value comes first',
  })
export type SampleRange = z.infer<typeof sampleRangeSchema>
