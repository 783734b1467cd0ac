/**
 * The contract between main and whoever drives it: every call with the schema of what goes in and what
 * comes out, and every event. Main checks each message against it. Preload and the browser host are
 * made from this file by a loop.
 *
 * Pixels do not travel here. They are read by address, see `assetPath` in `asset-path.ts`.
 */
import { z } from 'zod'
import {
  defectTypeSchema,
  maskExportSchema,
  maskFormatSchema,
  maskImportSchema,
  savedAnnotationSchema,
  shapesSchema,
} from './annotation.ts'
import { carryOverSchema, choiceRequestSchema, madeChoiceSchema } from './choice.ts'
import {
  duplicateReportSchema,
  gridFilterSchema,
  gridImageSchema,
  gridSortSchema,
  imageChangeSchema,
  imageChoiceSchema,
  splitPreviewSchema,
  splitRequestSchema,
} from './dataset-grid.ts'
import {
  auditEntrySchema,
  datasetSummarySchema,
  decisionKindSchema,
  decisionSchema,
  findingSchema,
  importCorrectionSchema,
  importReportSchema,
  jobSchema,
  labelSchema,
  layoutSchema,
  operatorSchema,
  runSchema,
  runStateSchema,
  splitSchema,
  trainingWarningSchema,
} from './domain.ts'
import { driftSchema } from './drift.ts'
import {
  comparisonSchema,
  curationProposalSchema,
  datasetVersionSchema,
  gateSchema,
  modelUseSchema,
  retrainingWarningSchema,
  versionDifferenceSchema,
} from './improvement.ts'
import { livePartSchema, liveStateSchema } from './live.ts'
import { logEntrySchema, logQuerySchema } from './log.ts'
import { messageSchema } from './messages/message.ts'
import { regionOfInterestSchema, regionPreviewSchema } from './region-of-interest.ts'
import {
  chosenThresholdSchema,
  distributionSchema,
  flipSchema,
  operatingPointSchema,
  regionCriteriaSchema,
  scoreSettingsSchema,
  validationSchema,
  verdictSchema,
  workingPointSchema,
} from './threshold.ts'

import { trainingOutlookSchema } from './training-outlook.ts'

export { assetPath } from './asset-path.ts'

const none = z.strictObject({})
const id = z.number().int().positive()
const runId = z.string().min(1).max(64)
const page = {
  offset: z.number().int().nonnegative().default(0),
  limit: z.number().int().min(1).max(500).default(100),
}

export const providerInfoSchema = z.object({
  backend: z.string(),
  version: z.string(),
  gpu: z.boolean(),
  device: z.string(),
  /** Why this one; of the topic `reason`. */
  why: messageSchema,
})

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

export const engineStateSchema = z.object({
  state: z.enum(['stopped', 'starting', 'ready', 'busy', 'restarting', 'failed']),
  provider: providerInfoSchema.nullable(),
  /** Crashes since the workspace was opened. */
  crashes: z.number().int().nonnegative(),
})
export type EngineState = z.infer<typeof engineStateSchema>

export const workspaceInfoSchema = z.object({
  dir: z.string(),
  name: z.string(),
  datasets: z.number().int(),
  images: z.number().int(),
  runs: z.number().int(),
  freeBytes: z.number().nullable(),
})
export type WorkspaceInfo = z.infer<typeof workspaceInfoSchema>

export const appInfoSchema = z.object({
  version: z.string(),
  host: z.enum(['electron', 'browser']),
  platform: z.string(),
  /** Where a first workspace would be made, and where the sample line would be written. */
  suggested: z.object({ workspace: z.string(), sample: z.string() }),
  recentWorkspaces: z.array(z.string()),
  workspace: workspaceInfoSchema.nullable(),
  engine: engineStateSchema,
})
export type AppInfo = z.infer<typeof appInfoSchema>

/** A parameter of a system, as a form shows it. */
export const parameterSchema = z.object({
  name: z.string(),
  type: z.enum(['number', 'integer', 'boolean', 'choice', 'text']),
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
    }),
  ),
})
export type Systems = z.infer<typeof systemsSchema>

