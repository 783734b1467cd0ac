/**
 * A memory of what cells of good photographs look like to a network that was trained on other photographs, and how far
 * the cells of a photograph are from the nearest good ones (Roth et al. 2022, "Towards total recall in industrial
 * anomaly detection", CVPR). Other than there, features are whitened by their covariance on good parts, three sizes
 * of the photograph are looked at, and the evidence is that of the farthest cells or that of all cells, whichever is
 * more unusual: each is measured in standard deviations of good photographs that are not in the bank.
 */

import { elementAt } from '../../../shared/element-at.ts'
import type { TensorMap } from '../../model/safetensors.ts'
import type { Random } from '../../platform/random.ts'
import type { FeatureCells } from '../backbones/feature-extractor.ts'
import { resample } from '../data/geometry.ts'
import { averagedOver3x3, type Evidence, evidenceOf, type Usual, usualOf } from './cell-evidence.ts'
import { coresetOf } from './coreset.ts'
import { foldsOf, type HeldOut, isHeldOut, momentsWithout } from './held-out.ts'
import { type CellBank, type NearestCells, nearestCells, whitenedCells } from './nearest-cells.ts'
import { MomentSums, type Moments, shrunkWhiteningOf } from './whitening.ts'

/** Cells in a bank, at most. */
export const bankLimit = 16_384

/** Cells that the bank is drawn from, at most. */
const candidateLimit = 65_536

/** Cells that the covariance is measured on, at most. */
const covarianceLimit = 16_384

/** Cells of the photographs that tell what is usual, at most. */
const probeLimit = 65_536

/** The lower limit of the usual distance; where all good parts are alike it would be 0. */
const leastUnit = 1e-3

/** Directions that whitened cells keep, at most: in the others good parts hardly vary. */
const directionLimit = 128

/** How far the covariance is drawn toward a multiple of the identity. */
const shrinkage = 0.1

/** How cells of good photographs are whitened. */
export const whitenerOf = (sums: MomentSums, features: number): Pick<CellBank, 'mean' | 'whitening'> =>
  whitenerBy(sums.finish(), features)

function whitenerBy({ mean, covariance }: Moments, features: number): Pick<CellBank, 'mean' | 'whitening'> {
  return {
    mean: Float32Array.from(mean),
    whitening: shrunkWhiteningOf(covariance, features, { share: shrinkage, directions: directionLimit }),
  }
}

/** What one size of the photographs has taught. */
export interface Level extends CellBank {
  /** Median distance of a good cell to the nearest of other photographs. */
  unit: number
  /** Where each cell of the bank is from; null in models that did not keep it. */
  origins: Float32Array | null
}

/**
 * Values of an origin: the number of the photograph in the run's list of training photographs, and where the middle of
 * the cell lies, x and y as shares of its width and height.
 */
export const originWidth = 3

export interface FeatureMemory {
  /** Of averaged features, at each size: what scores are made of. */
  scored: readonly Level[]
  /** Of features as they are, at the first size: what a map is finer with. */
  drawn: Level
  /** Evidence of good photographs. */
  usual: Record<keyof Evidence, Usual>
}

/** A memory, and what its photographs have by it. */
export interface LearnedMemory extends FeatureMemory {
  /** Evidence of each good photograph by what was learned of the others, where there are few; else none. */
  heldOut: readonly HeldOut[]
}

/** The cells of one photograph. */
export interface SeenCells {
  /** Averaged over their neighbors, at each size. */
  scored: readonly FeatureCells[]
  /** As they are, at the first size. */
  drawn: FeatureCells
}

const levelsOf = ({ scored, drawn }: SeenCells): FeatureCells[] => [...scored, drawn]

/** From cell to cell, as shares of the picture's width and height. */
export const pitchOf = ({ rows, columns, pitch }: Omit<FeatureCells, 'data'>): { x: number; y: number } =>
  pitch ?? { x: 1 / columns, y: 1 / rows }

/** Where the middle of a cell lies, as shares of the picture's width and height. */
export function middleOf(cells: Omit<FeatureCells, 'data'>, cell: number): { x: number; y: number } {
  const { columns } = cells
  const { x, y } = pitchOf(cells)
  const [column, row] = [cell % columns, Math.floor(cell / columns)]
  return { x: Math.min(1, (column + 0.5) * x), y: Math.min(1, (row + 0.5) * y) }
}

