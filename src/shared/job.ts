/** Jobs: work that takes long. */

import { z } from 'zod'
import { acting, call, jobStarted, none } from './call.ts'
import { failureInfoSchema } from './failure-schema.ts'
import { idSchema, jsonObjectSchema, timeSchema } from './values.ts'

/**
 * `sample` writes the sample line and imports it; `verify` checks the workspace. A job of kind `unknown` is one whose
 * row is damaged; none is made.
 */
export const jobKindSchema = z.enum([
  'sample',
  'import',
  'train',
  'score',
  'verify',
  'duplicates',
  'choose',
  'curve',
  'live',
  'backup',
  'export',
  'unknown',
])
export type JobKind = z.infer<typeof jobKindSchema>

/** `interrupted`: the process that worked on it died; it can be started again. */
export const jobStateSchema = z.enum(['queued', 'running', 'done', 'failed', 'cancelled', 'interrupted'])

export const jobSchema = z.object({
  id: idSchema,
  kind: jobKindSchema,
  state: jobStateSchema,
  runId: idSchema.nullable(),
  datasetId: idSchema.nullable(),
  payload: jsonObjectSchema,
  progress: jsonObjectSchema.nullable(),
  /** The result of the job, for instance an ImportReport, a VerifyReport or the counts of a scoring. */
  result: jsonObjectSchema.nullable(),
  createdAt: timeSchema,
  startedAt: timeSchema.nullable(),
  finishedAt: timeSchema.nullable(),
  failure: failureInfoSchema.nullable(),
  pid: z.int().positive().nullable(),
})
export type Job = z.infer<typeof jobSchema>

/** What `job.progress` holds while a job runs. */
export const jobProgressSchema = z.object({
  /** For instance 'sample', 'import', 'load', 'gan', 'encoder', 'calibrate', 'score', 'verify'. */
  phase: z.string(),
  done: z.number().nonnegative(),
  total: z.number().nonnegative(),
  secondsLeft: z.number().nonnegative().nullable(),
  paused: z.boolean().default(false),
})
export type JobProgress = z.infer<typeof jobProgressSchema>

export const jobCalls = {
  'job.list': call(z.object({ active: z.boolean().default(false) }), z.array(jobSchema)),
  'job.cancel': call(z.object({ job: z.string(), ...acting }), none),
  'job.pause': call(z.object({ job: z.string(), ...acting }), none),
  'job.continue': call(z.object({ job: z.string(), ...acting }), none),
  /** Repeats an interrupted, failed or cancelled job as a new job, which continues where the first one stopped. */
  'job.again': call(z.object({ job: z.string(), ...acting }), jobStarted),
} as const

export const jobEvents = {
  /**
   * The state or progress of a job has changed; sent at most ten times per second for each job. `progress` is
   * `jobProgressSchema` while it runs.
   */
  'job.changed': jobSchema,
} as const
