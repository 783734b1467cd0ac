/**
 * The messages between main and the engine. Both sides check every message against these schemas. The engine gets
 * file names and folders and answers with numbers; it never touches SQLite, and it writes only inside the run folder
 * that a task names.
 */
import { z } from 'zod'
import { messageSchema } from '../../shared/messages/message.ts'
import { regionOfInterestSchema } from '../../shared/region-of-interest.ts'
import { scaleChoiceSchema, scorePartsSchema } from '../../shared/run.ts'
import { madeDefectTypes } from '../model/made-defect-types.ts'
import { phaseTimesSchema } from '../model/phase-times.ts'

/** Which processor executes, and why. */
export const providerSchema = z.object({
  backend: z.string(),
  version: z.string(),
  gpu: z.boolean(),
  device: z.string(),
  /** Of the topic `reason`. */
  why: messageSchema,
})
export type Provider = z.infer<typeof providerSchema>

/** A small computation by which an engine shows what executes; see `device-proof.ts`. */
export const deviceProofSchema = z.object({
  /** As TensorFlow names it, or `JavaScript`. */
  device: z.string(),
  /** Rows and columns of the matrix that was multiplied by itself. */
  side: z.int().positive(),
  /** The result agrees with one computed in another way. */
  correct: z.boolean(),
  /** Floating point operations a second, in thousand millions. */
  gigaflops: z.number().nonnegative(),
  /** Why there is no result. */
  failure: z.string().nullable(),
})
export type DeviceProof = z.infer<typeof deviceProofSchema>

/** An image as the engine gets it: an id for its answers and the file to read. */
export const engineImageSchema = z.object({
  id: z.number().int(),
  file: z.string(),
  /** What people call the photograph, for messages about it. */
  name: z.string().optional(),
  width: z.number().int().positive(),
  height: z.number().int().positive(),
  /** The sample value that becomes 1 (`images/full-scale.ts`): one for all 16-bit images of a dataset; null for the file's own range. */
  white: z.number().positive().nullable().default(null),
  /** A defect to draw onto the picture before the networks see it; the file is not changed. */
  made: z
    .object({
      type: z.enum(madeDefectTypes),
      seed: z.number().int().nonnegative(),
      /** Sets this defect apart from others of the same seed. */
      name: z.string(),
      /** A good photograph from which a patch is cut. */
      donor: z.object({ file: z.string(), white: z.number().positive().nullable() }),
    })
    .optional(),
})
export type EngineImage = z.infer<typeof engineImageSchema>

/** Train a run from the beginning, or go on from its newest whole checkpoint when `resume` is set. */
export const trainTaskSchema = z.object({
  kind: z.literal('train'),
  task: z.string(),
  run: z.string(),
  folder: z.string(),
  model: z.string(),
  /** The complete configuration, checked by the model's own schema in the engine. */
  config: z.record(z.string(), z.unknown()),
  seed: z.number().int().nonnegative(),
  resume: z.boolean(),
  /** Folder of a trained run of the same networks, whose weights this one begins with; fresh ones without it. */
  warmFrom: z.string().nullish(),
  /** Which part of each photograph counts. */
  regionOfInterest: regionOfInterestSchema.optional(),
  /** The backbone of the configuration, the absolute path of its weights, and the licence notice that goes with it. */
  backbone: z
    .object({ name: z.string(), file: z.string(), notice: z.string().nullable().optional() })
    .optional(),
  /** What earlier trainings lead to expect of the time of each phase. */
  expected: phaseTimesSchema.optional(),
  /** Normal images of the training split; the only ones that gradients see. */
  train: z.array(engineImageSchema),
  /** Normal images of the validation split; they choose and calibrate. No test image is ever listed. */
  validation: z.array(engineImageSchema),
})
export type TrainTask = z.infer<typeof trainTaskSchema>

/** Score images with a trained run; maps and reconstructions are written under the run folder. */
export const scoreTaskSchema = z.object({
  kind: z.literal('score'),
  task: z.string(),
  run: z.string(),
  folder: z.string(),
  images: z.array(engineImageSchema),
  /** Write anomaly maps and reconstructions (not needed when only numbers are asked). */
  maps: z.boolean().default(true),
  /** Images come one after another in `feed` messages until the task is cancelled; `images` is empty. */
  stream: z.boolean().optional(),
})
export type ScoreTask = z.infer<typeof scoreTaskSchema>

