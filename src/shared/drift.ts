/** Whether live parts still look as the normal validation parts did when a model was calibrated. */
import { z } from 'zod'
import { call, runId } from './call.ts'
import { type Message, message } from './messages/message.ts'
import { idSchema, imageIdSchema, timeSchema } from './values.ts'

export const driftSchema = z.object({
  run: idSchema,
  score: z.string(),
  /** Number of normal validation images in the reference. */
  reference: z.int().nonnegative(),
  /** Number of live parts: those that the run scored outside its own dataset. */
  parts: z.int().nonnegative(),
  /** The control chart, reduced to the points of a drawing; `part` is the position of the part in order of scoring. */
  chart: z.array(
    z.object({ part: z.int(), at: timeSchema, value: z.number(), limit: z.number(), score: z.number() }),
  ),
  /** By day of scoring; `index` is the population stability index, null for too few parts. */
  days: z.array(z.object({ day: z.string(), parts: z.int(), index: z.number().nullable() })),
  /** The index of the newest parts, as many as there are in the reference. */
  index: z.number().nullable(),
  /** The largest odds so far against the hypothesis that nothing has changed, and the odds needed for a warning. */
  odds: z.object({ reached: z.number(), needed: z.number() }).nullable(),
  warning: z
    .object({
      since: timeSchema,
      sincePart: z.int(),
      direction: z.enum(['higher', 'lower']),
      /** The parts since then that differ most from the reference. */
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
  /** Compares the run's live parts with its normal validation parts. */
  'drift.get': call(z.object({ run: runId }), driftSchema),
} as const
