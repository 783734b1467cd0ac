/**
 * What Fanoscope talks about, as schemas; every type is inferred from its schema. Read by main, the engine's
 * supervisor, the command line and the renderer alike, so nothing but zod is imported here.
 *
 * Times are whole milliseconds since 1970-01-01 UTC. Paths are relative with forward slashes.
 */
import { z } from 'zod'

/** A point in time: milliseconds since 1970-01-01 UTC. */
export const Time = z.int().nonnegative()

/** SHA-256 of a file's bytes, lower-case hexadecimal. */
export const Sha256 = z.string().regex(/^[0-9a-f]{64}$/)
export type Sha256 = z.infer<typeof Sha256>

/** Id of a dataset, a run or a job: sorts by the time it was made, safe as a file name. */
export const Id = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/)
export type Id = z.infer<typeof Id>

export const ImageId = z.int().positive()
export type ImageId = z.infer<typeof ImageId>

/** A Failure (src/shared/failure.ts) as it is stored and as it crosses a border. */
export const FailureInfo = z.object({ code: z.string(), message: z.string(), remedy: z.string() })
export type FailureInfo = z.infer<typeof FailureInfo>

/** A JSON object whose shape its owner knows: a model's configuration, a job's payload. */
export const JsonObject = z.record(z.string(), z.json())
export type JsonObject = z.infer<typeof JsonObject>

// ---------------------------------------------------------------------------------------------- datasets

/** How a folder of photographs is laid out on disk. */
export const Layout = z.enum(['mvtec', 'flat'])
export type Layout = z.infer<typeof Layout>

/** What an image is used for. No choice of any kind is made on `test`. */
export const Split = z.enum(['train', 'validation', 'test'])
export type Split = z.infer<typeof Split>

/** What is known about the part on an image. */
export const Label = z.enum(['normal', 'anomalous', 'unlabeled'])
export type Label = z.infer<typeof Label>

/** A file type that can be imported, told by content and not by name. */
export const ImageFormat = z.enum(['png', 'jpeg', 'tiff', 'bmp', 'webp'])
export type ImageFormat = z.infer<typeof ImageFormat>

export const DatasetName = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .regex(/^[^\p{Cc}]*$/u, 'no control characters')
export type DatasetName = z.infer<typeof DatasetName>

export const Dataset = z.object({
  id: Id,
  name: DatasetName,
  createdAt: Time,
  layout: Layout,
  /** The folder of the first import, as it was given. Information only: nothing is read from it again. */
  source: z.string(),
  /** The part has a direction (text, a left and a right side): training does not flip its images. */
  hasDirection: z.boolean(),
})
export type Dataset = z.infer<typeof Dataset>

export const SplitCounts = z.object({
  train: z.int().nonnegative(),
  validation: z.int().nonnegative(),
  test: z.int().nonnegative(),
})
export type SplitCounts = z.infer<typeof SplitCounts>

/** What a dataset holds, without its removed images. */
export const DatasetSummary = Dataset.extend({
  images: z.int().nonnegative(),
  splits: SplitCounts,
  labels: z.object({
    normal: z.int().nonnegative(),
    anomalous: z.int().nonnegative(),
    unlabeled: z.int().nonnegative(),
  }),
  masks: z.int().nonnegative(),
  /** 3 where any image has color, else 1; null while the dataset is empty. */
  channels: z.union([z.literal(1), z.literal(3)]).nullable(),
  defectTypes: z.array(z.object({ defectType: z.string(), images: z.int().positive() })),
})
export type DatasetSummary = z.infer<typeof DatasetSummary>

// ------------------------------------------------------------------------------------------------ images

export const Image = z.object({
  id: ImageId,
  datasetId: Id,
  sha256: Sha256,
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
  format: ImageFormat,
  split: Split,
  label: Label,
  defectType: z.string().nullable(),
  maskSha256: Sha256.nullable(),
  /** Images of one part (several views) share a group and stay in one split. */
  partGroup: z.string().nullable(),
  warnings: z.array(z.string()),
  importedAt: Time,
  removedAt: Time.nullable(),
})
export type Image = z.infer<typeof Image>

// ------------------------------------------------------------------------------------------------ import

/** Why a file was not imported. The codes stay; the reason is for people. */
export const RefusalCode = z.enum([
  'empty-file',
  'not-an-image',
  'unsupported-type',
  'too-small',
  'too-large',
  'truncated',
  'corrupt',
  'unreadable',
])
export type RefusalCode = z.infer<typeof RefusalCode>

/** The document of `import --json`. Every `file` is relative to the imported folder. */
export const ImportReport = z.object({
  dataset: DatasetName,
  layout: Layout,
  /** Images that this import added. */
  imported: z.int().nonnegative(),
  /** Images of this folder that an earlier import, finished or interrupted, had added before. */
  already: z.int().nonnegative(),
  /** Same bytes as `of`, which is in the dataset: reported, not counted twice. */
  duplicates: z.array(z.object({ file: z.string(), of: z.string() })),
  refused: z.array(z.object({ file: z.string(), code: RefusalCode, reason: z.string() })),
  /** What the dataset holds now. */
  splits: SplitCounts,
  warnings: z.array(z.object({ file: z.string(), warning: z.string() })),
  seconds: z.number().nonnegative(),
})
export type ImportReport = z.infer<typeof ImportReport>

export const ImportProgress = z.object({
  done: z.int().nonnegative(),
  total: z.int().nonnegative(),
  /** Seconds left by the pace so far; null until there is a pace. */
  secondsLeft: z.number().nonnegative().nullable(),
})
export type ImportProgress = z.infer<typeof ImportProgress>

