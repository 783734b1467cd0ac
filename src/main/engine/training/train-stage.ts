/** Trains one stage: its steps, with previews, checkpoints, and the choice of the best weights. */
import { join } from 'node:path'
import { digestOf, type TensorMap } from '../../model/safetensors.ts'
import { createRandom, restoreRandom } from '../../platform/random.ts'
import { compilingWith } from '../graph/compile.ts'
import { keptGraphs } from '../graph/kept-graphs.ts'
import { precisionHere } from '../graph/precision-here.ts'
import { readWeights } from '../networks/stored-weights.ts'
import type { Weights } from '../networks/weights.ts'
import { Cancelled } from '../task-control.ts'
import type { Variable } from '../tensorflow.ts'
import type { Course } from './course.ts'
import { watchEvery } from './divergence.ts'
import { heed, rateScale } from './going-back.ts'
import { writeSheet } from './preview.ts'
import { rateAt } from './rate.ts'
import type { Stage, StageDefinition, StageTools, TrainingDefinition } from './stage.ts'
import type { TrainingImages } from './training-images.ts'

/** Prefix of the names, in a checkpoint, of the best weights so far. */
const bestPrefix = 'best:'

type Values = Record<string, Float32Array>

const withShapes = (values: Values, variables: Readonly<Record<string, Variable>>): TensorMap =>
  Object.fromEntries(
    Object.entries(values).map(([name, data]) => [
      name,
      { shape: [...(variables[name]?.shape ?? [])], data },
    ]),
  )

export interface TrainedStage<W extends Record<string, Weights>> {
  definition: TrainingDefinition<W>
  stage: StageDefinition<W>
  weights: W
  course: Course
  images: TrainingImages
  /** Tensors of the checkpoint that the stage continues from; null for its beginning. */
  tensors: TensorMap | null
}

/** @returns the weights that the stage makes. @throws Cancelled, Diverged */
export async function trainStage<W extends Record<string, Weights>>(
  training: TrainedStage<W>,
): Promise<TensorMap> {
  const { definition, weights, course, images, tensors } = training
  const { checkpointEvery, previewEvery } = definition.config
  const { steps: total, learningRate, decay, choosing, given } = training.stage
  const { context } = course
  const tools = toolsOf(course, images)
  const stage = opened(training, tools)
  try {
    if (stage.program.notice) context.log('warn', stage.program.notice)
    const fixed = readWeights(...given(weights))
    let best: Values = {}
    if (tensors) {
      const stored = Object.entries(tensors).map(([name, { data }]) => [name, data] as const)
      stage.program.writeVariables(Object.fromEntries(stored.filter(([name]) => name in stage.variables)))
      best = Object.fromEntries(
        stored.flatMap(([name, data]) =>
          name.startsWith(bestPrefix) ? [[name.slice(bestPrefix.length), data] as const] : [],
        ),
      )
    }
    const snapshot = (): TensorMap => {
      course.state.sampler = tools.batches.state()
      course.state.noise = tools.noise.state()
      const kept = Object.entries(withShapes(best, stage.variables)).map(
        ([name, tensor]) => [bestPrefix + name, tensor] as const,
      )
      return {
        ...fixed,
        ...withShapes(stage.program.readVariables(), stage.variables),
        ...Object.fromEntries(kept),
      }
    }
    while (!isOver(course, training.stage)) {
      if (!(await course.goesOn())) {
        await course.checkpoint(snapshot(), 'stopped')
        throw new Cancelled(course.done)
      }
      const done = course.state.step
      const losses = await stage.step(rateScale(course) * rateAt(learningRate, done, total, decay), done)
      course.state.step += 1
      course.note(losses, training.stage)
      const isDue = (every: number) => course.state.step % every === 0 || course.state.step === total
      if (stage.watch && (isDue(watchEvery) || isDue(checkpointEvery))) heed(course, stage.watch())
      if (stage.choice && choosing && isDue(choosing.every)) {
        if (await isBest(course, await stage.choice.measure())) {
          best = valuesOf(stage, stage.choice.variables)
        }
      }
      const isLast = isOver(course, training.stage)
      if (isDue(previewEvery) || isLast) await stage.preview()
      if (isDue(checkpointEvery) || isLast) await course.checkpoint(snapshot(), 'good')
    }
    if (stage.choice && choosing) tellChosen(course, choosing.criterion(choosingImages(course)))
    return await stage.end(withShapes(best, stage.variables))
  } finally {
    stage.dispose()
  }
}

/** What kind of images a stage chooses by, in words. */
export const choosingImages = ({ context: { task } }: Course): string =>
  task.validation.length > 0 ? 'validation images' : 'training images'

/** The stage with its compiled graphs, which are kept in case the training is resumed. */
function opened<W extends Record<string, Weights>>(
  { definition: { model, config }, stage, weights, course }: TrainedStage<W>,
  tools: StageTools,
): Stage {
  const { task, log } = course.context
  const cache = keptGraphs({
    folder: task.folder,
    purpose: stage.phase,
    // The weights of earlier stages are constants in the graphs of this one.
    of: [model, config, digestOf(readWeights(...stage.given(weights)))],
    debug: (message) => log('debug', message),
  })
  const precision = precisionHere(config.trainingPrecision)
  return compilingWith({ cache, precision }, () => stage.open(weights, tools))
}

function toolsOf(course: Course, images: TrainingImages): StageTools {
  const { state, context } = course
  const { seed, folder } = context.task
  const { of, size, channels } = images.shape
  return {
    batches: images.batches(state.sampler),
    noise: restoreRandom(state.noise),
    random: (purpose) => createRandom(seed, purpose),
    batchesFor: (purpose) => images.batchesFor(purpose),
    validation: () => images.validation(),
    firstTiles: (count) => images.firstTiles(count),
    async preview(name, pictures, columns) {
      // Windows of features are no pictures.
      if (of === 'features') return
      const step = course.done
      const file = `previews/${name}-${step}.png`
      await writeSheet(join(folder, file), pictures, { side: size, channels, columns })
      context.preview(name, file, step)
    },
    log: (level, message) => context.log(level, message),
  }
}

/** Whether all steps are done, or the choice has found nothing better for as many measurements as it may. */
function isOver({ state: { step, best } }: Course, { steps, choosing }: StageDefinition<never>): boolean {
  if (step >= steps) return true
  if (!choosing || choosing.patience === 0 || best === null) return false
  return step - best.step >= choosing.patience * choosing.every
}

/** Reports the number that is chosen by, and notes it where it is the best so far. */
function isBest({ state, context }: Course, value: number): boolean {
  const { step, best, phase } = state
  context.points([{ phase, step, name: 'validation', value }])
  state.losses.validation = value
  if (best !== null && value >= best.value) return false
  state.best = { step, value }
  return true
}

function valuesOf(stage: Stage, names: readonly string[]): Values {
  const now = stage.program.readVariables()
  return Object.fromEntries(
    names.map((name) => {
      const value = now[name]
      if (value === undefined) throw new RangeError(`The program of the stage has no variable "${name}".`)
      return [name, value]
    }),
  )
}

function tellChosen({ state: { best, step, phase }, context }: Course, criterion: string): void {
  if (best === null) return
  context.log(
    'info',
    `Of the ${step} steps of stage "${phase}" the weights of step ${best.step} are kept: the lowest ${criterion}, ${best.value.toPrecision(4)}.`,
  )
}
