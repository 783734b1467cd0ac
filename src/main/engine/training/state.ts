/** The position of a training without its tensors, as a checkpoint stores it. */
import { z } from 'zod'
import { message, messageSchema, recordedBefore } from '../../../shared/messages/message.ts'

const randomStateSchema = z.object({
  words: z.tuple([z.number(), z.number(), z.number(), z.number()]),
  spare: z.number().nullable(),
})

export const trainingStateSchema = z.object({
  phase: z.string(),
  /** Steps of the phase that are done. */
  step: z.int().nonnegative(),
  seconds: z.number(),
  sampler: z.object({ random: randomStateSchema, left: z.array(z.int()) }),
  noise: randomStateSchema,
  losses: z.record(z.string(), z.number()),
  best: z.object({ step: z.int(), value: z.number() }).nullable(),
  /**
   * Order of the checkpoint to go back to when the training diverges: the last one that was written at its regular
   * step.
   */
  good: z.int().nonnegative().nullable().default(null),
  /** How often each phase went back; its learning rate is halved each time. */
  restarts: z.record(z.string(), z.int()).default({}),
  /** What a person should know about the run. Checkpoints of before messages were data hold sentences. */
  warnings: z
    .array(messageSchema.or(z.string().transform((text) => message(recordedBefore, { text }))))
    .default([]),
})
export type TrainingState = z.infer<typeof trainingStateSchema>