interface Photograph {
  cells: SeenCells
  counts: Uint8Array | null
}

/** Features of cells, the photograph that each is from in the order of adding, and its origin as it is stored. */
interface Candidates {
  rows: Float32Array[]
  owners: number[]
  origins: number[][]
}

/** A photograph that tells what is usual. */
interface Probe {
  photograph: Photograph
  /** Its number in the order of adding, and in the run's list. */
  owner: number
  number: number
}

/** What one size has taught, and which of the candidates are in its bank, with the photograph that each is from. */
interface LearnedLevel {
  level: Level
  chosen: Int32Array
  owners: number[]
}

/** Collects cells of good photographs and learns from them. */
export class MemoryGathering {
  readonly #random: Random
  readonly #perPhotograph: number
  readonly #candidates: Candidates[] = []
  readonly #probes: Probe[] = []
  #probed = 0
  #photographs = 0

  /** @param photographs how many will be added */
  constructor(photographs: number, random: Random) {
    this.#random = random
    this.#perPhotograph = Math.max(1, Math.floor(candidateLimit / Math.max(1, photographs)))
  }

  /**
   * @param counts 1 for each cell of the first size that counts; null where all do
   * @param photograph its number in the run's list; that of adding where it is left out
   */
  add(cells: SeenCells, counts: Uint8Array | null, photograph = this.#photographs): void {
    const owner = this.#photographs++
    for (const [at, level] of levelsOf(cells).entries()) {
      this.#candidates[at] ??= { rows: [], owners: [], origins: [] }
      const candidates = this.#candidates[at]
      const width = level.data.length / (level.rows * level.columns)
      // At the smaller size, a cell that does not count is a small loss; it is a cell of a good part all the same.
      const all = Array.from({ length: level.rows * level.columns }, (_, cell) => cell)
      const some = counts?.length === all.length ? all.filter((cell) => counts[cell] === 1) : all
      const order = this.#random.shuffle(some.length > 0 ? some : all).slice(0, this.#perPhotograph)
      for (const cell of order) {
        candidates.rows.push(level.data.slice(cell * width, (cell + 1) * width))
        candidates.owners.push(owner)
        const { x, y } = middleOf(level, cell)
        candidates.origins.push([photograph, x, y])
      }
    }
    const count = cells.drawn.rows * cells.drawn.columns
    if (this.#probed + count > probeLimit && this.#probes.length > 0) return
    this.#probed += count
    this.#probes.push({ photograph: { cells, counts }, owner, number: photograph })
  }

  finish(): LearnedMemory {
    const learned = this.#candidates.map((candidates) => this.#level(candidates))
    const levels = learned.map(({ level }) => level)
    const isFew = isHeldOut(this.#photographs) && this.#probes.length === this.#photographs
    const distances = isFew ? this.#heldOut(learned) : this.#besideOwn(learned)
    for (const [at, level] of levels.entries()) {
      const all = distances.flatMap((of) => [...elementAt(of, at, 'Sizes of a photograph')])
      level.unit = Math.max(medianOf(all), Math.fround(leastUnit))
    }
    const evidence = this.#probes.map(({ photograph }, i) =>
      evidenceOf(
        mapOf(photograph.cells.scored, elementAt(distances, i, 'Photographs'), levels),
        photograph.counts,
      ),
    )
    const usual = {
      local: usualOf(evidence.map(({ local }) => local)),
      all: usualOf(evidence.map(({ all }) => all)),
    }
    const heldOut = evidence.map(({ local, all }, i) => ({
      photograph: elementAt(this.#probes, i, 'Photographs').number,
      values: [inDeviations(local, usual.local), inDeviations(all, usual.all)],
    }))
    const drawn = elementAt(levels, levels.length - 1, 'Kinds of cells')
    return { scored: levels.slice(0, -1), drawn, usual, heldOut: isFew ? heldOut : [] }
  }

  /**
   * Distances of the cells of each photograph to the nearest of the others: about what a new good photograph will have.
   * @returns [photographs][sizes]
   */
  #besideOwn(learned: readonly LearnedLevel[]): Float32Array[][] {
    const searches = learned.map(({ level, owners }) => ({ search: nearestCells(level), owners }))
    try {
      return this.#probes.map(({ photograph, owner }) =>
        levelsOf(photograph.cells).map(({ data }, at) => {
          const { search, owners } = elementAt(searches, at, 'Sizes of a photograph')
          const several = this.#photographs > 1
          return search.distances(data, several ? (cell) => owners[cell] === owner : undefined)
        }),
      )
    } finally {
      for (const { search } of searches) search.dispose()
    }
  }

