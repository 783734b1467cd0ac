/** How many tiles scoring puts through its graph at once. */
import { z } from 'zod'
import { seesFeatures } from '../../model/input-shape.ts'

/** More tiles in a call are not scored faster (`docs/performance.md`). */
const most = 64

/** How many bytes the largest intermediate results of a call may take together. */
const room = 128 * 2 ** 20

const sizesSchema = z.object({
  size: z.number().default(64),
  /** Filters of the layer nearest to the image, whose results take the most memory. */
  width: z.number().default(64),
})

/**
 * The batch size for a model's configuration. It depends on nothing else: if it depended on the free memory of the
 * moment, the same photograph could get scores with other last bits from day to day.
 */
export function scoringBatch(config: Readonly<Record<string, unknown>>): number {
  // Networks of windows of features have a few hundred values for each.
  if (seesFeatures(config)) return most
  const { size, width } = sizesSchema.parse(config)
  // There are about four results of the first layer at once: inputs and outputs of two networks.
  const tile = 4 * (size / 2) ** 2 * width * Float32Array.BYTES_PER_ELEMENT
  const fits = 2 ** Math.floor(Math.log2(room / tile))
  return Math.max(1, Math.min(most, fits))
}
