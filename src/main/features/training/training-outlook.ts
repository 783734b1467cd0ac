/**
 * Estimates a training before it starts: how many images it sees, warnings about them, how long it would take and how
 * much memory it needs. Nothing is written.
 */

import { freemem, totalmem } from 'node:os'
import { z } from 'zod'
import type { Dataset } from '../../../shared/dataset.ts'
import type { Run } from '../../../shared/run.ts'
import type { TrainingNotice, TrainingOutlook } from '../../../shared/training.ts'
import { resolveConfig } from '../../model/catalog.ts'
import { type PhaseTimes, phaseTimesSchema } from '../../model/phase-times.ts'
import type { Database } from '../../store/database.ts'
import { findVersion } from '../../store/dataset-versions.ts'
import { findDataset } from '../../store/datasets.ts'
import { countRow } from '../../store/row.ts'
import { listRuns } from '../../store/runs.ts'
import type { Workspace } from '../../store/workspace.ts'
import { runWorkspaceTask } from '../../threads/run-task.ts'
import { pictureFindingsTask } from './findings-task.ts'
import { standingOverlap } from './overlap.ts'
import type { LookedAt } from './picture-findings.ts'
import { medianSide, suitsWhole } from './picture-sizes.ts'

export interface OutlookRequest {
  dataset: string
  model: string
  preset: string
  /** Number of the dataset version to learn from; null for the training split as it is. */
  version?: number | null
  set: Record<string, string | number | boolean>
}

const normals = `FROM image WHERE dataset_id = $id AND removed_at IS NULL AND label = 'normal'`

/** The images of a version that a training may learn from, as `training-images.ts` chooses them. */
const ofVersion = `FROM dataset_version_image AS member JOIN image ON image.id = member.image_id
  WHERE member.version_id = $version AND image.removed_at IS NULL AND image.label <> 'anomalous'
    AND NOT EXISTS (SELECT 1 FROM image AS own WHERE own.dataset_id = $id AND own.sha256 = image.sha256
      AND own.split IN ('validation', 'test'))`

const sizeRow = z.object({ width: z.int(), height: z.int(), count: z.int(), channels: z.int() })
type Sizes = z.infer<typeof sizeRow>[]

/** What the database tells at once; `looked` is how the training would look at the photographs. */
export type TrainingEstimate = Omit<TrainingOutlook, 'findings'> & { looked: LookedAt }

/** What this computer has. */
interface Machine {
  hasGpu: boolean
  /** The backbone whose weights are here; null where there is none. */
  backbone: string | null
}

/**
 * The outlook with what is to be known of the photographs, which a thread looks up.
 * @throws Failure those of `trainingOutlook`
 */
export async function wholeOutlook(
  workspace: Workspace,
  machine: Machine,
  request: OutlookRequest,
): Promise<TrainingOutlook> {
  const { looked, ...outlook } = trainingOutlook(workspace, machine, request)
  const { id: datasetId } = findDataset(workspace.db, request.dataset)
  const findings = await runWorkspaceTask(workspace, pictureFindingsTask, { datasetId, ...looked })
  return { ...outlook, findings }
}

