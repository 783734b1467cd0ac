/** How many tiles a scoring runs through its graph at once. */
import { z } from 'zod'

/** More tiles in a call are not scored faster (`docs/performance.md`). */
const most = 64

/** What the largest values that a call holds at once may take, in bytes. */
const room = 128 * 2 ** 20

const sizesSchema = z.object({
  size: z.number().default(64),
  /** Filters of the layer nearest to the image, whose results are the largest. */
  width: z.number().default(64),
})

/**
 * The batch for a model's configuration. It depends on nothing else: the free memory of the moment would give
 * the same photograph other last bits from day to day.
 */
export function scoringBatch(config: Readonly<Record<string, unknown>>): number {
  const { size, width } = sizesSchema.parse(config)
  // About four results of the first layer at once: two networks, each with what goes in and what comes out.
  const tile = 4 * (size / 2) ** 2 * width * Float32Array.BYTES_PER_ELEMENT
  const fits = 2 ** Math.floor(Math.log2(room / tile))
  return Math.max(1, Math.min(most, fits))
}
