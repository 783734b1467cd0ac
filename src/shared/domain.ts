/**
 * What Fanoscope talks about, as schemas; every type is inferred from its schema. Read by main, the engine's
 * supervisor, the command line and the renderer alike, so nothing but zod and the schema of messages is imported here.
 *
 * Times are whole milliseconds since 1970-01-01 UTC. Paths are relative with forward slashes.
 */
import { z } from 'zod'
import { messageSchema } from './messages/message.ts'

/** A point in time: milliseconds since 1970-01-01 UTC. */
export const timeSchema = z.int().nonnegative()

/** SHA-256 of a file's bytes, lower-case hexadecimal. */
export const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/)
export type Sha256 = z.infer<typeof sha256Schema>

/** Id of a dataset, a run or a job: sorts by the time it was made, safe as a file name. */
export const idSchema = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/)
export type Id = z.infer<typeof idSchema>

export const imageIdSchema = z.int().positive()
export type ImageId = z.infer<typeof imageIdSchema>

/** A Failure (src/shared/failure.ts) as it is stored and as it crosses a border. */
export const failureInfoSchema = messageSchema
export type FailureInfo = z.infer<typeof failureInfoSchema>

/** A JSON object whose shape its owner knows: a model's configuration, a job's payload. */
export const jsonObjectSchema = z.record(z.string(), z.json())
export type JsonObject = z.infer<typeof jsonObjectSchema>

// ---------------------------------------------------------------------------------------------- datasets

/** How a folder of photographs is laid out on disk. */
export const layoutSchema = z.enum(['mvtec', 'flat'])
export type Layout = z.infer<typeof layoutSchema>

/** What an image is used for. No choice of any kind is made on `test`. */
export const splitSchema = z.enum(['train', 'validation', 'test'])
export type Split = z.infer<typeof splitSchema>

/** What is known about the part on an image. */
export const labelSchema = z.enum(['normal', 'anomalous', 'unlabeled'])
export type Label = z.infer<typeof labelSchema>

/** A file type that can be imported, told by content and not by name. */
export const imageFormatSchema = z.enum(['png', 'jpeg', 'tiff', 'bmp', 'webp'])
export type ImageFormat = z.infer<typeof imageFormatSchema>

export const datasetNameSchema = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .regex(/^[^\p{Cc}]*$/u, 'no control characters')
export type DatasetName = z.infer<typeof datasetNameSchema>

export const datasetSchema = z.object({
  id: idSchema,
  name: datasetNameSchema,
  createdAt: timeSchema,
  layout: layoutSchema,
  /** The folder of the first import, as it was given. Information only: nothing is read from it again. */
  source: z.string(),
  /** The part has a direction (text, a left and a right side): training does not flip its images. */
  hasDirection: z.boolean(),
})
export type Dataset = z.infer<typeof datasetSchema>

export const splitCountsSchema = z.object({
  train: z.int().nonnegative(),
  validation: z.int().nonnegative(),
  test: z.int().nonnegative(),
})
export type SplitCounts = z.infer<typeof splitCountsSchema>

/** What a dataset holds, without its removed images. */
export const datasetSummarySchema = datasetSchema.extend({
  images: z.int().nonnegative(),
  splits: splitCountsSchema,
  labels: z.object({
    normal: z.int().nonnegative(),
    anomalous: z.int().nonnegative(),
    unlabeled: z.int().nonnegative(),
  }),
  masks: z.int().nonnegative(),
  /** Images that were taken out. */
  removed: z.int().nonnegative(),
  /** Since when the validation set refuses every change; null where it may change. */
  validationFrozenAt: timeSchema.nullable(),
  /** 3 where any image has color, else 1; null while the dataset is empty. */
  channels: z.union([z.literal(1), z.literal(3)]).nullable(),
  defectTypes: z.array(z.object({ defectType: z.string(), images: z.int().positive() })),
})
export type DatasetSummary = z.infer<typeof datasetSummarySchema>

// ------------------------------------------------------------------------------------------------ images