export type { GridFilter as ImageFilter } from './dataset-grid.ts'

export const evaluationSchema = z.object({
  run: z.string(),
  score: z.string(),
  split: splitSchema,
  n: z.object({ normal: z.number().int(), anomalous: z.number().int() }),
  imageAuroc: z.number().nullable(),
  imageAuprc: z.number().nullable(),
  pixelAuroc: z.number().nullable(),
  aupro: z.number().nullable(),
  perDefectType: z.record(
    z.string(),
    z.object({ n: z.number().int(), imageAuroc: z.number().nullable(), pixelAuroc: z.number().nullable() }),
  ),
  /** Labeled images of the split that have no score, where there are any. */
  missing: z.number().int().positive().optional(),
})
export type Evaluation = z.infer<typeof evaluationSchema>

export const curvePointSchema = z.object({
  phase: z.string(),
  step: z.number().int(),
  name: z.string(),
  value: z.number(),
})
export type CurvePoint = z.infer<typeof curvePointSchema>

/** One part in the review queue. */
export const reviewItemSchema = z.object({
  image: id,
  file: z.string(),
  width: z.number().int(),
  height: z.number().int(),
  split: splitSchema,
  /** Ground truth, where the dataset has it. */
  label: labelSchema,
  defectType: z.string().nullable(),
  score: z.number(),
  /** Percentile of the score on the normal validation images, 0 to 100. */
  calibrated: z.number(),
  /** Components of the tile that decides the score, by name. */
  components: z.record(z.string(), z.number()),
  hasMap: z.boolean(),
  /** Ground truth by pixel is there, see `assetPath.mask`. */
  hasMask: z.boolean(),
  mapScale: z.number().nullable(),
  decision: decisionSchema.nullable(),
  /** What each operator decided, where they disagree. */
  opinions: z
    .array(
      z.object({
        operator: z.string(),
        decision: decisionKindSchema,
        defectType: z.string().nullable(),
        note: z.string().nullable(),
      }),
    )
    .optional(),
  /** By the operating point in use; null while the run has none. */
  verdict: verdictSchema.nullable(),
})
export type ReviewItem = z.infer<typeof reviewItemSchema>

export const exportFormatSchema = z.enum([
  'report',
  'csv',
  'parquet',
  'masks',
  'package',
  'savedmodel',
  'onnx',
  'safetensors',
])
export type ExportFormatName = z.infer<typeof exportFormatSchema>

/** `threshold`: the parts nearest to the threshold first, which are the hardest to tell; `time`: those that came last. */
export const reviewOrderSchema = z.enum(['score', 'score-ascending', 'threshold', 'time', 'file'])
export type ReviewOrder = z.infer<typeof reviewOrderSchema>

export const auditFilterSchema = z.object({
  /** An action, or the word before its dot. */
  action: z.string().max(100).optional(),
  operator: z.string().max(100).optional(),
  run: z.string().max(64).optional(),
  dataset: z.string().max(100).optional(),
  image: id.optional(),
  from: z.number().int().nonnegative().optional(),
  to: z.number().int().nonnegative().optional(),
})

export const auditCheckSchema = z.object({
  rows: z.number().int().nonnegative(),
  /** The hash of the newest row. */
  head: z.string(),
  /** Of the topic `reason`. */
  breaks: z.array(messageSchema.extend({ id: z.number().int() })),
})
export type AuditCheck = z.infer<typeof auditCheckSchema>

/**
 * `second`: what others decided and this operator did not, without saying what; `disagreements`: what operators
 * decided differently.
 */
export const reviewViewSchema = z.enum(['all', 'second', 'disagreements'])
export type ReviewView = z.infer<typeof reviewViewSchema>

export const folderEntrySchema = z.object({ name: z.string(), path: z.string() })

