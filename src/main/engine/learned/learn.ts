/**
 * Learns from good parts what a run asks for besides its networks. Everything that is learned from training tiles
 * comes first, in one pass over the same tiles. After it comes what is learned from photographs, since it uses the
 * graph with what the first pass added.
 */
import type { LearningParameters } from '../../model/parameters.ts'
import type { TensorMap } from '../../model/safetensors.ts'
import type { LearnedComponent } from '../../model/scores.ts'
import { createRandom } from '../../platform/random.ts'
import type { TileSource } from '../data/image-cache.ts'
import type { InputMode } from '../data/load-image.ts'
import { TrainingBatches } from '../data/training-batches.ts'
import type { EngineImage } from '../protocol.ts'
import { scoreImages } from '../scoring/score-images.ts'
import type { ScorerRequest, SeenPhotograph, TileScorer } from '../scoring/tile-scorer.ts'
import {
  isLearned,
  type Learnable,
  type Learned,
  type LearnsFromPhotographs,
  type LearnsFromTiles,
} from './learnable.ts'
import { learnables } from './registry.ts'
import { joined, type LearnedByName, requestOf } from './with-learned.ts'

/** How many training tiles are used, at most; fewer where scoring is a search for each tile. */
const tilesLimit = 2_048
const searchedTiles = 128

export interface Learning {
  /** Null where the system has nothing to learn besides its networks. */
  parameters: LearningParameters | null
  /** Good training photographs, and how they are read and cut for scoring. */
  training: TileSource
  mode: InputMode
  overlap: number
  seed: number
  /** Tensors of the configuration's backbone; null where it has none. */
  backbone: TensorMap | null
  createScorer(request: ScorerRequest): TileScorer
  /** Reports progress; throws where the training is to stop. */
  proceed(phase: string, done: number, total: number): Promise<void>
}

/** What is to be learned from one kind of source. */
type Wanted<L> = { name: LearnedComponent; learning: L }[]

/** What was learned, and the scorer of the system's graph that `withLearned` continues with. */
export async function learn(learning: Learning): Promise<{ learned: LearnedByName; scorer: TileScorer }> {
  const { parameters, createScorer } = learning
  const found = new Map<LearnedComponent, Learned>()
  const wanted = learnables.filter((learnable) => parameters !== null && isLearned(learnable, parameters))
  if (parameters !== null) {
    for (const [name, learned] of await learnFromTiles(learning, parameters, ofTiles(wanted))) {
      found.set(name, learned)
    }
  }
  const scorer = createScorer(requestOf(found))
  try {
    for (const { name, learning: source } of ofPhotographs(wanted)) {
      if (parameters === null) continue
      found.set(name, await learnFromPhotographs(learning, parameters, { name, source, scorer }))
    }
    // In the order of the registry, in whatever order it was learned.
    const learned = new Map(learnables.flatMap(({ name }) => entryOf(found, name)))
    return { learned, scorer }
  } catch (error) {
    scorer.dispose()
    throw error
  }
}

const ofTiles = (wanted: readonly Learnable[]): Wanted<LearnsFromTiles> =>
  wanted.flatMap(({ name, learning }) => (learning.from === 'tiles' ? [{ name, learning }] : []))

const ofPhotographs = (wanted: readonly Learnable[]): Wanted<LearnsFromPhotographs> =>
  wanted.flatMap(({ name, learning }) => (learning.from === 'photographs' ? [{ name, learning }] : []))

function entryOf(found: LearnedByName, name: LearnedComponent): [LearnedComponent, Learned][] {
  const learned = found.get(name)
  return learned ? [[name, learned]] : []
}

/** The values of one tile among those of a batch. */
const row = (values: Float32Array, batch: number, tile: number): Float32Array => {
  const width = values.length / batch
  return values.slice(tile * width, (tile + 1) * width)
}

async function learnFromTiles(
  { training, mode, seed, createScorer, proceed }: Learning,
  parameters: LearningParameters,
  wanted: Wanted<LearnsFromTiles>,
): Promise<[LearnedComponent, Learned][]> {
  if (wanted.length === 0) return []
  const scorer = createScorer(joined(wanted.map(({ learning }) => learning.asks)))
  const { batch, size, channels } = scorer
  const limit = scorer.searchSteps === undefined ? tilesLimit : searchedTiles
  const tiles = mode.input === 'whole' ? Math.min(limit, training.images.length) : limit
  // The tiles are cut as for scoring: neither mirrored nor shifted, and a whole photograph only once.
  const batches = new TrainingBatches({
    source: training,
    size,
    channels,
    batch,
    input: mode.input,
    augmentation: { flips: 'none', shift: 0 },
    state: { random: createRandom(seed, 'residual').state(), left: [] },
  })
  const gatherings = wanted.map(({ name, learning }) => ({ name, gathering: learning.gather(parameters) }))
  try {
    for (let done = 0; done < tiles; done += batch) {
      const { pictures } = scorer.score(await batches.next())
      if (pictures === null) throw new TypeError('only what a restoration leaves can be learned from')
      const { codes, early, map } = pictures
      for (let tile = 0; tile < Math.min(batch, tiles - done); tile++) {
        const given = {
          size,
          map: row(map, batch, tile),
          code: codes ? row(codes, batch, tile) : null,
          early: early ? row(early, batch, tile) : null,
        }
        for (const { gathering } of gatherings) gathering.add(given)
      }
      await proceed('residual', Math.min(tiles, done + batch), tiles)
    }
    return gatherings.flatMap(({ name, gathering }): [LearnedComponent, Learned][] => {
      const learned = gathering.finish()
      return learned ? [[name, learned]] : []
    })
  } finally {
    scorer.dispose()
  }
}

async function learnFromPhotographs(
  { training, mode, overlap, seed, backbone, proceed }: Learning,
  parameters: LearningParameters,
  { name, source, scorer }: { name: LearnedComponent; source: LearnsFromPhotographs; scorer: TileScorer },
): Promise<Learned> {
  const random = createRandom(seed, name)
  const numbers = new Map(training.images.map((image, number) => [image, number]))
  const images = random.shuffle([...training.images]).slice(0, source.most)
  const gathering = source.gather(images.length, random, parameters, backbone)
  const observe = (seen: SeenPhotograph, image: EngineImage): void => {
    const number = numbers.get(image)
    if (number === undefined) throw new RangeError('a photograph that is none of the training')
    gathering.add(seen, number)
  }
  let done = 0
  for await (const _ of scoreImages(images, { scorer, mode, overlap, observe })) {
    done += 1
    await proceed(name, done, images.length)
  }
  return gathering.finish()
}