export const imageSchema = z.object({
  id: imageIdSchema,
  datasetId: idSchema,
  sha256: sha256Schema,
  /** Path of the original inside the imported folder, with forward slashes. */
  file: z.string().min(1),
  /** Pixels, upright (after the EXIF orientation). */
  width: z.int().positive(),
  height: z.int().positive(),
  /** 1 for gray, 3 for color; alpha is flattened and not counted. */
  channels: z.union([z.literal(1), z.literal(3)]),
  bitDepth: z.union([z.literal(8), z.literal(16)]),
  /** Largest sample value in the file: a 12-bit camera in a 16-bit file stays below 4096. */
  peak: z.int().nonnegative(),
  bytes: z.int().positive(),
  format: imageFormatSchema,
  split: splitSchema,
  label: labelSchema,
  defectType: z.string().nullable(),
  maskSha256: sha256Schema.nullable(),
  /** Images of one part (several views) share a group and stay in one split. */
  partGroup: z.string().nullable(),
  /** Of the topic `warning`. */
  warnings: z.array(messageSchema),
  importedAt: timeSchema,
  removedAt: timeSchema.nullable(),
})
export type Image = z.infer<typeof imageSchema>

// ------------------------------------------------------------------------------------------------ import

/** Why a file was not imported; each is a message of the topic `failure`. */
export const refusalCodeSchema = z.enum([
  'empty-file',
  'not-an-image',
  'unsupported-type',
  'too-small',
  'too-large',
  'truncated',
  'corrupt',
  'unreadable',
])
export type RefusalCode = z.infer<typeof refusalCodeSchema>

/** What an import came to. Every `file` is relative to the imported folder. */
export const importReportSchema = z.object({
  dataset: datasetNameSchema,
  layout: layoutSchema,
  /** Images that this import added. */
  imported: z.int().nonnegative(),
  /** Images of this folder that an earlier import, finished or interrupted, had added before. */
  already: z.int().nonnegative(),
  /** Same bytes as `of`, which is in the dataset: reported, not counted twice. */
  duplicates: z.array(z.object({ file: z.string(), of: z.string() })),
  refused: z.array(messageSchema.extend({ file: z.string(), code: refusalCodeSchema })),
  /** What the dataset holds now. */
  splits: splitCountsSchema,
  warnings: z.array(messageSchema.extend({ file: z.string() })),
  seconds: z.number().nonnegative(),
})
export type ImportReport = z.infer<typeof importReportSchema>

/** What a person says a folder of an import holds, in place of what its name says. */
export const importCorrectionSchema = z.object({
  /** Relative to the imported folder; `.` for the files beside the folders. */
  path: z.string().min(1).max(4096),
  /** None of its files is imported. */
  skip: z.boolean().default(false),
  /** Null: its images are shared out by lot. */
  split: splitSchema.nullable(),
  label: labelSchema,
  defectType: z.string().trim().min(1).max(100).nullable(),
})
export type ImportCorrection = z.infer<typeof importCorrectionSchema>

export const importProgressSchema = z.object({
  done: z.int().nonnegative(),
  total: z.int().nonnegative(),
  /** Seconds left by the pace so far; null until there is a pace. */
  secondsLeft: z.number().nonnegative().nullable(),
})
export type ImportProgress = z.infer<typeof importProgressSchema>

// -------------------------------------------------------------------------------------------------- runs

/**
 * `interrupted`: its process died; `paused` and `cancelled`: a person stopped it. Interrupted, paused and
 * failed runs can be resumed from their last checkpoint.
 */
export const runStateSchema = z.enum([
  'queued',
  'training',
  'paused',
  'interrupted',
  'trained',
  'failed',
  'cancelled',
])
export type RunState = z.infer<typeof runStateSchema>

