/**
 * One training of any system, from the beginning or from a checkpoint: its stages in their order, and then
 * calibration on the normal validation images. The same seed, images and machine give the same weights bit for bit,
 * however often the training was interrupted.
 */

import { inside, message } from '../../../shared/messages/message.ts'
import { refusalMessage } from '../../images/refusal.ts'
import { readModel } from '../../model/model-file.ts'
import type { TensorMap } from '../../model/safetensors.ts'
import { precisionHere } from '../graph/precision-here.ts'
import { disposeWeights, loadWeights } from '../networks/stored-weights.ts'
import type { Weights } from '../networks/weights.ts'
import type { TrainResult } from '../protocol.ts'
import { type Checkpoint, readNewestCheckpoint } from './checkpoint.ts'
import type { TrainingContext } from './context.ts'
import { Course } from './course.ts'
import { Diverged } from './divergence.ts'
import { finishTraining } from './finish-training.ts'
import { goBack } from './going-back.ts'
import type { TrainingDefinition } from './stage.ts'
import { trainingStateSchema } from './state.ts'
import { trainStage } from './train-stage.ts'
import { TrainingImages } from './training-images.ts'

/** @throws Cancelled, and Failures of checkpoints, of the disk and of a training that diverged too often */
export async function runTraining<W extends Record<string, Weights>>(
  context: TrainingContext,
  definition: TrainingDefinition<W>,
): Promise<TrainResult> {
  const course = new Course(context, definition)
  const images = await TrainingImages.open(
    context.task,
    definition.config,
    ({ name, file }, refusal) =>
      course.warnOnce(
        message('photograph-left-out', {
          file: name ?? file,
          refusal: inside('failure', refusalMessage(refusal)),
        }),
      ),
    async (done, total) => {
      context.progress('features', done, total)
      await course.proceed()
    },
  )
  try {
    let checkpoint = context.task.resume ? await resumed(course) : null
    tellPrecision(context, definition)
    for (;;) {
      try {
        return await train(definition, course, images, checkpoint?.tensors ?? null)
      } catch (error) {
        if (!(error instanceof Diverged)) throw error
        checkpoint = await goBack(course, error.why)
      }
    }
  } finally {
    images.dispose()
  }
}

/** The newest whole checkpoint, from which the course then continues; null where there is none. */
async function resumed(course: Course): Promise<Checkpoint | null> {
  const { log } = course.context
  const checkpoint = await readNewestCheckpoint(course.checkpoints, (message) => log('warn', message))
  if (checkpoint) course.state = trainingStateSchema.parse(checkpoint.state)
  else log('warn', 'The run has no checkpoint: its training starts from the beginning.')
  return checkpoint
}

function tellPrecision(
  { log }: TrainingContext,
  { config: { trainingPrecision } }: Pick<TrainingDefinition, 'config'>,
): void {
  if (trainingPrecision !== 'bfloat16') return
  const here =
    precisionHere(trainingPrecision) === 'float32'
      ? 'float32: bfloat16 takes a processor that has it, and no GPU'
      : 'bfloat16'
  log('info', `Training multiplies in ${here}.`)
}

async function train<W extends Record<string, Weights>>(
  definition: TrainingDefinition<W>,
  course: Course,
  images: TrainingImages,
  saved: TensorMap | null,
): Promise<TrainResult> {
  const { stages, createWeights } = definition
  const weights = createWeights(course.weights)
  try {
    const { warmFrom } = course.context.task
    if (warmFrom) loadWeights((await readModel(warmFrom)).tensors, ...Object.values(weights))
    let tensors = saved
    // The stages before it were over when the checkpoint was written.
    const first = Math.max(
      0,
      stages.findIndex(({ phase }) => phase === course.state.phase),
    )
    for (const stage of stages.slice(first)) {
      if (stage.phase !== course.state.phase) {
        course.state = { ...course.state, phase: stage.phase, step: 0, best: null }
      } else if (tensors) loadWeights(tensors, ...stage.given(weights))
      const made = await trainStage({ definition, stage, weights, course, images, tensors })
      loadWeights(made, ...stage.makes(weights))
      tensors = null
    }
    return await finishTraining(definition, weights, course, images)
  } finally {
    disposeWeights(...Object.values(weights))
  }
}
