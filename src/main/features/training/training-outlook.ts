/**
 * Estimates a training before it starts: how many images it sees, warnings about them, how long it would take and how
 * much memory it needs. Nothing is written.
 */

import { freemem, totalmem } from 'node:os'
import { z } from 'zod'
import type { Dataset } from '../../../shared/dataset.ts'
import { duplicateReportSchema } from '../../../shared/dataset.ts'
import type { Run } from '../../../shared/run.ts'
import type { TrainingNotice, TrainingOutlook } from '../../../shared/training.ts'
import { resolveConfig } from '../../model/catalog.ts'
import type { Database } from '../../store/database.ts'
import { findDataset } from '../../store/datasets.ts'
import { newestResult } from '../../store/jobs.ts'
import { countRow } from '../../store/row.ts'
import { listRuns } from '../../store/runs.ts'
import type { Workspace } from '../../store/workspace.ts'

export interface OutlookRequest {
  dataset: string
  model: string
  preset: string
  set: Record<string, string | number | boolean>
}

const normals = `FROM image WHERE dataset_id = $id AND removed_at IS NULL AND label = 'normal'`

const sizesRow = z.object({
  n: z.int(),
  sizes: z.int(),
  channels: z.int(),
  smallest: z.int().nullable(),
  largest: z.int().nullable(),
})
const sideRow = z.object({ side: z.int() })

/** @throws Failure `dataset-unknown`, `unknown-model`, `unknown-preset`, `bad-parameter` */
export function trainingOutlook(
  workspace: Workspace,
  { hasGpu, backbone }: { hasGpu: boolean; backbone: string | null },
  request: OutlookRequest,
): TrainingOutlook {
  const { db } = workspace
  const dataset = findDataset(db, request.dataset)
  const values = { id: dataset.id }
  const count = (sql: string): number => db.get(countRow, sql, values)?.n ?? 0
  const train = db.get(
    sizesRow,
    `SELECT count(*) AS n, count(DISTINCT width * 100000 + height) AS sizes, max(channels) AS channels,
       min(max(width, height)) AS smallest, max(max(width, height)) AS largest
     FROM (SELECT width, height, channels ${normals} AND split = 'train')`,
    values,
  ) ?? { n: 0, sizes: 0, channels: 1, smallest: null, largest: null }
  const side =
    db.get(
      sideRow,
      `SELECT max(width, height) AS side ${normals} AND split = 'train'
       ORDER BY 1 LIMIT 1 OFFSET $half`,
      { ...values, half: Math.floor(train.n / 2) },
    )?.side ?? 0
  const { config, fromDataset } = resolveConfig({
    model: request.model,
    preset: request.preset,
    set: request.set,
    traits: {
      channels: train.channels === 3 ? 3 : 1,
      hasDirection: dataset.hasDirection,
      sameSize: train.sizes <= 1,
      side,
      backbone,
    },
  })
  const shape = shapeOf(config)
  const time = timeFor(listRuns(db, {}), request.model, shape)
  return {
    counts: {
      train: train.n,
      validation: count(`SELECT count(*) AS n ${normals} AND split = 'validation'`),
      unlabeled: count(
        `SELECT count(*) AS n FROM image WHERE dataset_id = $id AND removed_at IS NULL AND label = 'unlabeled'`,
      ),
    },
    notices: [...sizeNotices(train, shape), ...overlapNotices(db, dataset)],
    seconds: time === null && !hasGpu ? roughSeconds(shape) + memorySeconds(config, train.n) : time,
    isMeasured: time !== null,
    memoryBytes: memoryFor(shape),
    fromDataset,
    freeBytes: freemem(),
    totalBytes: totalmem(),
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
  input: z.enum(['whole', 'tiles']).default('whole'),
  size: z.number().default(64),
  width: z.number().default(64),
  batch: z.number().default(64),
  ganSteps: z.number().default(0),
  steps: z.number().default(0),
  encoderSteps: z.number().default(0),
  criticSteps: z.number().default(1),
  lambda: z.number().default(0),
})

/** A step of the generator or the encoder takes about half of the time of a critic step with its penalty. */
const lighter = 0.55

function shapeOf(config: Record<string, unknown>): Shape {
  const { ganSteps, steps, encoderSteps, criticSteps, lambda, ...rest } = shapeSchema.parse(config)
  const gan = ganSteps + steps
  const hasPenalty = lambda > 0
  return {
    ...rest,
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

const unitEffort = ({ size, width, batch }: Shape): number => batch * size ** 2 * (width ** 2 + 4 * width)

/** Seconds that a critic step with penalty takes on two processor cores, for 64 images of 64 x 64 with 32 filters. */
const knownStep = 0.114
const knownUnit = 64 * 64 ** 2 * (32 ** 2 + 4 * 32)

/** Seconds that two processor cores take to start, and for the features of a photograph and its nearest good cells. */
const [knownStart, knownPhotograph] = [4, 0.045]

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

function sizeNotices(train: z.infer<typeof sizesRow>, { input, size }: Shape): TrainingNotice[] {
  const notices: TrainingNotice[] = []
  if (train.sizes > 1)
    notices.push({ code: input === 'whole' ? 'mixed-sizes-whole' : 'mixed-sizes', count: train.sizes })
  if (input === 'tiles' && train.smallest !== null && train.smallest < size)
    notices.push({ code: 'smaller-than-tile', count: size })
  return notices
}

/**
 * Notices about pairs of duplicates from the newest search that are still in two splits; `count` 0 where no search
 * was made.
 */
function overlapNotices(db: Database, { id }: Dataset): TrainingNotice[] {
  const report = duplicateReportSchema.safeParse(newestResult(db, 'duplicates', id))
  if (!report.success) return [{ code: 'overlap-unknown', count: 0 }]
  const placeRow = z.object({ split: z.string() })
  const splitOf = (image: number): string | null =>
    db.get(placeRow, 'SELECT split FROM image WHERE id = $image AND removed_at IS NULL', { image })?.split ??
    null
  const standing = report.data.pairs.filter(({ a, b }) => {
    const [one, other] = [splitOf(a.id), splitOf(b.id)]
    return one !== null && other !== null && one !== other
  }).length
  // Pairs beyond the listed ones cannot be checked again; they count only while all listed pairs remain in two
  // splits.
  const count = standing === report.data.pairs.length ? report.data.found : standing
  return count === 0 ? [] : [{ code: 'overlap', count }]
}
