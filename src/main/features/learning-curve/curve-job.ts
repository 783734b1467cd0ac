/**
 * The job that measures a learning curve. Subsets are drawn from the training images, and validation images judge: the
 * normal ones against real defects where the split has some, else against defects that are made on them. No test image
 * is read.
 */
import type { Dataset } from '../../../shared/dataset.ts'
import { Failure, type FailureData } from '../../../shared/failure.ts'
import type { Image } from '../../../shared/image.ts'
import type { CurveReport, CurveRequest } from '../../../shared/learning-curve.ts'
import { message } from '../../../shared/messages/message.ts'
import type { EngineImage, EngineTask, TaskMessage } from '../../engine/protocol.ts'
import { pausing } from '../../engine-host/supervisor.ts'
import { type JobContext, type JobEnd, type JobPlan, unfinishedBy } from '../../jobs/jobs.ts'
import { backbones } from '../../model/backbones/registry.ts'
import { resolveConfig } from '../../model/catalog.ts'
import { madeDefectTypes } from '../../model/made-defect-types.ts'
import type { Session } from '../../session/session.ts'
import { findDataset } from '../../store/datasets.ts'
import { regionOfInterestOf } from '../../store/regions-of-interest.ts'
import { whiteLevel } from '../../store/white-levels.ts'
import { measureGrayLevels } from '../datasets/white-levels.ts'
import {
  choosingImages,
  drawnByContent,
  engineImage,
  engineImageWith,
  requireFiles,
  trainingImages,
} from '../runs/training-images.ts'
import { backboneOf, presentBackbone } from '../training/backbone.ts'
import { traitsOf } from '../training/training.ts'
import { curvePoints, curveVerdict, type Judge, usualCounts } from './curve-points.ts'

/** With fewer, there is no curve to draw, and nothing to judge by. */
const fewestTraining = 8
const fewestNormal = 5
const fewestReal = 5

/** Judging images of each kind, at most. */
const mostJudging = 100

const closed: FailureData = message('interrupted', { case: 'curve' })

/** @throws Failure `unknown-dataset` */
export function curvePlan(session: Session, request: CurveRequest): JobPlan {
  const dataset = findDataset(session.workspace.db, request.dataset)
  return {
    kind: 'curve',
    payload: { ...request, dataset: dataset.id },
    datasetId: dataset.id,
    lane: 'engine',
    work: (context) => measure(session, dataset, request, context),
    ...pausing(session.supervisor),
  }
}

interface Judging extends Judge {
  image: Image
  made?: Pick<NonNullable<EngineImage['made']>, 'type' | 'name'> & { donor: Image }
}

async function measure(
  session: Session,
  dataset: Dataset,
  { counts, seed }: CurveRequest,
  context: JobContext,
): Promise<JobEnd> {
  const { workspace, supervisor } = session
  const { db } = workspace
  const { train } = await trainingImages(workspace, dataset)
  const { normal, anomalous } = await choosingImages(workspace, dataset)
  requireEnough(dataset, 'training', train.length, fewestTraining)
  requireEnough(dataset, 'validation', normal.length, fewestNormal)
  const traits = { ...traitsOf(dataset, train), backbone: await presentBackbone() }
  const name = traits.backbone ?? backbones[0]?.name ?? 'none'
  if (traits.backbone === null) throw new Failure('backbone-absent', { backbone: name })
  const { config } = resolveConfig({ model: 'memory', preset: 'quick', set: {}, traits })
  const backbone = await backboneOf(config)
  if (backbone === null) throw new Failure('backbone-absent', { backbone: name })
  await requireFiles(workspace, [...train, ...normal, ...anomalous])
  await measureGrayLevels(workspace, dataset.id, 16)
  const white = whiteLevel(db, dataset.id, 16)
  const regionOfInterest = regionOfInterestOf(db, dataset.id)
  const judging = judgingImages(normal, anomalous, seed)
  const task: EngineTask<'curve'> = {
    kind: 'curve',
    task: context.id,
    config,
    seed,
    backbone,
    ...(regionOfInterest.kind === 'none' ? {} : { regionOfInterest }),
    train: train.map((image) => engineImage(workspace, image, white)),
    judged: judging.map(({ image, made = null }, i) =>
      engineImageWith(workspace, image, made, { id: i + 1, seed, white }),
    ),
    counts: [...new Set(counts ?? usualCounts(train.length))].sort((a, b) => a - b),
  }
  const outcome = await supervisor.run(task, showing(context), context.signal)
  if (outcome.kind !== 'measured') return unfinishedBy(outcome, context.signal.reason, closed)
  const { photographs, judged, draws } = outcome.result
  const judges = judged.flatMap((id) => judging[id - 1] ?? [])
  const isMade = judging.some(({ made }) => made !== undefined)
  const points = curvePoints(draws, judges, isMade)
  const normals = judges.filter(({ defect }) => defect === null).length
  if (points.length === 0 || photographs === 0)
    throw new Failure('curve-unreadable', { dataset: dataset.name })
  const report: CurveReport = {
    dataset: dataset.id,
    seed,
    training: train.length,
    used: photographs,
    judged: { normal: normals, defects: judges.length - normals, kind: isMade ? 'made' : 'real' },
    points,
    verdict: curveVerdict(points),
  }
  return { state: 'done', result: report }
}

function requireEnough(
  dataset: Dataset,
  split: 'training' | 'validation',
  count: number,
  least: number,
): void {
  if (count >= least) return
  throw new Failure('curve-few-photographs', { case: split, dataset: dataset.name, count, least })
}

/**
 * Good images and defects by turns: where the engine cannot hold all of them, it takes the first ones. They are drawn
 * by their content, so that the same photographs judge in every workspace.
 */
function judgingImages(normal: readonly Image[], anomalous: readonly Image[], seed: number): Judging[] {
  const drawn = (images: readonly Image[], purpose: string): Image[] =>
    drawnByContent(images, { seed, purpose, most: mostJudging })
  const good = drawn(normal, 'curve normal')
  const defects: Judging[] =
    anomalous.length >= fewestReal
      ? drawn(anomalous, 'curve defects').map((image) => ({ image, defect: image.defectType ?? '' }))
      : Array.from({ length: mostJudging }, (_, i) => madeOn(good, i))
  const turns = Math.max(good.length, defects.length)
  return Array.from({ length: turns }, (_, i) => [
    ...good.slice(i, i + 1).map((image): Judging => ({ image, defect: null })),
    ...defects.slice(i, i + 1),
  ]).flat()
}

/** The types take turns, on one photograph after another. */
function madeOn(good: readonly Image[], number: number): Judging {
  const type = madeDefectTypes[number % madeDefectTypes.length]
  const image = good[number % good.length]
  const donor = good[(number + 1) % good.length]
  if (type === undefined || image === undefined || donor === undefined) {
    throw new RangeError('a defect on no photograph')
  }
  const name = `${image.sha256} ${type} ${Math.floor(number / (good.length * madeDefectTypes.length))}`
  return { image, defect: type, made: { type, name, donor } }
}

function showing(context: JobContext): (message: TaskMessage<'curve'>) => void {
  let last = { phase: 'see', done: 0, total: 0, secondsLeft: null as number | null, paused: false }
  return (message) => {
    if (message.type === 'progress') {
      const { phase, done, total, secondsLeft } = message
      last = { ...last, phase, done: Math.round(done), total, secondsLeft }
    } else last = { ...last, paused: message.type === 'paused' }
    context.progress(last)
  }
}