  /** The same with few photographs: what cells are whitened by is learned without the photograph, too. */
  #heldOut(learned: readonly LearnedLevel[]): Float32Array[][] {
    const folds = foldsOf(this.#photographs)
    const distances: Float32Array[][] = this.#probes.map(() => [])
    for (const [at, { chosen, owners }] of learned.entries()) {
      const { rows, owners: all } = elementAt(this.#candidates, at, 'Sizes of a photograph')
      const features = elementAt(rows, 0, 'Cells of good photographs').length
      const make = () => new MomentSums(features)
      const sums = Array.from({ length: folds }, make)
      for (const cell of measuredOf(rows.length)) {
        const owner = elementAt(all, cell, 'Photographs of cells')
        elementAt(sums, owner % folds, 'Groups').add(elementAt(rows, cell, 'Cells to measure'))
      }
      for (let fold = 0; fold < folds; fold++) {
        const whitener = whitenerBy(momentsWithout(fold, sums, make), features)
        const others = chosen.filter((_, cell) => elementAt(owners, cell, 'Cells of a bank') % folds !== fold)
        const bank = whitenedCells(together(rows, others, features), whitener)
        const search = nearestCells({ ...whitener, bank })
        try {
          for (const [i, { photograph, owner }] of this.#probes.entries()) {
            if (owner % folds !== fold) continue
            const { data } = elementAt(levelsOf(photograph.cells), at, 'Sizes of a photograph')
            elementAt(distances, i, 'Photographs').push(search.distances(data))
          }
        } finally {
          search.dispose()
        }
      }
    }
    return distances
  }

  #level({ rows, owners, origins }: Candidates): LearnedLevel {
    const features = rows[0]?.length ?? 0
    const sums = new MomentSums(features)
    for (const cell of measuredOf(rows.length)) sums.add(elementAt(rows, cell, 'Cells to measure'))
    const whitener = whitenerOf(sums, features)
    const white = whitenedCells(together(rows, rows.keys(), features), whitener)
    const directions = white.length / rows.length
    const chosen = coresetOf(white, directions, bankLimit, this.#random)
    const bank = new Float32Array(chosen.length * directions)
    for (const [at, from] of chosen.entries()) {
      bank.set(white.subarray(from * directions, (from + 1) * directions), at * directions)
    }
    return {
      level: {
        ...whitener,
        bank,
        unit: 1,
        origins: Float32Array.from(
          [...chosen].flatMap((from) => elementAt(origins, from, 'Cells to choose from')),
        ),
      },
      chosen,
      owners: Array.from(chosen, (from) => elementAt(owners, from, 'Cells to choose from')),
    }
  }
}

/** The numbers of the cells that the covariance is measured on, of so many: evenly spread. */
function measuredOf(cells: number): number[] {
  const step = Math.max(1, Math.ceil(cells / covarianceLimit))
  return Array.from({ length: Math.ceil(cells / step) }, (_, at) => at * step)
}

/** Some rows, one behind the other: [rows, features]. */
function together(rows: readonly Float32Array[], some: Iterable<number>, features: number): Float32Array {
  const numbers = [...some]
  const all = new Float32Array(numbers.length * features)
  for (const [at, from] of numbers.entries()) {
    all.set(elementAt(rows, from, 'Cells of good photographs'), at * features)
  }
  return all
}

const inDeviations = (value: number, { mean, deviation }: Usual): number => (value - mean) / deviation

function medianOf(values: number[]): number {
  const sorted = Float32Array.from(values).sort()
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}

/** The sum of the distances at all sizes, each in units of what is usual, at the cells of the first one. */
function mapOf(
  cells: readonly FeatureCells[],
  distances: readonly Float32Array[],
  levels: readonly Level[],
): Float32Array {
  const [first] = cells
  if (first === undefined) return new Float32Array()
  const sum = new Float32Array(first.rows * first.columns)
  for (const [at, { rows, columns }] of cells.entries()) {
    const { unit } = elementAt(levels, at, 'Sizes of a photograph')
    const own = elementAt(distances, at, 'Sizes of a photograph')
    const averaged = { data: averagedOver3x3(own, rows, columns), width: columns, height: rows, channels: 1 }
    const fitted = resample(averaged, first.columns, first.rows)
    for (const [cell, value] of fitted.data.entries())
      sum[cell] = elementAt(sum, cell, 'Cells') + value / unit
  }
  return sum
}

/** What a memory says about one photograph. */
export interface Recalled {
  /** In standard deviations of good photographs. */
  evidence: Evidence
  /**
   * What a map is made of, for each cell: the mean of the scored distances over the sizes, and the distance of its own
   * features. 2 is usual on good parts.
   */
  drawn: Float32Array
}

/** Compares photographs with a memory, which is held as tensors. */
export class MemorySearch {
  readonly #memory: FeatureMemory
  readonly #searches: readonly NearestCells[]

