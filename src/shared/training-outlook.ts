/** What a training would meet and need, told before it starts. */
import { z } from 'zod'

/** The codes stay; the window has the words. */
export const trainingNoticeSchema = z.object({
  code: z.enum(['mixed-sizes', 'mixed-sizes-whole', 'smaller-than-tile', 'overlap', 'overlap-unknown']),
  count: z.int().nonnegative(),
})
export type TrainingNotice = z.infer<typeof trainingNoticeSchema>

export const trainingOutlookSchema = z.object({
  /** Normal images of the splits that a training may see, and those that nobody has labeled. */
  counts: z.object({
    train: z.int().nonnegative(),
    validation: z.int().nonnegative(),
    unlabeled: z.int().nonnegative(),
  }),
  notices: z.array(trainingNoticeSchema),
  /** Null where nothing is known, as on a GPU before its first training. */
  seconds: z.number().nonnegative().nullable(),
  /** By trainings of this workstation, and not by those of another machine. */
  isMeasured: z.boolean(),
  /** Parameters that follow from the images where nothing is set by name. */
  fromDataset: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  memoryBytes: z.number().nonnegative(),
  freeBytes: z.number().nonnegative(),
  totalBytes: z.number().nonnegative(),
})
export type TrainingOutlook = z.infer<typeof trainingOutlookSchema>
