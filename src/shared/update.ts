/** Updates of the program from a folder or a stick. */
import { z } from 'zod'
import { acting, call, none } from './call.ts'
import { failureInfoSchema } from './failure-schema.ts'
import { timeSchema } from './values.ts'

/** What a folder offers, after its signature and its list of files were checked. */
export const updateOfferSchema = z.object({
  version: z.string(),
  /** The version that runs. */
  present: z.string(),
  commit: z.string(),
  system: z.string(),
  /** The folder or archive that it comes from. */
  source: z.string(),
  files: z.int().nonnegative(),
  bytes: z.int().nonnegative(),
})
export type UpdateOffer = z.infer<typeof updateOfferSchema>

/** How the last update of this installation ended. */
export const lastUpdateSchema = z.object({
  at: timeSchema,
  from: z.string(),
  to: z.string(),
  /** Why it did not come about; null where it did. */
  failure: failureInfoSchema.nullable(),
  /** The copy of the database of before, in the folder `backups` of the workspace. */
  backup: z.string().nullable(),
})
export type LastUpdate = z.infer<typeof lastUpdateSchema>

export const updateStateSchema = z.object({
  version: z.string(),
  /** Why this installation cannot be updated from a folder; null where it can. */
  obstacle: failureInfoSchema.nullable(),
  last: lastUpdateSchema.nullable(),
  /** Whether a line is watched now: then an update has to be asked for a second time. */
  isWatching: z.boolean(),
})
export type UpdateState = z.infer<typeof updateStateSchema>

const folder = z.string().min(1)

export const updateCalls = {
  'update.state': call(none, updateStateSchema),
  /** Looks at what a folder offers; nothing is changed. */
  'update.look': call(z.object({ folder }), updateOfferSchema),
  /**
   * Installs it beside this version. Afterwards Fanoscope closes and the new version is started; where that fails, this
   * one is.
   */
  'update.start': call(
    z.object({
      folder,
      /** Also while a line is watched, which stands still meanwhile. */
      whileWatching: z.boolean().default(false),
      ...acting,
    }),
    z.object({ version: z.string() }),
  ),
} as const

export const updateEvents = {
  /** How much of a version was installed. */
  'update.progress': z.object({ done: z.number().nonnegative(), total: z.number().nonnegative() }),
} as const