  constructor(memory: FeatureMemory) {
    this.#memory = memory
    this.#searches = [...memory.scored, memory.drawn].map((level) => nearestCells(level))
  }

  recall(cells: SeenCells, counts: Uint8Array | null): Recalled {
    const { scored, drawn, usual } = this.#memory
    const own = levelsOf(cells).map(({ data }, at) =>
      elementAt(this.#searches, at, 'Kinds of cells').distances(data),
    )
    const distances = mapOf(cells.scored, own, scored)
    const { local, all } = evidenceOf(distances, counts)
    const fine = elementAt(own, scored.length, 'Kinds of cells')
    return {
      evidence: { local: inDeviations(local, usual.local), all: inDeviations(all, usual.all) },
      drawn: distances.map(
        (distance, cell) => distance / scored.length + elementAt(fine, cell, 'Cells') / drawn.unit,
      ),
    }
  }

  dispose(): void {
    for (const search of this.#searches) search.dispose()
  }
}

const prefix = 'memory/'
const mapName = 'map'

/** As tensors of a model file. */
export function memoryTensors({ scored, drawn, usual: { local, all } }: FeatureMemory): TensorMap {
  const tensors: TensorMap = {
    [`${prefix}usual`]: {
      shape: [4],
      data: Float32Array.of(local.mean, local.deviation, all.mean, all.deviation),
    },
  }
  const named = [...scored.map((level, at) => [String(at), level] as const), [mapName, drawn] as const]
  for (const [kind, { mean, whitening, bank, unit, origins }] of named) {
    const features = mean.length
    const nameOf = (name: string) => `${prefix}${kind}/${name}`
    tensors[nameOf('mean')] = { shape: [features], data: mean }
    const directions = whitening.length / features
    tensors[nameOf('whitening')] = { shape: [features, directions], data: whitening }
    tensors[nameOf('bank')] = { shape: [bank.length / directions, directions], data: bank }
    tensors[nameOf('unit')] = { shape: [1], data: Float32Array.of(unit) }
    if (origins === null) continue
    tensors[nameOf('origin')] = { shape: [origins.length / originWidth, originWidth], data: origins }
  }
  return tensors
}

/** Reads a memory from the tensors of a model file; null where it has none. */
export function memoryOfModel(tensors: TensorMap): FeatureMemory | null {
  const stored = tensors[`${prefix}usual`]?.data
  if (stored === undefined) return null
  const [localMean = 0, localDeviation = 1, allMean = 0, allDeviation = 1] = stored
  const levelNamed = (kind: string): Level | null => {
    const [mean, whitening, bank, unit] = ['mean', 'whitening', 'bank', 'unit'].map(
      (name) => tensors[`${prefix}${kind}/${name}`]?.data,
    )
    if (!(mean && whitening && bank && unit)) return null
    const origins = tensors[`${prefix}${kind}/origin`]?.data ?? null
    return { mean, whitening, bank, unit: unit[0] ?? 1, origins }
  }
  const drawn = levelNamed(mapName)
  if (drawn === null) return null
  const scored: Level[] = []
  for (let level = levelNamed('0'); level !== null; level = levelNamed(String(scored.length))) {
    scored.push(level)
  }
  return {
    scored,
    drawn,
    usual: {
      local: { mean: localMean, deviation: localDeviation },
      all: { mean: allMean, deviation: allDeviation },
    },
  }
}