// -------------------------------------------------------------------------------------------------- runs

/**
 * `interrupted`: its process died; `paused` and `cancelled`: a person stopped it. Interrupted, paused and
 * failed runs can be resumed from their last checkpoint.
 */
export const RunState = z.enum([
  'queued',
  'training',
  'paused',
  'interrupted',
  'trained',
  'failed',
  'cancelled',
])
export type RunState = z.infer<typeof RunState>

/** One training. */
export const Run = z.object({
  id: Id,
  datasetId: Id,
  name: z.string().nullable(),
  /** The run whose curated images this one was retrained from. */
  parentRunId: Id.nullable(),
  model: z.string().min(1),
  preset: z.string().min(1),
  seed: z.int().nonnegative(),
  config: JsonObject,
  state: RunState,
  createdAt: Time,
  startedAt: Time.nullable(),
  finishedAt: Time.nullable(),
  stepsDone: z.int().nonnegative(),
  stepsTotal: z.int().nonnegative(),
  /** Seconds of training, over all resumptions. */
  seconds: z.number().nonnegative(),
  /** Last value of each loss, by name. */
  losses: z.record(z.string(), z.number()),
  /** Names of the values that scoring stores for each tile, in their order; null before the first scoring. */
  components: z.array(z.string().min(1)).nullable(),
  calibration: JsonObject.nullable(),
  failure: FailureInfo.nullable(),
  resumedCount: z.int().nonnegative(),
})
export type Run = z.infer<typeof Run>

/** One point of a training curve. */
export const RunMetric = z.object({
  phase: z.string().min(1),
  name: z.string().min(1),
  step: z.int().nonnegative(),
  value: z.number(),
})
export type RunMetric = z.infer<typeof RunMetric>

// ------------------------------------------------------------------------------------------------ scores

/**
 * What one pass over an image stored, without the components of its tiles (those stay in main, as
 * Float32Array [tiles, components], so that kind, k and reduction can change without scoring again).
 */
export const Score = z.object({
  runId: Id,
  imageId: ImageId,
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
  scoredAt: Time,
})
export type Score = z.infer<typeof Score>

// ------------------------------------------------------------------------------------ operators, decisions

export const OperatorName = z
  .string()
  .trim()
  .min(1)
  .max(80)
  .regex(/^[^\p{Cc}]*$/u, 'no control characters')
export type OperatorName = z.infer<typeof OperatorName>

export const Operator = z.object({ id: z.int().positive(), name: OperatorName, createdAt: Time })
export type Operator = z.infer<typeof Operator>

/** accept: the part is good. reject: the defect is real. unsure: somebody else should look. */
export const DecisionKind = z.enum(['accept', 'reject', 'unsure'])
export type DecisionKind = z.infer<typeof DecisionKind>

/** What an operator decided about an image. Never changed and never deleted; an undo is recorded on it. */
export const Decision = z.object({
  id: z.int().positive(),
  runId: Id.nullable(),
  imageId: ImageId,
  operatorId: z.int().positive(),
  decision: DecisionKind,
  defectType: z.string().nullable(),
  note: z.string().nullable(),
  /** The score that the operator saw. */
  score: z.number().nullable(),
  decidedAt: Time,
  undoneAt: Time.nullable(),
})
export type Decision = z.infer<typeof Decision>

/** One line of the review queue, highest score first. */
export const QueueItem = z.object({
  image: ImageId,
  file: z.string(),
  split: Split,
  label: Label,
  defectType: z.string().nullable(),
  width: z.int().positive(),
  height: z.int().positive(),
  score: z.number(),
  calibrated: z.number().nullable(),
  hasMap: z.boolean(),
  hasMask: z.boolean(),
  /** The decision that stands (the newest that was not undone) by any run, with who took it and when. */
  decision: DecisionKind.nullable(),
  operator: z.string().nullable(),
  decidedAt: Time.nullable(),
})
export type QueueItem = z.infer<typeof QueueItem>

// -------------------------------------------------------------------------------------------------- jobs

export const JobKind = z.enum(['import', 'train', 'score'])
export type JobKind = z.infer<typeof JobKind>

/** `interrupted`: the process that worked on it died; it can be started again. */
export const JobState = z.enum(['queued', 'running', 'done', 'failed', 'cancelled', 'interrupted'])
export type JobState = z.infer<typeof JobState>

export const Job = z.object({
  id: Id,
  kind: JobKind,
  state: JobState,
  runId: Id.nullable(),
  datasetId: Id.nullable(),
  payload: JsonObject,
  progress: JsonObject.nullable(),
  createdAt: Time,
  startedAt: Time.nullable(),
  finishedAt: Time.nullable(),
  failure: FailureInfo.nullable(),
  pid: z.int().positive().nullable(),
})
export type Job = z.infer<typeof Job>

// ---------------------------------------------------------------------------------------------- workspace

/** What `verify` found wrong. `file` is relative to the workspace. */
export const Problem = z.object({
  code: z.enum([
    'database-damaged',
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
  message: z.string(),
  remedy: z.string(),
})
export type Problem = z.infer<typeof Problem>

/** The document of `verify --json`. */
export const VerifyReport = z.object({
  workspace: z.string(),
  ok: z.boolean(),
  images: z.int().nonnegative(),
  files: z.int().nonnegative(),
  bytes: z.int().nonnegative(),
  problems: z.array(Problem),
  seconds: z.number().nonnegative(),
})
export type VerifyReport = z.infer<typeof VerifyReport>