/** Write a trained model for other programs, into a folder inside the run folder. */
export const exportTaskSchema = z.object({
  kind: z.literal('export'),
  task: z.string(),
  run: z.string(),
  folder: z.string(),
  /** Relative to `folder`. */
  to: z.string(),
  /** Tiles in one call of the exported model. */
  batch: z.number().int().min(1).max(256),
  /** Of Fanoscope. */
  version: z.string(),
  /** What goes into the model file besides the graph. */
  metadata: z.record(z.string(), z.string()),
  /** Whether an operation that ONNX has no counterpart for is a failure, or only leaves the ONNX file out. */
  needsOnnx: z.boolean().default(true),
})
export type ExportTask = z.infer<typeof exportTaskSchema>

export const exportResultSchema = z.object({
  /** Relative to the task's `to`. */
  files: z.array(z.string()),
  componentNames: z.array(z.string()),
})
export type ExportResult = z.infer<typeof exportResultSchema>

/** A place of a photograph, x and y as shares of its width and height. */
const placeSchema = z.object({ x: z.number().min(0).max(1), y: z.number().min(0).max(1) })

/** Say which good places some places of a photograph were compared with; it is done beside another task. */
export const explainTaskSchema = z.object({
  kind: z.literal('explain'),
  task: z.string(),
  run: z.string(),
  folder: z.string(),
  image: engineImageSchema,
  places: z.array(placeSchema),
})
export type ExplainTask = z.infer<typeof explainTaskSchema>

export const explainResultSchema = z.object({
  /** Of each place; null where the model did not keep where its good places are from. */
  places: z
    .array(
      placeSchema.extend({
        /** How much of the photograph was compared there, as shares of its width and height. */
        width: z.number(),
        height: z.number(),
        /** How far it is from the nearest good place: 1 is usual on good parts. */
        distance: z.number(),
        /** The nearest first, each of another photograph, which is a number in the list of training images. */
        nearest: z.array(placeSchema.extend({ photograph: z.int(), distance: z.number() })),
      }),
    )
    .nullable(),
})
export type ExplainResult = z.infer<typeof explainResultSchema>

/** Learn memories of growing subsets of good photographs, and compare each with the same photographs. */
export const curveTaskSchema = z.object({
  kind: z.literal('curve'),
  task: z.string(),
  /** The complete configuration of a memory. */
  config: z.record(z.string(), z.unknown()),
  seed: z.number().int().nonnegative(),
  regionOfInterest: regionOfInterestSchema.optional(),
  /** The backbone of the configuration, and the absolute path of its weights. */
  backbone: z.object({ name: z.string(), file: z.string() }),
  /** Normal images of the training split. */
  train: z.array(engineImageSchema),
  /** Images of the validation split, in the order in which they are taken where they are too many. */
  judged: z.array(engineImageSchema),
  /** Sizes of subsets, ascending. */
  counts: z.array(z.int().positive()),
})
export type CurveTask = z.infer<typeof curveTaskSchema>

export const curveResultSchema = z.object({
  /** Training photographs that the largest subset has. */
  photographs: z.int().nonnegative(),
  /** Ids of the judged images that have scores. */
  judged: z.array(z.int()),
  /** Scores of the judged images, in the order of their ids, by a memory of so many photographs. */
  draws: z.array(z.object({ count: z.int(), scores: z.array(z.number()) })),
})
export type CurveResult = z.infer<typeof curveResultSchema>

export const toEngineSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('run'),
    task: z.discriminatedUnion('kind', [
      trainTaskSchema,
      scoreTaskSchema,
      exportTaskSchema,
      explainTaskSchema,
      curveTaskSchema,
    ]),
  }),
  /** Stop at the next step; a training writes a checkpoint first, so that it can be resumed. */
  z.object({ type: z.literal('cancel'), task: z.string() }),
  z.object({ type: z.literal('pause'), task: z.string() }),
  z.object({ type: z.literal('continue'), task: z.string() }),
  /** Main has stored this many rows of a scoring task, so the engine may send more. */
  z.object({ type: z.literal('stored'), task: z.string(), rows: z.number().int().nonnegative() }),
  /** More images for a task that streams. */
  z.object({ type: z.literal('feed'), task: z.string(), images: z.array(engineImageSchema) }),
  /**
   * Load the model of another run for a task that streams, and continue with it; the answer is `exchanged`. Images
   * that were fed but not begun are dropped and must be fed again, in the form that the new run needs. Until the
   * answer comes, none may be fed.
   */
  z.object({ type: z.literal('exchange'), task: z.string(), run: z.string(), folder: z.string() }),
  /** Prove which device executes; only while no task is running. */
  z.object({ type: z.literal('prove') }),
  /** Run a network that a person adds, by the absolute path of its file; only while no task is running. */
  z.object({ type: z.literal('try-backbone'), file: z.string() }),
  z.object({ type: z.literal('exit') }),
])
export type ToEngine = z.infer<typeof toEngineSchema>