export const folderPreviewSchema = z.object({
  folder: z.string(),
  layout: layoutSchema,
  files: z.number().int(),
  /** Folders inside it with the split and label that each would get. */
  groups: z.array(
    z.object({
      path: z.string(),
      files: z.number().int(),
      /** Null where its images are shared out by lot. */
      split: splitSchema.nullable(),
      label: labelSchema,
      defectType: z.string().nullable(),
    }),
  ),
  masks: z.number().int(),
  suggestedName: z.string(),
})
export type FolderPreview = z.infer<typeof folderPreviewSchema>

const call = <I extends z.ZodType, O extends z.ZodType>(input: I, output: O) => ({ input, output })
const jobStarted = z.object({ job: z.string() })

/** Every call. A call that fails rejects with `FailureData` (`failure.ts`). */
export const calls = {
  'app.info': call(none, appInfoSchema),
  /** The doctor's report as text lines and as data. */
  'app.doctor': call(
    none,
    z.object({
      text: z.string(),
      report: z.looseObject({ facts: z.array(messageSchema), findings: z.array(findingSchema) }),
    }),
  ),

  /** Starts the engine, which otherwise starts when it is needed; answers when it is ready. */
  'engine.start': call(none, engineStateSchema),

  'workspace.open': call(
    z.object({ dir: z.string().min(1), create: z.boolean().default(false) }),
    workspaceInfoSchema,
  ),
  'workspace.close': call(none, none),
  'workspace.verify': call(none, jobStarted),

  /** A native dialog where the host has one; null when the person cancelled; `supported` false in a browser. */
  'folder.choose': call(
    z.object({ title: z.string() }),
    z.object({ supported: z.boolean(), path: z.string().nullable() }),
  ),
  /** Subfolders, for the folder picker of the browser host. */
  'folder.list': call(
    z.object({ path: z.string().nullable() }),
    z.object({
      path: z.string(),
      parent: z.string().nullable(),
      folders: z.array(folderEntrySchema),
      images: z.number().int(),
    }),
  ),
  /** What an import of the folder would do; writes nothing. */
  'folder.inspect': call(
    z.object({ path: z.string().min(1), layout: z.enum(['auto', 'mvtec', 'flat']).default('auto') }),
    folderPreviewSchema,
  ),

  /** A folder that was dropped where its path is not known: its files are sent to the host, see `Bridge.sendDropped`. */
  'drop.begin': call(
    z.object({
      name: z.string().min(1).max(255),
      files: z.number().int().min(1),
      bytes: z.number().int().nonnegative(),
    }),
    /** `folder`: where the files will lie, to be looked at and imported like any other. */
    z.object({ id: z.string(), folder: z.string() }),
  ),
  /** Takes it away, where it is not imported; what is imported is taken away at the end of the import. */
  'drop.end': call(z.object({ id: z.string() }), none),

  /** Writes the synthetic sample line (when it is not there yet) and imports it as the dataset "sample". */
  'sample.open': call(z.object({ seed: z.number().int().nonnegative().default(1) }), jobStarted),

  'dataset.list': call(none, z.array(datasetSummarySchema)),
  'dataset.import': call(
    z.object({
      folder: z.string().min(1),
      dataset: z.string().min(1).max(100),
      layout: z.enum(['auto', 'mvtec', 'flat']).default('auto'),
      /** What photographs are that no folder name tells: `normal` for a folder of good parts only. */
      unlabeledAs: labelSchema.default('unlabeled'),
      /** The part has a left and a right: training does not mirror it. Left out, the dataset stays as it is. */
      hasDirection: z.boolean().optional(),
      /** Folders that hold something else than their names say. */
      corrections: z.array(importCorrectionSchema).max(10_000).default([]),
    }),
    jobStarted,
  ),
  'dataset.importReport': call(z.object({ job: z.string() }), importReportSchema),
  /** Writes what became of each file that was not simply imported into a CSV file of the folder. */
  'dataset.exportReport': call(
    z.object({ job: z.string(), folder: z.string().min(1) }),
    z.object({ file: z.string(), rows: z.number().int() }),
  ),
  'dataset.images': call(
    z.object({
      dataset: z.string(),
      filter: gridFilterSchema.default({}),
      sort: gridSortSchema.default({ by: 'added', descending: false }),
      ...page,
    }),
    z.object({ total: z.number().int(), images: z.array(gridImageSchema) }),
  ),
  /** Labels, moves, removes or restores images: all of them or none. */
  'dataset.change': call(
    z.object({
      dataset: z.string(),
      choice: imageChoiceSchema,
      change: imageChangeSchema,
      operator: z.string().nullable().default(null),
    }),
    z.object({ changed: z.number().int() }),
  ),
  /** Shares all labeled images out to the splits; without `apply` it only says what would become of them. */
  'dataset.split': call(
    z.object({ dataset: z.string(), split: splitRequestSchema, apply: z.boolean().default(false) }),
    splitPreviewSchema,
  ),
  /** A frozen validation set refuses every change. */
  'dataset.freeze': call(z.object({ dataset: z.string(), frozen: z.boolean() }), none),
  /** What of its photographs counts. */
  'dataset.region': call(z.object({ dataset: z.string() }), regionOfInterestSchema),
  /** Runs that are made from now on use it; those that are there keep theirs. */
  'dataset.setRegion': call(
    z.object({
      dataset: z.string(),
      region: regionOfInterestSchema,
      operator: z.string().min(1).nullable().default(null),
    }),
    regionOfInterestSchema,
  ),
  /** What a region comes to on these photographs; sets nothing. */
  'dataset.previewRegion': call(
    z.object({ dataset: z.string(), region: regionOfInterestSchema, images: z.array(id).max(24) }),
    z.array(regionPreviewSchema),
  ),
  /** Looks for the same picture in two splits. */
  'dataset.findDuplicates': call(z.object({ dataset: z.string() }), jobStarted),
  /** What the newest search found; null before the first. */
  'dataset.duplicates': call(z.object({ dataset: z.string() }), duplicateReportSchema.nullable()),

  /** Kinds of defects in the order of their keys. */
  'label.types': call(z.object({ dataset: z.string() }), z.array(defectTypeSchema)),
  'label.setTypes': call(
    z.object({ dataset: z.string(), types: z.array(defectTypeSchema).max(100) }),
    z.array(defectTypeSchema),
  ),
  /** What is drawn on an image; where only a mask was imported, its pixels. */
  'label.open': call(
    z.object({ image: id }),
    z.object({
      shapes: shapesSchema,
      /** Runs that have an anomaly map of it. */
      maps: z.array(runId),
    }),
  ),
  /** Answers after shapes and mask are stored and synced to disk. */
  'label.save': call(
    z.object({ image: id, shapes: shapesSchema, operator: z.string().nullable().default(null) }),
    savedAnnotationSchema,
  ),
  'label.export': call(
    z.object({ dataset: z.string(), format: maskFormatSchema, folder: z.string().min(1) }),
    maskExportSchema,
  ),
  'label.import': call(
    z.object({ dataset: z.string(), format: maskFormatSchema, folder: z.string().min(1) }),
    maskImportSchema,
  ),

  'system.list': call(none, systemsSchema),

  'train.start': call(
    z.object({
      dataset: z.string().min(1),
      model: z.string().min(1),
      preset: z.string().min(1),
      seed: z.number().int().nonnegative().default(1),
      set: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
    }),
    z.object({ job: z.string(), run: runId, warnings: z.array(trainingWarningSchema) }),
  ),
  /** What a training would meet and need; changes nothing. */
  'train.outlook': call(
    z.object({
      dataset: z.string().min(1),
      model: z.string().min(1),
      preset: z.string().min(1),
      set: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
    }),
    trainingOutlookSchema,
  ),
  'train.resume': call(z.object({ run: runId }), z.object({ job: z.string(), run: runId })),

  'job.list': call(z.object({ active: z.boolean().default(false) }), z.array(jobSchema)),
  'job.cancel': call(z.object({ job: z.string() }), none),
  'job.pause': call(z.object({ job: z.string() }), none),
  'job.continue': call(z.object({ job: z.string() }), none),
  /** Does an interrupted, failed or cancelled job again: it goes on from where it stopped, as a new job. */
  'job.again': call(z.object({ job: z.string() }), jobStarted),

  /** Lines of the workspace's log, newest first. */
  'log.list': call(logQuerySchema, z.object({ total: z.number().int(), entries: z.array(logEntrySchema) })),

  'run.list': call(
    z.object({ dataset: z.string().optional(), state: runStateSchema.optional() }),
    z.array(runSchema),
  ),
  'run.get': call(z.object({ run: runId }), runSchema),
  'run.curves': call(
    z.object({ run: runId, afterStep: z.number().int().default(-1) }),
    z.object({ points: z.array(curvePointSchema) }),
  ),
  /** Preview pictures of a run, newest first: `asset` is an address for `assetPath`. */
  'run.previews': call(
    z.object({ run: runId }),
    z.array(z.object({ name: z.string(), step: z.number().int(), asset: z.string() })),
  ),
  /** What of photographs counts for the run, and what that is on one of them. */
  'run.region': call(
    z.object({ run: runId, image: id.nullable().default(null) }),
    z.object({ region: regionOfInterestSchema, preview: regionPreviewSchema.nullable() }),
  ),
  /** Scores the images of the split that have no score by this run, or all of them `again`. */
  'run.score': call(
    z.object({ run: runId, split: splitSchema, again: z.boolean().default(false) }),
    jobStarted,
  ),
  'run.evaluate': call(
    z.object({ run: runId, score: z.string().optional(), split: splitSchema.default('test') }),
    evaluationSchema,
  ),

  /** Two runs on the validation images of their dataset, each at the same targets. */
  'run.compare': call(
    z.object({
      a: runId,
      b: runId,
      falseRejectRate: z.number().min(0).max(1).default(0.05),
      recall: z.number().min(0).max(1).default(0.95),
    }),
    comparisonSchema,
  ),
  /** Which of them must score the validation split before they can be compared. */
  'run.unscored': call(z.object({ a: runId, b: runId }), z.object({ runs: z.array(runId) })),

  /** Newest first. */
  'version.list': call(z.object({ dataset: z.string().min(1) }), z.array(datasetVersionSchema)),
  'version.compare': call(z.object({ dataset: z.string().min(1), a: id, b: id }), versionDifferenceSchema),
  /** Makes a new version with the images of an old one. */
  'version.restore': call(
    z.object({
      dataset: z.string().min(1),
      number: id,
      operator: z.string().min(1),
      reason: z.string().max(2000),
    }),
    datasetVersionSchema,
  ),
  /** What could be learned from next, of what operators accepted; changes nothing. */
  'curation.propose': call(z.object({ run: runId }), curationProposalSchema),
  /** Makes the proposal a version, as a person confirmed it. */
  'curation.confirm': call(
    z.object({
      run: runId,
      /** The version that the person saw the proposal for. */
      base: z.string().min(1),
      include: z.array(id).default([]),
      exclude: z.array(id).default([]),
      operator: z.string().min(1),
      reason: z.string().max(2000),
    }),
    datasetVersionSchema,
  ),
  'retrain.estimate': call(
    z.object({ run: runId, start: z.enum(['warm', 'beginning']) }),
    z.object({ seconds: z.number().nullable() }),
  ),
  'retrain.start': call(
    z.object({
      run: runId,
      /** Number of a version; null for the newest. */
      version: id.nullable().default(null),
      start: z.enum(['warm', 'beginning']).default('warm'),
      seed: z.number().int().nonnegative().nullable().default(null),
      set: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
    }),
    z.object({
      job: z.string(),
      run: runId,
      version: datasetVersionSchema,
      estimatedSeconds: z.number().nullable(),
      warnings: z.array(retrainingWarningSchema),
    }),
  ),

  /** Live parts of the run against its normal validation parts. */
  'drift.get': call(z.object({ run: runId }), driftSchema),

  /** Writes a model, its scores, decisions, masks or a report to a file or folder that must not be there yet. */
  'export.start': call(
    z.object({
      run: runId,
      format: exportFormatSchema,
      /** Absolute path; a report is PDF where it ends in .pdf. */
      to: z.string().min(1).max(4096),
      batch: z.number().int().min(1).max(256).default(1),
      language: z.enum(['en', 'zh-CN']).default('en'),
      split: splitSchema.default('test'),
      operator: z.string().min(1).nullable().default(null),
    }),
    jobStarted,
  ),
  /** Takes a model package of another workstation in, as a run. */
  'model.import': call(
    z.object({
      folder: z.string().min(1),
      dataset: z.string().min(1).max(100).nullable().default(null),
      operator: z.string().min(1).nullable().default(null),
    }),
    /** `threshold`: what it came with, which is not taken over. */
    z.object({ run: runId, dataset: z.string(), threshold: z.number().nullable() }),
  ),

  /** The model in use of every dataset that has one. */
  'model.list': call(
    none,
    // What a rollback goes to; null where no other model was in use before.
    z.array(modelUseSchema.extend({ before: runId.nullable() })),
  ),
  /** Newest first. */
  'model.history': call(z.object({ dataset: z.string().min(1) }), z.array(modelUseSchema)),
  /** What a promotion of the run would rest on; changes nothing. */
  'model.judge': call(
    z.object({ run: runId, margin: z.number().min(0).max(1).default(0.02) }),
    z.object({ gate: gateSchema, comparison: comparisonSchema.nullable() }),
  ),
  'model.promote': call(
    z.object({
      run: runId,
      operator: z.string().min(1),
      reason: z.string().max(2000).nullable().default(null),
      margin: z.number().min(0).max(1).default(0.02),
    }),
    modelUseSchema,
  ),
  'model.rollBack': call(
    z.object({
      dataset: z.string().min(1),
      operator: z.string().min(1),
      reason: z.string().max(2000).nullable().default(null),
    }),
    modelUseSchema,
  ),

  /** Watches a folder; without `results`, what comes of it is written beside that folder. */
  'live.start': call(
    z.object({ folder: z.string().min(1), run: runId, results: z.string().min(1).nullable().default(null) }),
    liveStateSchema,
  ),
  'live.stop': call(none, none),
  'live.state': call(none, liveStateSchema),

  'operator.list': call(none, z.array(operatorSchema)),
  /** Makes the operator when the name is new. */
  'operator.signIn': call(
    z.object({ name: z.string().trim().min(1).max(100), pin: z.string().max(32).nullable().default(null) }),
    operatorSchema,
  ),
  /** The code that a badge reader types. */
  'operator.badgeIn': call(
    z.object({ badge: z.string().trim().min(1).max(200), pin: z.string().max(32).nullable().default(null) }),
    operatorSchema,
  ),
  /** What is done in the name of an operator who has a PIN is refused at a window where that one is not signed in. */
  'operator.signOut': call(z.object({ name: z.string().min(1).max(100) }), none),
  'operator.isSignedIn': call(
    z.object({ name: z.string().min(1).max(100) }),
    z.object({ isSignedIn: z.boolean() }),
  ),
  /** Sets or takes away the PIN and the badge of an operator, who proves to be that one by the PIN so far. */
  'operator.secure': call(
    z.object({
      name: z.string().min(1),
      pin: z.string().max(32).nullable(),
      newPin: z.string().max(32).nullable(),
      badge: z.string().max(200).nullable(),
    }),
    operatorSchema,
  ),

  'review.queue': call(
    z.object({
      run: runId,
      split: splitSchema.optional(),
      order: reviewOrderSchema.default('score'),
      undecided: z.boolean().default(false),
      view: reviewViewSchema.default('all'),
      /** Whose second look it is. */
      operator: z.string().nullable().default(null),
      ...page,
    }),
    z.object({
      total: z.number().int(),
      decided: z.number().int(),
      accepted: z.number().int(),
      rejected: z.number().int(),
      /** One scale for every map of the run: the 99.5th percentile of map values on validation normals times two. */
      mapScale: z.number(),
      /** What the verdicts are given by; null while the run has no operating point. */
      point: operatingPointSchema.nullable(),
      items: z.array(reviewItemSchema),
    }),
  ),
  /** Answers after the decision is in SQLite and synced to disk. */
  'review.decide': call(
    z.object({
      run: runId,
      image: id,
      decision: decisionKindSchema,
      operator: z.string().min(1),
      defectType: z.string().max(100).nullable().default(null),
      note: z.string().max(2000).nullable().default(null),
      /** The queue that it was decided in. */
      view: reviewViewSchema.default('all'),
    }),
    decisionSchema,
  ),
  /** Accepts every part of the queue on which no decision stands; one undo takes all of them back. */
  'review.acceptRest': call(
    z.object({ run: runId, split: splitSchema.optional(), operator: z.string().min(1) }),
    z.object({ accepted: z.number().int() }),
  ),
  /** Takes back the operator's newest decision of the run that stands; null when there is none. */
  'review.undo': call(
    z.object({ run: runId, operator: z.string().min(1) }),
    z.object({
      undone: decisionSchema.nullable(),
      /** How many were taken back with it: all of those accepted at once. */
      count: z.number().int().default(1),
    }),
  ),

  /** Compares ways of scoring, and runs, on defects that are made on normal validation photographs. */
  'choice.start': call(choiceRequestSchema, jobStarted),
  /** The newest comparison in which the run took part; null before the first. */
  'choice.get': call(z.object({ run: runId }), madeChoiceSchema.nullable()),
  /** Which of its runs must score the test split before it can be held against real defects. */
  'choice.untested': call(z.object({ job: z.string() }), z.object({ runs: z.array(runId) })),
  /** How the choice stands on the real defects of the test split, which had no part in it. */
  'choice.carryOver': call(z.object({ job: z.string() }), carryOverSchema),

  /** What a threshold of the run may be chosen on: its labeled validation images, and nothing else. */
  'threshold.validation': call(z.object({ run: runId }), validationSchema),
  'threshold.distribution': call(z.object({ run: runId, settings: scoreSettingsSchema }), distributionSchema),
  /** What a threshold does with the validation images. */
  'threshold.at': call(
    z.object({
      run: runId,
      settings: scoreSettingsSchema,
      threshold: z.number(),
      regions: regionCriteriaSchema.nullable().default(null),
    }),
    workingPointSchema,
  ),
  /** The threshold for a target: `f1`, `fpr=0.01`, `recall=0.99`, `cost=1:50` or `percentile=99`. */
  'threshold.choose': call(
    z.object({
      run: runId,
      /** Null for those in use. */
      settings: scoreSettingsSchema.nullable().default(null),
      target: z.string().min(1).max(100),
      regions: regionCriteriaSchema.nullable().default(null),
    }),
    chosenThresholdSchema,
  ),
  /** Validation parts with another verdict than by the operating point in use, or by the threshold `from`. */
  'threshold.flips': call(
    z.object({
      run: runId,
      settings: scoreSettingsSchema,
      threshold: z.number(),
      regions: regionCriteriaSchema.nullable().default(null),
      from: z.number().nullable().default(null),
      limit: z.number().int().min(1).max(500).default(60),
    }),
    z.object({ total: z.number().int().nonnegative(), items: z.array(flipSchema) }),
  ),
  /** Measures the regions of maps that have not been yet; answers when all have. */
  'threshold.measureRegions': call(z.object({ run: runId }), z.object({ measured: z.number().int() })),

  /** Newest first; `active` is the id of the one in use. */
  'point.list': call(
    z.object({ run: runId }),
    z.object({ active: id.nullable(), points: z.array(operatingPointSchema) }),
  ),
  /** Sets a threshold: a new version of the name, in use from now on. */
  'point.save': call(
    z.object({
      run: runId,
      name: z.string().trim().min(1).max(100),
      settings: scoreSettingsSchema,
      threshold: z.number(),
      regions: regionCriteriaSchema.nullable().default(null),
      /** What it was chosen for; null where it was set by hand. */
      target: z.string().max(100).nullable().default(null),
      operator: z.string().min(1),
      reason: z.string().max(2000),
    }),
    operatingPointSchema,
  ),
  /** Takes a point of before into use again. */
  'point.use': call(
    z.object({ point: id, operator: z.string().min(1), reason: z.string().max(2000) }),
    operatingPointSchema,
  ),

  /** Newest first. */
  'audit.list': call(
    z.object({ filter: auditFilterSchema.default({}), ...page }),
    z.object({ total: z.number().int(), entries: z.array(auditEntrySchema) }),
  ),
  /** Follows the chain of hashes from the first row to the last. */
  'audit.check': call(none, auditCheckSchema),
  /** Writes the rows into a file of the folder. */
  'audit.export': call(
    z.object({
      filter: auditFilterSchema.default({}),
      format: z.enum(['csv', 'json']),
      folder: z.string().min(1),
      operator: z.string().nullable().default(null),
    }),
    z.object({ file: z.string(), rows: z.number().int() }),
  ),

  'setting.get': call(z.object({ key: z.string().max(100) }), z.object({ value: z.unknown() })),
  'setting.set': call(z.object({ key: z.string().max(100), value: z.unknown() }), none),
} as const

