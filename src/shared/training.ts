/** Training: the systems that can be trained, estimates, starting a training, and retraining on curated images. */
import { z } from 'zod'
import { acting, call, id, none, runId } from './call.ts'
import { datasetVersionSchema } from './curation.ts'
import { messageSchema, type Params } from './messages/message.ts'

/** Phases of a training whose `done` does not count its steps. */
const phasesWithoutSteps = new Set([
  'load',
  'scale',
  'features',
  'residual',
  'texture',
  'memory',
  'calibrate',
])

/** Whether the progress of this phase is that of the training's steps. */
export const countsSteps = (phase: string): boolean => !phasesWithoutSteps.has(phase)

/** What a person should know although a training can go on; a message of the topic `warning`. */
export const trainingWarningSchema = messageSchema.extend({
  code: z.enum([
    'no-validation',
    'few-validation',
    'few-photographs',
    'odd-sizes',
    'squeezed',
    'mixed-depths',
    'mixed-alignment',
    'photographs-above-white',
    'white-by-few',
    'black-photographs',
    'white-photographs',
    'blurred-photographs',
    'photographs-unmeasured',
    'near-duplicates',
    'near-copies',
  ]),
})
export type TrainingWarning = z.infer<typeof trainingWarningSchema>

export const trainingWarning = (code: TrainingWarning['code'], params: Params = {}): TrainingWarning => ({
  code,
  params,
})

/** What a person should know about a retraining although it can go on; a message of the topic `warning`. */
export const retrainingWarningSchema = messageSchema.extend({
  code: z.enum(['not-curated', 'left-out']),
})
export type RetrainingWarning = z.infer<typeof retrainingWarningSchema>

/** A notice about a training. The codes are stable; the window has the words for them. */
export const trainingNoticeSchema = z.object({
  code: z.enum(['mixed-sizes', 'mixed-sizes-whole', 'smaller-than-tile', 'overlap', 'overlap-unknown']),
  count: z.int().nonnegative(),
})
export type TrainingNotice = z.infer<typeof trainingNoticeSchema>

export const trainingOutlookSchema = z.object({
  /** Number of normal images of the splits that a training may see, and of unlabeled images. */
  counts: z.object({
    train: z.int().nonnegative(),
    validation: z.int().nonnegative(),
    unlabeled: z.int().nonnegative(),
  }),
  notices: z.array(trainingNoticeSchema),
  /** What is to be known of single photographs, with their files; messages of the topic `warning`. */
  findings: z.array(trainingWarningSchema),
  /** Estimated seconds; null where nothing is known, as on a GPU before its first training. */
  seconds: z.number().nonnegative().nullable(),
  /** Whether the estimate comes from trainings on this workstation instead of another machine. */
  isMeasured: z.boolean(),
  /** Parameters whose defaults depend on the images of the dataset. */
  fromDataset: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  memoryBytes: z.number().nonnegative(),
  freeBytes: z.number().nonnegative(),
  totalBytes: z.number().nonnegative(),
})
export type TrainingOutlook = z.infer<typeof trainingOutlookSchema>

/** A parameter of a system, as a form shows it. */
export const parameterSchema = z.object({
  name: z.string(),
  type: z.enum(['number', 'integer', 'boolean', 'choice', 'text']),
  /** Of a choice, its values; of a number, words that may stand in its place. */
  choices: z.array(z.union([z.string(), z.number()])).optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  default: z.union([z.string(), z.number(), z.boolean(), z.null()]),
  unit: z.string().optional(),
  description: z.string(),
  /** Paper and equation or section. */
  source: z.string().optional(),
})
export type Parameter = z.infer<typeof parameterSchema>

export const systemsSchema = z.object({
  systems: z.array(
    z.object({
      name: z.string(),
      paper: z.string(),
      scores: z.array(z.string()),
      parameters: z.array(parameterSchema),
    }),
  ),
  scores: z.array(z.object({ name: z.string(), formula: z.string() })),
  presets: z.array(
    z.object({
      name: z.string(),
      model: z.string(),
      description: z.string(),
      values: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
      /** Values that hold where the networks see features; null where the dataset decides. */
      withFeatures: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).optional(),
    }),
  ),
})
export type Systems = z.infer<typeof systemsSchema>

/** Number of the dataset version that a training learns from; null for the training split as it is now. */
const trainingVersionSchema = id.nullable().default(null)

export const trainingCalls = {
  'system.list': call(none, systemsSchema),
  'train.start': call(
    z.object({
      dataset: z.string().min(1),
      model: z.string().min(1),
      preset: z.string().min(1),
      seed: z.number().int().nonnegative().default(1),
      version: trainingVersionSchema,
      set: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
      ...acting,
    }),
    z.object({ job: z.string(), run: runId, warnings: z.array(trainingWarningSchema) }),
  ),
  /** Estimates what a training would need and checks its images; changes nothing. */
  'train.outlook': call(
    z.object({
      dataset: z.string().min(1),
      model: z.string().min(1),
      preset: z.string().min(1),
      version: trainingVersionSchema,
      set: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
    }),
    trainingOutlookSchema,
  ),
  'train.resume': call(z.object({ run: runId, ...acting }), z.object({ job: z.string(), run: runId })),
  'retrain.estimate': call(
    z.object({ run: runId, start: z.enum(['warm', 'beginning']) }),
    z.object({ seconds: z.number().nullable() }),
  ),
  'retrain.start': call(
    z.object({
      run: runId,
      /** Number of the dataset version; null for the newest. */
      version: id.nullable().default(null),
      start: z.enum(['warm', 'beginning']).default('warm'),
      seed: z.number().int().nonnegative().nullable().default(null),
      set: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
      ...acting,
    }),
    z.object({
      job: z.string(),
      run: runId,
      version: datasetVersionSchema,
      estimatedSeconds: z.number().nullable(),
      warnings: z.array(retrainingWarningSchema),
    }),
  ),
} as const
