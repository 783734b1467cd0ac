/**
 * Measures, for a finished model, what is normal: the scores of the normal validation images and the scale of their
 * maps, and the mean output of the discriminator on training images.
 */

import { elementAt } from '../../../shared/element-at.ts'
import { wordsIn } from '../../../shared/messages/words.ts'
import {
  imageScore,
  memoryComponents,
  partNames,
  partsOf,
  reduceTiles,
  type ScoreOptions,
  scoresFrom,
  type UsualPart,
} from '../../model/scores.ts'
import { createRandom } from '../../platform/random.ts'
import type { TileSource } from '../data/image-cache.ts'
import type { InputMode } from '../data/load-image.ts'
import { TrainingBatches } from '../data/training-batches.ts'
import { scoreImages } from '../scoring/score-images.ts'
import type { TileScorer } from '../scoring/tile-scorer.ts'
import type { TrainingContext } from './context.ts'

export interface Calibration {
  /** Image scores of the calibration images by score name, ascending. */
  calibration: Record<string, number[]>
  mapScale: number
  expectedCriticValue: number
  /** What is usual of each part of the score `combined`; left out where it is not measured. */
  parts?: Record<string, UsualPart>
}

/** How many training images are used instead where there are no validation images. */
const standIns = 64

/** Half of the color scale is this quantile of the map values. */
const mapQuantile = 0.995

/** About how many map values are used. */
const mapSamples = 1_000_000

export interface CalibrateOptions {
  context: TrainingContext
  scorer: TileScorer
  mode: InputMode & { flips: 'none' | 'horizontal' | 'vertical' | 'both' }
  options: Omit<ScoreOptions, 'expectedCriticValue'>
  discriminatorSamples: number
  overlap: number
  training: TileSource
  /** Components of training photographs by what was learned of the others, by name; none where there are many. */
  heldOut: readonly Readonly<Record<string, number>>[]
  /** Gives messages a chance to arrive between two steps; throws where the training is to stop. */
  proceed: () => Promise<void>
}

export async function calibrate(options: CalibrateOptions): Promise<Calibration> {
  const { context, scorer, mode, overlap, training, heldOut, proceed } = options
  const expectedCriticValue = await expectCriticValue(options)
  const { validation } = context.task
  const images = validation.length > 0 ? validation : training.images.slice(0, standIns)
  if (validation.length === 0) {
    context.log(
      'warn',
      'There are no normal validation images: calibration uses training images and looks too strict.',
    )
  }
  const kinds = scoresFrom(scorer.componentNames)
  const scores: Record<string, number[]> = Object.fromEntries(kinds.map((name) => [name, []]))
  const values: number[] = []
  const measured: Float32Array[] = []
  const perImage = Math.max(1, Math.floor(mapSamples / images.length))
  let done = 0
  const started = performance.now()
  for await (const scored of scoreImages(images, { scorer, mode, overlap })) {
    done += 1
    context.progress('calibrate', done, images.length)
    await proceed()
    if ('why' in scored) {
      context.log(
        'warn',
        `${scored.image.name ?? scored.image.file} was left out of the calibration: ${wordsIn('en').text('failure', scored.why, 'title')}`,
      )
      continue
    }
    measured.push(scored.components)
    if (scored.pictures === null) continue
    const map = scored.pictures.map.data
    const stride = Math.max(1, Math.floor(map.length / perImage))
    for (let i = 0; i < map.length; i += stride) values.push(elementAt(map, i, 'Pixels of a map'))
  }
  if (scorer.searchSteps !== undefined) {
    const seconds = (performance.now() - started) / 1000 / Math.max(1, done)
    context.log(
      'info',
      `An image takes ${seconds.toPrecision(2)} seconds: a search of ${scorer.searchSteps} steps for each of its tiles.`,
    )
  }
  const names = partNames(scorer.componentNames, mode.input)
  const { reduction } = options.options
  // Training photographs that stand in for validation images were learned from.
  const unseen = validation.length > 0 ? measured : []
  const seen = unseen.map((components) => componentsOfImage(components, scorer.componentNames, reduction))
  // The memory is in deviations of held-out photographs already; only another part needs them to be compared with it.
  const others = names.filter((name) => !memoryComponents.some((of) => of === name))
  const isWithOthers = heldOut.some((of) => others.some((name) => of[name] !== undefined))
  const parts = partsOf(isWithOthers ? [...seen, ...heldOut] : seen, names)
  for (const name of kinds) {
    const settings = { ...options.options, kind: name, expectedCriticValue, parts }
    for (const components of measured) {
      scores[name]?.push(imageScore(components, scorer.componentNames, settings))
    }
  }
  const sorted = Float32Array.from(values).sort()
  const quantile = sorted[Math.floor(mapQuantile * (sorted.length - 1))] ?? 0
  return {
    calibration: Object.fromEntries(
      Object.entries(scores).map(([name, list]) => [name, [...Float64Array.from(list).sort()]]),
    ),
    mapScale: quantile > 0 ? 2 * quantile : 1,
    expectedCriticValue,
    ...(parts && { parts }),
  }
}

/** Each component of a photograph, its tiles reduced to one value. */
const componentsOfImage = (
  components: Float32Array,
  names: readonly string[],
  reduction: ScoreOptions['reduction'],
): Record<string, number> =>
  Object.fromEntries(
    names.map((name, column) => {
      const tiles = components.length / names.length
      const values = Float64Array.from({ length: tiles }, (_, tile) =>
        elementAt(components, tile * names.length + column, 'Components'),
      )
      return [name, reduceTiles(values, reduction)]
    }),
  )

/** E[D(x)] over random training images (crops in `tiles` mode), drawn with replacement from the run's seed. */
async function expectCriticValue(options: CalibrateOptions): Promise<number> {
  const { context, scorer, mode, training, discriminatorSamples, proceed } = options
  if (!scorer.componentNames.includes('discriminator')) return 0
  const random = createRandom(context.task.seed, 'discriminator')
  const { size, channels, batch } = scorer
  const draw = (samples: number) =>
    new TrainingBatches({
      source: training,
      size,
      channels,
      batch,
      input: mode.input,
      augmentation: { flips: 'none', shift: 0 },
      state: {
        random: random.state(),
        left: samples < training.images.length ? [] : training.images.map((_, i) => i).reverse(),
      },
    })
  if (mode.input !== 'whole') {
    const batches = draw(discriminatorSamples)
    const rounds = Math.ceil(discriminatorSamples / batch)
    let sum = 0
    for (let i = 0; i < rounds; i++) {
      sum += scorer.discriminate(await batches.next()).reduce((total, value) => total + value, 0)
      context.progress('calibrate', i + 1, rounds)
      await proceed()
    }
    return sum / (rounds * batch)
  }
  // Whole images: D of each image once, then weighted by how often it is drawn.
  const count = training.images.length
  const values: number[] = []
  const batches = draw(count)
  while (values.length < count) {
    values.push(...scorer.discriminate(await batches.next()))
    await proceed()
  }
  let sum = 0
  for (let i = 0; i < discriminatorSamples; i++) sum += elementAt(values, random.int(count), 'Values of D')
  return sum / discriminatorSamples
}