/** The components of one image's score, per tile (one tile in `whole` mode); see `scores.ts`. */
export const scoredImageSchema = z.object({
  image: z.number().int(),
  tiles: z.number().int().positive(),
  /** Tile components, row-major [tiles, components]; the names and their order are `componentNames`. */
  components: z.custom<Float32Array>((value) => value instanceof Float32Array),
  /** Names of the component columns. */
  componentNames: z.array(z.string()),
  /** The run's default score of the image. */
  score: z.number(),
  /** Share of the normal validation images with a lower score, in percent (0 to 100). */
  calibrated: z.number(),
  /** Files relative to the run folder; null when maps were not asked for. */
  map: z
    .object({
      file: z.string(),
      width: z.number().int(),
      height: z.number().int(),
      /** value = pixel / 65535 * scale, in units of |x - G(E(x))| with x in [-1, 1]. */
      scale: z.number(),
      /** Null where the system restores no image. */
      reconstruction: z.string().nullable(),
    })
    .nullable(),
  /** Of the topic `warning`. */
  warnings: z.array(messageSchema),
})
export type ScoredImage = z.infer<typeof scoredImageSchema>

/** A point of a training curve. */
export const metricPointSchema = z.object({
  phase: z.string(),
  step: z.number().int().nonnegative(),
  name: z.string(),
  value: z.number(),
})
export type MetricPoint = z.infer<typeof metricPointSchema>

/** What a finished training reports. */
export const trainResultSchema = z.object({
  steps: z.number().int().nonnegative(),
  seconds: z.number(),
  losses: z.record(z.string(), z.number()),
  /** The checkpoint chosen on validation images and the number that chose it. */
  chosen: z.object({ step: z.number().int(), criterion: z.string(), value: z.number() }).nullable(),
  /** Image scores of the normal validation images by score name, sorted upward; calibration reads it. */
  calibration: z.record(z.string(), z.array(z.number())),
  /** One scale for every map of the run: twice the 99.5th percentile of the maps of calibration images. */
  mapScale: z.number().positive(),
  /** E[D(x)] over random training images, for the discriminator score. */
  expectedCriticValue: z.number(),
  /** What is usual of each part of the score `combined`. */
  parts: scorePartsSchema.optional(),
  /** What scoring stores for each tile, in this order. */
  componentNames: z.array(z.string()),
  /** SHA-256 of the final weights, for comparing two runs bit for bit. */
  weightsSha256: z.string(),
  /** What a person should know about the training: what diverged and where it went back to. */
  warnings: z.array(messageSchema),
  /** How the scale of features was chosen; null or absent where it was given, or no features are used. */
  featureScale: scaleChoiceSchema.nullish(),
  /** What its phases took; absent in results of before. */
  times: phaseTimesSchema.optional(),
})
export type TrainResult = z.infer<typeof trainResultSchema>

export const scoreResultSchema = z.object({
  images: z.number().int().nonnegative(),
  /** Of the topic `failure`. */
  refused: z.array(messageSchema.extend({ image: z.number().int() })),
  seconds: z.number(),
})
export type ScoreResult = z.infer<typeof scoreResultSchema>

