/** How long the pictures of live parts are kept. Verdicts, scores and the audit stay. */
import { z } from 'zod'

/** The key of the setting, which belongs to the workspace. */
export const retentionKey = 'live.retention'

export const retentionSchema = z.object({
  /** Days that the pictures of good parts stay; null for ever. */
  goodDays: z.int().min(1).max(36_500).nullable(),
  /** The same for flagged parts on which nobody has decided. */
  flaggedDays: z.int().min(1).max(36_500).nullable(),
  /** The most that photographs of live parts may take, in GB (10⁹ bytes): the oldest good ones go first. */
  gigabytes: z.number().positive().max(1_000_000).nullable(),
})
export type Retention = z.infer<typeof retentionSchema>

export const standardRetention: Retention = { goodDays: 30, flaggedDays: 365, gigabytes: 200 }
