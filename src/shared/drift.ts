/** Whether live parts still look as the normal validation parts did when a model was calibrated. */
import { z } from 'zod'
import { call, runId } from './call.ts'
import { type Message, message } from './messages/message.ts'
import { idSchema, imageIdSchema, timeSchema } from './values.ts'

export const driftSchema = z.object({
  run: idSchema,
  score: z.string(),
  /** Normal validation images that are compared with. */
  reference: z.int().nonnegative(),
  /** Live parts: those that the run scored outside its own dataset, in the order of their scoring. */
  parts: z.int().nonnegative(),
  /** The control chart, thinned for a drawing; a part is where it was scored. */
  chart: z.array(
    z.object({ part: z.int(), at: timeSchema, value: z.number(), limit: z.number(), score: z.number() }),
  ),
  /** By day of scoring; `index` is the population stability index, null for too few parts. */
  days: z.array(z.object({ day: z.string(), parts: z.int(), index: z.number().nullable() })),
  /** Of the newest parts, as many as there are in the reference. */
  index: z.number().nullable(),
  /** The largest odds so far against nothing having changed, and what they must reach. */
  odds: z.object({ reached: z.number(), needed: z.number() }).nullable(),
  warning: z
    .object({
      since: timeSchema,
      sincePart: z.int(),
      direction: z.enum(['higher', 'lower']),
      /** The strangest parts since then. */
      examples: z.array(
        z.object({ image: imageIdSchema, file: z.string(), dataset: z.string(), score: z.number() }),
      ),
    })
    .nullable(),
})
export type Drift = z.infer<typeof driftSchema>

/**
 * Whether there is drift: a message of the topic `verdict`.
 * @param time how a point in time is written for the reader; `part`: the same of the number of a part
 */
export function driftVerdict(
  { warning }: Drift,
  { time, part }: { time: (time: number) => string; part: (number: number) => string },
): Message {
  if (warning === null) return message('no-drift')
  const since = { time: time(warning.since), part: part(warning.sincePart) }
  return warning.direction === 'higher' ? message('drift-higher', since) : message('drift-lower', since)
}

export const driftCalls = {
  /** Live parts of the run against its normal validation parts. */
  'drift.get': call(z.object({ run: runId }), driftSchema),
} as const