export const fromEngineSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready'), provider: providerSchema }),
  z.object({
    type: z.literal('progress'),
    task: z.string(),
    /** For instance 'load', 'gan', 'encoder', 'calibrate', 'score'. */
    phase: z.string(),
    done: z.number().nonnegative(),
    total: z.number().nonnegative(),
    secondsLeft: z.number().nullable(),
  }),
  z.object({ type: z.literal('metrics'), task: z.string(), points: z.array(metricPointSchema) }),
  /** A preview picture was (re)written under the run folder: G(z) on fixed z, or x beside G(E(x)). */
  z.object({
    type: z.literal('preview'),
    task: z.string(),
    name: z.string(),
    file: z.string(),
    step: z.number().int(),
  }),
  z.object({
    type: z.literal('checkpoint'),
    task: z.string(),
    phase: z.string(),
    step: z.number().int(),
    file: z.string(),
  }),
  z.object({ type: z.literal('scored'), task: z.string(), rows: z.array(scoredImageSchema) }),
  /** An image of a task that streams could not be scored. */
  z.object({
    type: z.literal('refused'),
    task: z.string(),
    image: z.number().int(),
    /** Of the topic `failure`. */
    why: messageSchema,
  }),
  /**
   * The rows before this message were made by the previous model, the rows after it by that of `run`. If the model of
   * `run` could not be loaded, `failure` says why and the previous one stays.
   */
  z.object({
    type: z.literal('exchanged'),
    task: z.string(),
    run: z.string(),
    failure: messageSchema.nullable(),
  }),
  z.object({ type: z.literal('paused'), task: z.string() }),
  z.object({ type: z.literal('continued'), task: z.string() }),
  z.object({ type: z.literal('trained'), task: z.string(), result: trainResultSchema }),
  z.object({ type: z.literal('score-done'), task: z.string(), result: scoreResultSchema }),
  z.object({ type: z.literal('exported'), task: z.string(), result: exportResultSchema }),
  z.object({ type: z.literal('curve-done'), task: z.string(), result: curveResultSchema }),
  z.object({ type: z.literal('explained'), task: z.string(), result: explainResultSchema }),
  /** The task stopped because it was asked to; a training left a checkpoint. */
  z.object({ type: z.literal('cancelled'), task: z.string(), step: z.number().int() }),
  z.object({ type: z.literal('failed'), task: z.string(), failure: messageSchema }),
  z.object({ type: z.literal('proved'), proof: deviceProofSchema }),
  /** Null where the network gives what its description says. */
  z.object({ type: z.literal('backbone-tried'), failure: messageSchema.nullable() }),
  z.object({
    type: z.literal('log'),
    level: z.enum(['debug', 'info', 'warn', 'error']),
    message: z.string(),
  }),
])
export type FromEngine = z.infer<typeof fromEngineSchema>

/**
 * The kinds of tasks: what each is given, the types of the messages that it sends while it runs, the type of the
 * message that it ends with, and what main calls that outcome. Every task may also end with `cancelled` or `failed`.
 */
export const tasks = {
  train: {
    input: trainTaskSchema,
    messages: ['progress', 'metrics', 'preview', 'checkpoint', 'paused', 'continued'],
    end: 'trained',
    outcome: 'trained',
  },
  score: {
    input: scoreTaskSchema,
    messages: ['progress', 'scored', 'refused', 'exchanged', 'paused', 'continued'],
    end: 'score-done',
    outcome: 'scored',
  },
  export: { input: exportTaskSchema, messages: [], end: 'exported', outcome: 'exported' },
  curve: {
    input: curveTaskSchema,
    messages: ['progress', 'paused', 'continued'],
    end: 'curve-done',
    outcome: 'measured',
  },
  explain: { input: explainTaskSchema, messages: [], end: 'explained', outcome: 'explained' },
} as const satisfies Record<
  string,
  {
    input: z.ZodObject
    messages: readonly FromEngine['type'][]
    end: FromEngine['type']
    outcome: string
  }
>

export type TaskKind = keyof typeof tasks
type TaskTable = typeof tasks

/** What a task of such a kind is given. */
export type EngineTask<K extends TaskKind = TaskKind> = z.infer<TaskTable[K]['input']>

/** The messages that a task sends while it runs. */
export type TaskMessage<K extends TaskKind = TaskKind> = Extract<
  FromEngine,
  { type: TaskTable[K]['messages'][number] }
>

/** What it comes to. */
export type TaskResult<K extends TaskKind = TaskKind> =
  Extract<FromEngine, { type: TaskTable[K]['end'] }> extends { result: infer R } ? R : never

/** What main calls its end. */
export type TaskEnd<K extends TaskKind = TaskKind> = TaskTable[K]['outcome']

/** Whether a message is one that a task of this kind sends while it is at work. */
export function isMessageOf<K extends TaskKind>(kind: K, message: FromEngine): message is TaskMessage<K> {
  const types: readonly FromEngine['type'][] = tasks[kind].messages
  return types.includes(message.type)
}

/** Whether a message says that a task of this kind is done. */
export function isEndOf<K extends TaskKind>(
  kind: K,
  message: FromEngine,
): message is FromEngine & { result: TaskResult<K> } {
  return message.type === tasks[kind].end
}