export type Calls = typeof calls
export type CallName = keyof Calls
/** What a caller may leave to defaults. */
export type CallInput<N extends CallName> = z.input<Calls[N]['input']>
/** What a handler gets, defaults filled in. */
export type CallArguments<N extends CallName> = z.output<Calls[N]['input']>
export type CallOutput<N extends CallName> = z.output<Calls[N]['output']>

/** Every event that main sends to all windows. */
export const events = {
  'engine.changed': engineStateSchema,
  'workspace.changed': z.object({ workspace: workspaceInfoSchema.nullable() }),
  /** Something in the dataset list is other than it was. */
  'dataset.changed': z.object({ dataset: z.string() }),
  /** State or progress of a job; at most ten a second for each job. `progress` is `jobProgressSchema` while it runs. */
  'job.changed': jobSchema,
  'run.changed': z.object({ run: runId }),
  'run.points': z.object({ run: runId, points: z.array(curvePointSchema) }),
  'run.preview': z.object({ run: runId, name: z.string(), step: z.number().int(), asset: z.string() }),
  /** A part of the watched folder has its verdict. */
  'live.judged': livePartSchema,
  'review.decided': z.object({ run: runId, image: id }),
  /** Another operating point is in use for the run. */
  'point.changed': z.object({ run: runId }),
  /** Another run is in use for the dataset. */
  'model.changed': z.object({ dataset: z.string() }),
} as const

export type Events = typeof events
export type EventName = keyof Events
export type EventPayload<N extends EventName> = z.output<Events[N]>

/** What preload (or the browser host's client) puts on `window`. */
export interface Bridge {
  readonly host: 'electron' | 'browser'
  /** Rejects with FailureData. */
  call<N extends CallName>(name: N, input: CallInput<N>): Promise<CallOutput<N>>
  /** Returns a function that stops listening. */
  on<N extends EventName>(name: N, listener: (payload: EventPayload<N>) => void): () => void
  /** A full address for a path of `assetPath`. */
  asset(path: string): string
  /** Where a dropped file or folder lies, absolute; null where the host does not tell a page. */
  droppedPath(file: DroppedFile): string | null
  /** Sends one file of a folder that `drop.begin` announced; `path` is relative to it. Rejects with FailureData. */
  sendDropped(drop: string, path: string, content: DroppedFile): Promise<void>
}

/** What main and preload need to know of a page's `File`, without the types of a page. */
export interface DroppedFile {
  readonly name: string
  readonly size: number
}