/** @throws Failure `dataset-unknown`, `version-unknown`, `unknown-model`, `unknown-preset`, `bad-parameter` */
export function trainingOutlook(
  workspace: Workspace,
  { hasGpu, backbone }: Machine,
  request: OutlookRequest,
): TrainingEstimate {
  const { db } = workspace
  const dataset = findDataset(db, request.dataset)
  const values = { id: dataset.id }
  const number = request.version ?? null
  const version = number === null ? null : findVersion(db, dataset.id, number)
  const count = (sql: string): number => db.get(countRow, sql, values)?.n ?? 0
  const sizes = db.all(
    sizeRow,
    `SELECT width, height, count(*) AS count, max(channels) AS channels ${
      version === null ? `${normals} AND split = 'train'` : ofVersion
    } GROUP BY width, height`,
    version === null ? values : { ...values, version: version.id },
  )
  const photographs = sizes.reduce((sum, { count: n }) => sum + n, 0)
  const { config, fromDataset } = resolveConfig({
    model: request.model,
    preset: request.preset,
    set: request.set,
    traits: {
      channels: sizes.some(({ channels }) => channels === 3) ? 3 : 1,
      hasDirection: dataset.hasDirection,
      sameSize: suitsWhole(sizes),
      side: medianSide(sizes),
      photographs,
      backbone,
    },
  })
  const shape = shapeOf(config)
  const time = timeFor(listRuns(db, {}), request.model, shape)
  return {
    counts: {
      train: photographs,
      validation: count(`SELECT count(*) AS n ${normals} AND split = 'validation'`),
      unlabeled: count(
        `SELECT count(*) AS n FROM image WHERE dataset_id = $id AND removed_at IS NULL AND label = 'unlabeled'`,
      ),
    },
    notices: [...sizeNotices(sizes, shape), ...overlapNotices(db, dataset)],
    seconds: time === null && !hasGpu ? roughSeconds(shape) + memorySeconds(config, photographs) : time,
    isMeasured: time !== null,
    memoryBytes: memoryFor(shape) + rememberedBytes(config),
    fromDataset,
    freeBytes: freemem(),
    totalBytes: totalmem(),
    looked: { input: shape.input, size: shape.size },
  }
}

/** The properties of a configuration that determine how much is computed. */
interface Shape {
  input: 'whole' | 'tiles'
  size: number
  width: number
  batch: number
  /** The total work of all steps, in units of a critic step. */
  work: number
  steps: number
  hasPenalty: boolean
}

const shapeSchema = z.object({
  // A system without networks looks at the photograph as it is, as tiles do.
  input: z.enum(['whole', 'tiles', 'features']).default('tiles'),
  size: z.number().default(32),
  width: z.number().default(64),
  batch: z.number().default(64),
  ganSteps: z.number().default(0),
  steps: z.number().default(0),
  encoderSteps: z.number().default(0),
  criticSteps: z.number().default(1),
  lambda: z.number().default(0),
})

/** Pixels; see `shapeOf`. */
const featureWindow = 8

/** A step of the generator or the encoder takes about half of the time of a critic step with its penalty. */
const lighter = 0.55

function shapeOf(config: Record<string, unknown>): Shape {
  const parsed = shapeSchema.parse(config)
  const { ganSteps, steps, encoderSteps, criticSteps, lambda, input, ...rest } = parsed
  const gan = ganSteps + steps
  const hasPenalty = lambda > 0
  return {
    ...rest,
    input: input === 'whole' ? input : 'tiles',
    // The perceptrons on a window of features compute about as much as networks on a tile of this side would.
    size: input === 'features' ? featureWindow : rest.size,
    steps: gan + encoderSteps,
    work: gan * (criticSteps * (hasPenalty ? 1 : lighter) + lighter) + encoderSteps * lighter,
    hasPenalty,
  }
}

/**
 * The amount of computation: convolutions grow with the number of pixels and with the square of the number of
 * filters.
 */
const effort = ({ size, width, batch, work }: Shape): number =>
  work * batch * size ** 2 * (width ** 2 + 4 * width)

/**
 * A finished training that computed less than this share of the planned one was mostly set-up and cannot be used to
 * estimate it.
 */
const leastShareOfWork = 1 / 100

/**
 * Estimates the time from trainings of this system that this workstation has finished: from the most similar ones,
 * and among those the longest; null where there is none.
 */
function timeFor(runs: readonly Run[], model: string, shape: Shape): number | null {
  const known = runs.flatMap((run) => {
    if (run.model !== model || run.stepsDone === 0 || run.seconds < 1) return []
    const done = shapeOf(run.config)
    if (done.steps === 0) return []
    // Of a stopped training, only the steps that it made count.
    const share = Math.min(1, run.stepsDone / (run.stepsTotal || done.steps))
    const computed = effort(done) * share
    if (computed < leastShareOfWork * effort(shape)) return []
    return [
      {
        computed,
        perEffort: run.seconds / computed,
        distance: Math.abs(Math.log(unitEffort(done) / unitEffort(shape))),
      },
    ]
  })
  const [nearest] = known.sort((a, b) => a.distance - b.distance || b.computed - a.computed)
  return nearest === undefined ? null : nearest.perEffort * effort(shape)
}

