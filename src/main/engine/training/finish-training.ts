/** The end of a training: what is learned besides the networks, calibration, the model file, and the report. */
import { writeModel } from '../../model/model-file.ts'
import { digestOf, readTensors } from '../../model/safetensors.ts'
import { memoryComponent } from '../../model/scores.ts'
import { dropGraphs } from '../graph/kept-graphs.ts'
import { precisionHere } from '../graph/precision-here.ts'
import { learn } from '../learned/learn.ts'
import { heldOutOf, learnedTensors, requestOf, withLearned } from '../learned/with-learned.ts'
import { readWeights } from '../networks/stored-weights.ts'
import type { Weights } from '../networks/weights.ts'
import type { TrainResult } from '../protocol.ts'
import { scoringBatch } from '../scoring/batch-size.ts'
import { scoresAgree, scoringWith } from '../scoring/precision.ts'
import type { TileScorer } from '../scoring/tile-scorer.ts'
import { type CalibrateOptions, type Calibration, calibrate } from './calibrate.ts'
import type { TrainingConfig } from './config.ts'
import type { Course } from './course.ts'
import type { TrainingDefinition } from './stage.ts'
import { choosingImages } from './train-stage.ts'
import type { TrainingImages } from './training-images.ts'

/**
 * Writes the model and measures the normal validation images. The checkpoint of the last step stays, so whatever is
 * interrupted here is done again.
 * @throws Cancelled
 */
export async function finishTraining<W extends Record<string, Weights>>(
  definition: TrainingDefinition<W>,
  weights: W,
  course: Course,
  images: TrainingImages,
): Promise<TrainResult> {
  const { model, config, stages, createScorer, learning } = definition
  const { context } = course
  const { task } = context
  const tensors = readWeights(...Object.values(weights))
  // The batch size of scoring: with another one, the same photograph could get scores with other last bits.
  const batch = scoringBatch(config)
  const { sight } = images
  const sighted = (made: TileScorer): TileScorer => (sight === null ? made : { ...made, sight })
  const { learned, scorer: ofGraph } = await learn({
    parameters: learning,
    training: images.training,
    mode: images.mode,
    overlap: config.overlap,
    seed: task.seed,
    backbone: task.backbone ? (await readTensors(task.backbone.file)).tensors : null,
    createScorer: (request) => sighted(createScorer(weights, batch, request)),
    async proceed(phase, done, total) {
      context.progress(phase, done, total)
      await course.proceed()
    },
  })
  const scorer = withLearned(ofGraph, learned)
  try {
    const inBfloat16 = () =>
      withLearned(
        scoringWith('bfloat16', () => sighted(createScorer(weights, batch, requestOf(learned)))),
        learned,
      )
    const calibrated = await calibratedWith(definition, {
      course,
      images,
      scorer,
      inBfloat16,
      heldOut: heldOutOf(learned),
    })
    const { precision, ...measured } = calibrated
    const all = { ...tensors, ...sight?.tensors, ...learnedTensors(learned) }
    const weightsSha256 = digestOf(all)
    const holdsBackbone = sight !== null || learned.has(memoryComponent)
    await writeModel(task.folder, {
      tensors: all,
      description: {
        format: 1,
        model,
        config,
        componentNames: scorer.componentNames,
        ...measured,
        weightsSha256,
        ...(holdsBackbone && task.backbone?.notice ? { notice: task.backbone.notice } : {}),
        ...(task.regionOfInterest && { regionOfInterest: task.regionOfInterest }),
        ...(precision === 'bfloat16' ? { precision } : {}),
      },
    })
    for (const { phase } of stages) dropGraphs(task.folder, phase)
    const { losses, best, warnings } = course.state
    const criterion = stages.at(-1)?.choosing?.criterion(choosingImages(course))
    return {
      steps: course.done,
      seconds: course.seconds,
      losses,
      chosen: best && criterion !== undefined ? { ...best, criterion } : null,
      calibration: measured.calibration,
      mapScale: measured.mapScale,
      expectedCriticValue: measured.expectedCriticValue,
      parts: measured.parts,
      componentNames: scorer.componentNames,
      weightsSha256,
      warnings,
    }
  } finally {
    scorer.dispose()
  }
}

interface Measuring {
  course: Course
  images: TrainingImages
  /** In float32. */
  scorer: TileScorer
  inBfloat16: () => TileScorer
  heldOut: CalibrateOptions['heldOut']
}

/**
 * Calibrates in float32. Where bfloat16 was asked for and the processor has it, that is used instead, provided that
 * it moves no score.
 */
async function calibratedWith(
  { config, scoring }: Pick<TrainingDefinition, 'config' | 'scoring'>,
  { course, images, scorer, inBfloat16, heldOut }: Measuring,
): Promise<Calibration & { precision: TrainingConfig['precision'] }> {
  const { context } = course
  const calibrateWith = (measured: TileScorer): Promise<Calibration> =>
    calibrate({
      context,
      scorer: measured,
      mode: images.mode,
      options: scoring,
      discriminatorSamples: config.discriminatorSamples,
      overlap: config.overlap,
      training: images.training,
      heldOut,
      proceed: () => course.proceed(),
    })
  const full = await calibrateWith(scorer)
  if (precisionHere(config.precision) === 'float32') return { ...full, precision: 'float32' }
  const lowScorer = inBfloat16()
  try {
    const low = await calibrateWith(lowScorer)
    const agree = scoresAgree(full.calibration, low.calibration)
    if (!agree) context.log('info', 'Scores in bfloat16 differ too much: the model scores in float32.')
    return agree ? { ...low, precision: 'bfloat16' } : { ...full, precision: 'float32' }
  } finally {
    lowScorer.dispose()
  }
}
