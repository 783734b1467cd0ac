/**
 * How well a memory of few and of many good photographs tells parts apart. Features of each photograph are taken once;
 * growing subsets of the same photographs, drawn several times, are then learned from.
 */
import type { RegionOfInterest } from '../../../../shared/region-of-interest.ts'
import type { TensorMap } from '../../../model/safetensors.ts'
import { imageScore, memoryComponents, textureComponent } from '../../../model/scores.ts'
import { createRandom } from '../../../platform/random.ts'
import { MemoryGathering, MemorySearch } from '../../learned/feature-memory.ts'
import { memoryEye, type SeenByMemory } from '../../learned/photograph-memory.ts'
import type { CurveResult, EngineImage } from '../../protocol.ts'
import { scoreImages } from '../../scoring/score-images.ts'
import type { SeenPhotograph } from '../../scoring/tile-scorer.ts'
import { memoryConfig, memoryLearning, scorerOfWhole } from './system.ts'

/** Features that are held in memory, in bytes; those of the photographs that judge take at most a part of it. */
const heldBytes = 1_000_000_000
const judgingBytes = 0.3 * heldBytes

/** Cells of the photographs that judge, at most: each memory is compared with all of them. */
const judgingCells = 65_536

/** How often a subset is drawn, at least and at most; all photographs are one subset only. */
const fewestDraws = 2
const mostDraws = 5

/** From so many cells on, a memory takes seconds to learn, and a subset is drawn as seldom as can be. */
const manyCells = 16_384

export interface CurveRequest {
  config: unknown
  seed: number
  regionOfInterest?: RegionOfInterest | undefined
  /** As its package names them. */
  backbone: TensorMap
  train: readonly EngineImage[]
  judged: readonly EngineImage[]
  /** Sizes of subsets, ascending; larger ones than there are photographs are left out, and all of them are added. */
  counts: readonly number[]
}

/** Reports progress; throws where the work is to stop. */
export type Proceed = (phase: 'see' | 'curve', done: number, total: number) => Promise<void>

/** @param request ids of the judged images are told with their scores */
export async function learningCurve(request: CurveRequest, proceed: Proceed): Promise<CurveResult> {
  const { seed, regionOfInterest, backbone } = request
  const config = { ...memoryConfig(request.config), regionOfInterest }
  const eye = memoryEye(memoryLearning(config), backbone)
  const judging: { id: number; seen: SeenByMemory }[] = []
  const learning: SeenByMemory[] = []
  const toSee = request.judged.length + request.train.length
  let looked = 0

  /** Calls `use` with each photograph that can be read, until it wants no more. */
  async function look(images: readonly EngineImage[], use: (seen: SeenByMemory, id: number) => boolean) {
    const scorer = scorerOfWhole(config.channels)
    let fresh: SeenByMemory[] = []
    const observe = (photograph: SeenPhotograph): void => {
      fresh.push(eye.see(photograph))
    }
    for await (const { image } of scoreImages(images, { scorer, mode: config, overlap: 0, observe })) {
      await proceed('see', ++looked, toSee)
      const wantsMore = fresh.every((seen) => use(seen, image.id))
      fresh = []
      if (!wantsMore) return
    }
  }

  try {
    let [bytes, cells] = [0, 0]
    await look(request.judged, (seen, id) => {
      judging.push({ id, seen })
      bytes += bytesOf(seen)
      cells += cellsOf(seen)
      return bytes < judgingBytes && cells < judgingCells
    })
    looked = request.judged.length
    await look(createRandom(seed, 'curve photographs').shuffle([...request.train]), (seen) => {
      learning.push(seen)
      bytes += bytesOf(seen)
      return bytes < heldBytes
    })
  } finally {
    eye.dispose()
  }

  const subsets = subsetsOf(learning, request.counts)
  const work = subsets.reduce((sum, { count }) => sum + count, 0)
  const draws: CurveResult['draws'] = []
  let done = 0
  for (const { draw, count } of subsets) {
    await proceed('curve', done, work)
    // Of one draw, each subset has the next smaller one in it.
    const drawn = createRandom(seed, `curve draw ${draw}`)
      .shuffle([...learning])
      .slice(0, count)
    const gathering = new MemoryGathering(count, createRandom(seed, `curve memory ${draw} ${count}`))
    for (const { cells, counts } of drawn) gathering.add(cells, counts)
    const search = new MemorySearch(gathering.finish())
    try {
      const scores: number[] = []
      for (const { seen } of judging) {
        const { evidence } = search.recall(seen.cells, seen.counts)
        const components = Float32Array.of(evidence.local, evidence.all)
        const options = {
          // Subsets learn the memory alone.
          kind: config.score === textureComponent ? 'combined' : config.score,
          k: 1,
          reduction: config.reduction,
          latent: 1,
          expectedCriticValue: 0,
        }
        scores.push(imageScore(components, memoryComponents, options))
        await proceed('curve', done + (count * scores.length) / judging.length, work)
      }
      draws.push({ count, scores })
    } finally {
      search.dispose()
    }
    done += count
  }
  return { photographs: learning.length, judged: judging.map(({ id }) => id), draws }
}

const levelsOf = ({ cells: { scored, drawn } }: SeenByMemory) => [...scored, drawn]

const bytesOf = (seen: SeenByMemory): number =>
  levelsOf(seen).reduce((sum, { data }) => sum + data.byteLength, 0)

const cellsOf = ({ cells: { drawn } }: SeenByMemory): number => drawn.rows * drawn.columns

/** Small subsets are drawn more often: they differ more, and take less time. */
function subsetsOf(
  photographs: readonly SeenByMemory[],
  counts: readonly number[],
): { draw: number; count: number }[] {
  const all = photographs.length
  const cells = photographs.reduce((sum, seen) => sum + cellsOf(seen), 0) / Math.max(1, all)
  const fewer = counts.filter((count) => count < all)
  return [...fewer, all].flatMap((count) => {
    const often = Math.min(mostDraws, Math.max(fewestDraws, Math.floor(all / (2 * count))))
    const draws = count === all ? 1 : count * cells > manyCells ? fewestDraws : often
    return Array.from({ length: draws }, (_, draw) => ({ draw, count }))
  })
}