/**
 * What the phases of a training will take, by the most similar training of this system that this workstation has
 * finished; the newest of those that are equally similar. Null where there is none.
 */
export function expectedTimes(runs: readonly Run[], run: Run): PhaseTimes | null {
  const unit = unitEffort(shapeOf(run.config))
  const known = runs.flatMap((past) => {
    const times = phaseTimesSchema.safeParse(past.result?.times)
    if (past.model !== run.model || past.id === run.id || !times.success) return []
    const more = unit / unitEffort(shapeOf(past.config))
    const distance = Math.abs(Math.log(more)) + (past.datasetId === run.datasetId ? 0 : 1)
    return [{ times: times.data, more, distance, createdAt: past.createdAt }]
  })
  const [nearest] = known.sort((a, b) => a.distance - b.distance || b.createdAt - a.createdAt)
  if (nearest === undefined) return null
  return Object.fromEntries(
    Object.entries(nearest.times).map(([phase, time]) => [
      phase,
      time.steps === 0 ? time : { ...time, rest: time.rest * nearest.more },
    ]),
  )
}

const unitEffort = ({ size, width, batch }: Shape): number => batch * size ** 2 * (width ** 2 + 4 * width)

/** Seconds that a critic step with penalty takes on two processor cores, for 64 images of 64 x 64 with 32 filters. */
const knownStep = 0.114
const knownUnit = 64 * 64 ** 2 * (32 ** 2 + 4 * 32)

/** Seconds that two processor cores take to start, and for the features of a photograph and its nearest good cells. */
const [knownStart, knownPhotograph] = [4, 0.045]

/** Bytes of the cells that a memory is chosen from: 65,536 of 208 features, three times, and as many to measure with. */
const rememberedBytes = ({ backbone = 'none' }: Record<string, unknown>): number =>
  backbone === 'none' ? 0 : 6 * 65_536 * 208 * 4

/** The time of a memory of features, which looks at each training photograph once. */
function memorySeconds(config: Record<string, unknown>, photographs: number): number {
  const { backbone = 'none' } = config
  return backbone === 'none' ? 0 : knownStart + knownPhotograph * photographs
}

const roughSeconds = (shape: Shape): number => (effort(shape) / knownUnit) * knownStep

/** Bytes of the engine with TensorFlow before it has a network. */
const engineBytes = 560e6
/** Copies of an activation that a step holds: forward, backward, and both again for the penalty. */
const copies = { plain: 14, penalty: 21 }

/**
 * Weights grow with the square of the filters and are held four times (value, gradient and two moments, of two
 * networks); activations grow with the batch and the pixels. The constants were fitted to the largest resident memory of
 * seven measured trainings (532 to 2300 MB, sizes 32 to 128, widths 8 to 64, batches 16 and 64) and stay within 15 %.
 */
function memoryFor({ size, width, batch, hasPenalty }: Shape): number {
  const levels = Math.log2(size / 4)
  const widest = width * 2 ** (levels - 1)
  const weights = 2 * 16 * widest ** 2 * 1.5
  const activations = batch * size ** 2 * width
  return engineBytes + 4 * (4 * weights + (hasPenalty ? copies.penalty : copies.plain) * activations)
}

function sizeNotices(sizes: Sizes, { input, size }: Shape): TrainingNotice[] {
  const notices: TrainingNotice[] = []
  if (sizes.length > 1)
    notices.push({ code: input === 'whole' ? 'mixed-sizes-whole' : 'mixed-sizes', count: sizes.length })
  if (input === 'tiles' && sizes.some(({ width, height }) => Math.min(width, height) < size))
    notices.push({ code: 'smaller-than-tile', count: size })
  return notices
}

/** Notices about pairs of duplicates; `count` 0 where no search was made. */
function overlapNotices(db: Database, dataset: Dataset): TrainingNotice[] {
  const overlap = standingOverlap(db, dataset)
  if (overlap === null) return [{ code: 'overlap-unknown', count: 0 }]
  return overlap.count === 0 ? [] : [{ code: 'overlap', count: overlap.count }]
}