/** One training. */
export const runSchema = z.object({
  id: idSchema,
  datasetId: idSchema,
  name: z.string().nullable(),
  /** The run whose curated images this one was retrained from. */
  parentRunId: idSchema.nullable(),
  model: z.string().min(1),
  preset: z.string().min(1),
  seed: z.int().nonnegative(),
  config: jsonObjectSchema,
  state: runStateSchema,
  createdAt: timeSchema,
  startedAt: timeSchema.nullable(),
  finishedAt: timeSchema.nullable(),
  stepsDone: z.int().nonnegative(),
  stepsTotal: z.int().nonnegative(),
  /** Seconds of training, over all resumptions. */
  seconds: z.number().nonnegative(),
  /** Last value of each loss, by name. */
  losses: z.record(z.string(), z.number()),
  /** Names of the values that scoring stores for each tile, in their order; null before the first scoring. */
  components: z.array(z.string().min(1)).nullable(),
  calibration: jsonObjectSchema.nullable(),
  /** What training reported at its end: the chosen checkpoint, the SHA-256 of the weights. */
  result: jsonObjectSchema.nullable(),
  failure: failureInfoSchema.nullable(),
  resumedCount: z.int().nonnegative(),
})
export type Run = z.infer<typeof runSchema>

/** What a person should know although a training can go on; a message of the topic `warning`. */
export const trainingWarningSchema = messageSchema.extend({
  code: z.enum(['no-validation', 'few-validation']),
})
export type TrainingWarning = z.infer<typeof trainingWarningSchema>

/** One point of a training curve. */
export const runMetricSchema = z.object({
  phase: z.string().min(1),
  name: z.string().min(1),
  step: z.int().nonnegative(),
  value: z.number(),
})
export type RunMetric = z.infer<typeof runMetricSchema>

// ------------------------------------------------------------------------------------------------ scores

/**
 * What one pass over an image stored, without the components of its tiles (those stay in main, as
 * Float32Array [tiles, components], so that kind, k and reduction can change without scoring again).
 */
export const scoreSchema = z.object({
  runId: idSchema,
  imageId: imageIdSchema,
  /** The run's score of this image, raw. */
  score: z.number(),
  /** Percentile of `score` among the normal validation images, in [0, 100]; null before calibration. */
  calibrated: z.number().min(0).max(100).nullable(),
  tiles: z.int().positive(),
  /** Path of the anomaly map inside the workspace; null where the system has none. */
  mapFile: z.string().nullable(),
  /** Anomaly = PNG value / 65535 * mapScale. */
  mapScale: z.number().positive().nullable(),
  mapWidth: z.int().positive().nullable(),
  mapHeight: z.int().positive().nullable(),
  /** Path of the reconstruction G(E(x)) inside the workspace. */
  reconstructionFile: z.string().nullable(),
  /** Of the topic `warning`. */
  warnings: z.array(messageSchema),
  scoredAt: timeSchema,
})
export type Score = z.infer<typeof scoreSchema>

// ------------------------------------------------------------------------------------ operators, decisions

export const operatorNameSchema = z
  .string()
  .trim()
  .min(1)
  .max(80)
  .regex(/^[^\p{Cc}]*$/u, 'no control characters')
export type OperatorName = z.infer<typeof operatorNameSchema>

export const operatorSchema = z.object({
  id: z.int().positive(),
  name: operatorNameSchema,
  createdAt: timeSchema,
  /** A PIN is asked for at sign-in. */
  hasPin: z.boolean(),
  hasBadge: z.boolean(),
})
export type Operator = z.infer<typeof operatorSchema>

/** accept: the part is good. reject: the defect is real. unsure: somebody else should look. */
export const decisionKindSchema = z.enum(['accept', 'reject', 'unsure'])
export type DecisionKind = z.infer<typeof decisionKindSchema>

/** What an operator decided about an image. Never changed and never deleted; an undo is recorded on it. */
export const decisionSchema = z.object({
  id: z.int().positive(),
  runId: idSchema.nullable(),
  imageId: imageIdSchema,
  operatorId: z.int().positive(),
  decision: decisionKindSchema,
  defectType: z.string().nullable(),
  note: z.string().nullable(),
  /** The score that the operator saw. */
  score: z.number().nullable(),
  decidedAt: timeSchema,
  undoneAt: timeSchema.nullable(),
  /** Who took it back. */
  undoneBy: z.int().positive().nullable(),
})
export type Decision = z.infer<typeof decisionSchema>

