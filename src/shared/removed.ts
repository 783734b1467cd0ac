/** What a person deleted, and can put back until it is cleared away. */
import { z } from 'zod'
import { call, none } from './call.ts'
import { timeSchema } from './values.ts'

/** Days for which what was deleted can be put back. */
export const removedDays = 30

/** `type`: a defect type that was renamed or deleted. `operator`: somebody who may not sign in any more. */
export const removedKindSchema = z.enum(['dataset', 'run', 'type', 'operator'])
export type RemovedKind = z.infer<typeof removedKindSchema>

export const removedSchema = z.object({
  kind: removedKindSchema,
  id: z.string().min(1),
  name: z.string(),
  /** Of a run or a defect type; null for others. */
  dataset: z.string().nullable(),
  /** The defect type that took its masks; null for others. */
  becomes: z.string().nullable(),
  at: timeSchema,
  by: z.string().nullable(),
  /** Until when it can be put back. */
  until: timeSchema,
})
export type Removed = z.infer<typeof removedSchema>

/** What goes with a dataset or a run that is deleted. */
export const dependentsSchema = z.object({
  name: z.string(),
  images: z.int().nonnegative(),
  masks: z.int().nonnegative(),
  /** Number of runs that learned from a dataset; of a run, that were retrained from it. These stay. */
  runs: z.int().nonnegative(),
  versions: z.int().nonnegative(),
  decisions: z.int().nonnegative(),
  points: z.int().nonnegative(),
  /** The model in use of a dataset; null where none is. */
  inUse: z.string().nullable(),
  /** Of a run that a rollback would return to, the model in use that would give way; null of all others. */
  rollbackOf: z.string().nullable(),
})
export type Dependents = z.infer<typeof dependentsSchema>

const operator = z.string().nullable().default(null)

export const removedCalls = {
  /** Newest first. */
  'removed.list': call(none, z.array(removedSchema)),
  /** What goes with a dataset or a run; a failure says why it cannot be deleted. */
  'removed.dependents': call(
    z.object({ kind: removedKindSchema.extract(['dataset', 'run']), id: z.string().min(1) }),
    dependentsSchema,
  ),
  /** `name`: what it is called now; another name than before where a new dataset has taken that. */
  'removed.putBack': call(
    z.object({ kind: removedKindSchema, id: z.string().min(1), operator }),
    z.object({
      name: z.string(),
      /** Photographs of a defect type that were changed since, and stay as they are. */
      kept: z.int().nonnegative(),
    }),
  ),
} as const

export const removedEvents = {
  /** Something was deleted, put back or cleared away: lists of datasets, runs and models are no longer what they were. */
  'removed.changed': none,
} as const