// ------------------------------------------------------------------------------------------------- audit

/** What was done: a row of the audit, which is only ever added to. */
export const auditEntrySchema = z.object({
  id: z.int().positive(),
  at: timeSchema,
  /** Such as `decision.made` or `threshold.set`. */
  action: z.string().min(1),
  /** Who did it; null where nobody is known to have. */
  operator: z.string().nullable(),
  run: z.string().nullable(),
  /** The dataset's name. */
  dataset: z.string().nullable(),
  image: z.int().positive().nullable(),
  detail: jsonObjectSchema,
  /** The hash of the row before. */
  previous: sha256Schema,
  hash: sha256Schema,
})
export type AuditEntry = z.infer<typeof auditEntrySchema>

// -------------------------------------------------------------------------------------------------- jobs

/** `sample` writes the sample line and imports it; `verify` checks the workspace. */
export const jobKindSchema = z.enum([
  'sample',
  'import',
  'train',
  'score',
  'verify',
  'duplicates',
  'choose',
  'live',
  'backup',
  'export',
])
export type JobKind = z.infer<typeof jobKindSchema>

/** `interrupted`: the process that worked on it died; it can be started again. */
export const jobStateSchema = z.enum(['queued', 'running', 'done', 'failed', 'cancelled', 'interrupted'])
export type JobState = z.infer<typeof jobStateSchema>

export const jobSchema = z.object({
  id: idSchema,
  kind: jobKindSchema,
  state: jobStateSchema,
  runId: idSchema.nullable(),
  datasetId: idSchema.nullable(),
  payload: jsonObjectSchema,
  progress: jsonObjectSchema.nullable(),
  /** What the job came to: an ImportReport, a VerifyReport, numbers of a scoring. */
  result: jsonObjectSchema.nullable(),
  createdAt: timeSchema,
  startedAt: timeSchema.nullable(),
  finishedAt: timeSchema.nullable(),
  failure: failureInfoSchema.nullable(),
  pid: z.int().positive().nullable(),
})
export type Job = z.infer<typeof jobSchema>

// ---------------------------------------------------------------------------------------------- workspace

/** What `verify` found wrong, a message of the topic `problem`. `file` is relative to the workspace. */
export const problemSchema = messageSchema.extend({
  code: z.enum([
    'database-damaged',
    'audit-changed',
    'row-without-parent',
    'file-missing',
    'file-changed',
    'file-unreadable',
    'map-missing',
    'checkpoint-missing',
    'file-not-in-database',
    'temporary-file',
  ]),
  file: z.string(),
})
export type Problem = z.infer<typeof problemSchema>

/** What the doctor found missing, a message of the topic `finding`. `blocks`: something does not work at all; `limits`: it works, at a cost. */
export const findingSchema = messageSchema.extend({
  code: z.enum([
    'node-old',
    'engine-broken',
    'engine-wrong',
    'tensorflow-missing',
    'gpu-missing',
    'gpu-unused',
    'electron-missing',
    'windows-not-built',
    'workspace-in-use',
    'workspace-unusable',
    'disk-nearly-full',
  ]),
  piece: z.enum(['node', 'tensorflow', 'gpu', 'electron', 'windows', 'workspace', 'disk']),
  weight: z.enum(['blocks', 'limits']),
})
export type Finding = z.infer<typeof findingSchema>

/** What a check of a workspace came to. */
export const verifyReportSchema = z.object({
  workspace: z.string(),
  ok: z.boolean(),
  images: z.int().nonnegative(),
  files: z.int().nonnegative(),
  bytes: z.int().nonnegative(),
  problems: z.array(problemSchema),
  seconds: z.number().nonnegative(),
})
export type VerifyReport = z.infer<typeof verifyReportSchema>
