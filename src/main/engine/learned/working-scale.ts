/**
 * Chooses how far photographs are shrunk before features of a backbone are taken: the scale at which defects that are
 * drawn on good photographs are told apart best from the same photographs as they are. Defects are drawn once, on
 * the largest of the scales, and shrink with the photograph. A photograph is compared with the cells of the others,
 * never with its own, so that few photographs are enough, and what is measured holds for photographs that nobody has
 * seen. Only good photographs of training and validation are looked at.
 */
import { elementAt } from '../../../shared/element-at.ts'
import { resampledAuroc } from '../../metrics/auroc.ts'
import { type MadeDefectType, madeDefectTypes } from '../../model/made-defect-types.ts'
import { softMaximum } from '../../model/scores.ts'
import type { Random } from '../../platform/random.ts'
import type { FeatureCells, FeatureExtractor } from '../backbones/feature-extractor.ts'
import { type Pixels, resample } from '../data/geometry.ts'
import { cellsInside } from '../scoring/distance-map.ts'
import { averagedOver3x3, evidenceOf, usualOf } from './cell-evidence.ts'
import { whitenerOf } from './feature-memory.ts'
import { type NearestCells, nearestCells, whitenedCells } from './nearest-cells.ts'
import { inSizes, sizeStep, sizesSeen } from './seen-sizes.ts'
import { MomentSums } from './whitening.ts'

/** Cells in a bank of the trial, at most: fewer than a model has, since only scales are compared. */
const bankLimit = 4_096

/** Bootstrap draws for a standard error. */
const replicates = 200

/** A photograph at the largest scale: as it is, or with a defect. */
export interface TrialPicture {
  /** Number of the photograph. */
  photograph: number
  /** Null where it is as it is. */
  type: MadeDefectType | null
  picture: Pixels
  insideAt(width: number, height: number): Uint8Array | null
}

/** What was measured at one scale. */
export interface TriedScale {
  scale: number
  /** Image AUROC of drawn defects, the mean over their types. */
  made: number
  /** How much more the best scale has, and the standard error of that over photographs; 0 for the best itself. */
  behind: number
  error: number
}

/** One picture at one size: its cells' distances, in units of what is usual at that size. */
interface Measured {
  rows: number
  columns: number
  distances: Float32Array
  counts: Uint8Array | null
}

interface Taken {
  cells: FeatureCells
  counts: Uint8Array | null
}

/** What takes the features. */
type Eye = Pick<FeatureExtractor, 'channels' | 'stride' | 'cells'>

/** Measures pictures at each scale of a ladder. */
export class ScaleTrial {
  readonly #extractor: Eye
  readonly #random: Random
  readonly #scales: readonly number[]
  /** [sizes][pictures] */
  readonly #taken: Taken[][]
  readonly #pictures: Pick<TrialPicture, 'photograph' | 'type'>[] = []

  /** @param scales from the largest on, each `sizeStep` times the one before; the last ones are only further sizes of it */
  constructor(extractor: Eye, scales: readonly number[], random: Random) {
    this.#extractor = extractor
    this.#scales = scales
    this.#random = random
    this.#taken = scales.map(() => [])
  }

  add({ photograph, type, picture, insideAt }: TrialPicture): void {
    this.#pictures.push({ photograph, type })
    for (const [at, seen] of inSizes(picture, this.#scales.length).entries()) {
      const cells = this.#extractor.cells(seen).averaged
      const inside = insideAt(seen.width, seen.height)
      const counts = inside && cellsInside(cells, seen, inside, this.#extractor.stride)
      elementAt(this.#taken, at, 'Scales').push({ cells, counts })
    }
  }

  finish(): TriedScale[] {
    const sizes = this.#taken.map((taken) => this.#measure(taken))
    const areas = this.#scales.slice(0, 1 - sizesSeen).map((scale, at) => {
      return { scale, area: this.#area(this.#scores(sizes.slice(at, at + sizesSeen))) }
    })
    const photographs = 1 + Math.max(...this.#pictures.map(({ photograph }) => photograph))
    const ones = new Uint32Array(photographs).fill(1)
    const found = areas.map(({ scale, area }) => ({ scale, area, made: area(ones) ?? 0.5 }))
    const best = found.reduce((a, b) => (b.made > a.made ? b : a))
    // The same draws for each scale, so that only the scales differ.
    const draws = Array.from({ length: replicates }, () => {
      const counts = new Uint32Array(photographs)
      for (let i = 0; i < photographs; i++) {
        const drawn = this.#random.int(photographs)
        counts[drawn] = elementAt(counts, drawn, 'Photographs') + 1
      }
      return counts
    })
    const bestAreas = draws.map((counts) => best.area(counts))
    return found.map(({ scale, area, made }) => ({
      scale,
      made,
      behind: best.made - made,
      error:
        area === best.area
          ? 0
          : deviationOf(draws.flatMap((counts, at) => difference(bestAreas[at] ?? null, area(counts)))),
    }))
  }

  /** The evidence against each picture: what a memory with this scale would have for it. */
  #scores(sizes: readonly (readonly Measured[])[]): number[] {
    const evidence = this.#pictures.map((_, i) => {
      const own = sizes.map((of) => elementAt(of, i, 'Pictures'))
      return evidenceOf(sumOf(own), own[0]?.counts ?? null)
    })
    const good = evidence.filter((_, i) => this.#pictures[i]?.type === null)
    const [local, all] = [usualOf(good.map((of) => of.local)), usualOf(good.map((of) => of.all))]
    return evidence.map((of) =>
      softMaximum([(of.local - local.mean) / local.deviation, (of.all - all.mean) / all.deviation]),
    )
  }

  /** Image AUROC as the mean over types, from how often each photograph is drawn. */
  #area(scores: readonly number[]): (counts: Uint32Array) => number | null {
    const ofTypes = madeDefectTypes.map((type) => {
      const some = [...this.#pictures.entries()].filter(([, of]) => of.type === null || of.type === type)
      const area = resampledAuroc(
        some.map(([i]) => elementAt(scores, i, 'Pictures')),
        some.map(([, of]) => (of.type === null ? 0 : 1)),
      )
      return (counts: Uint32Array) =>
        area(some.map(([, { photograph }]) => elementAt(counts, photograph, 'Photographs')))
    })
    return (counts) => {
      let sum = 0
      for (const area of ofTypes) {
        const value = area(counts)
        if (value === null) return null
        sum += value
      }
      return sum / ofTypes.length
    }
  }

  #measure(taken: readonly Taken[]): Measured[] {
    const good = [...taken.keys()].filter((i) => this.#pictures[i]?.type === null)
    const features = this.#extractor.channels
    const rows: { data: Float32Array; owner: number }[] = []
    for (const i of good) {
      const { cells, counts } = elementAt(taken, i, 'Pictures')
      const owner = elementAt(this.#pictures, i, 'Pictures').photograph
      for (let cell = 0; cell < cells.rows * cells.columns; cell++) {
        if (counts !== null && counts[cell] !== 1) continue
        rows.push({ data: cells.data.subarray(cell * features, (cell + 1) * features), owner })
      }
    }
    const some = this.#random.shuffle(rows).slice(0, bankLimit)
    const joined = new Float32Array(some.length * features)
    for (const [at, { data }] of some.entries()) joined.set(data, at * features)
    const sums = new MomentSums(features)
    sums.add(joined)
    const whitener = whitenerOf(sums, features)
    const search = nearestCells({ ...whitener, bank: whitenedCells(joined, whitener) })
    try {
      return inUnits(
        taken.map(({ cells, counts }, i) =>
          this.#distances(search, cells, counts, some, elementAt(this.#pictures, i, 'Pictures').photograph),
        ),
        good,
      )
    } finally {
      search.dispose()
    }
  }

  #distances(
    search: NearestCells,
    { data, rows, columns }: FeatureCells,
    counts: Uint8Array | null,
    bank: readonly { owner: number }[],
    photograph: number,
  ): Measured {
    const distances = search.distances(data, (cell) => bank[cell]?.owner === photograph)
    return { rows, columns, counts, distances: averagedOver3x3(distances, rows, columns) }
  }
}

function inUnits(measured: Measured[], good: readonly number[]): Measured[] {
  const usual = Float32Array.from(
    good.flatMap((i) => [...elementAt(measured, i, 'Pictures').distances]),
  ).sort()
  const unit = Math.max(usual[Math.floor(usual.length / 2)] ?? 0, 1e-3)
  return measured.map((of) => ({ ...of, distances: of.distances.map((distance) => distance / unit) }))
}

/** The distances at all sizes, at the cells of the first. */
function sumOf(sizes: readonly Measured[]): Float32Array {
  const { rows, columns } = elementAt(sizes, 0, 'Sizes')
  const sum = new Float32Array(rows * columns)
  for (const { distances, columns: width, rows: height } of sizes) {
    const fitted = resample({ data: distances, width, height, channels: 1 }, columns, rows).data
    for (const [cell, value] of fitted.entries()) sum[cell] = elementAt(sum, cell, 'Cells') + value
  }
  return sum
}

const difference = (a: number | null, b: number | null): number[] => (a === null || b === null ? [] : [a - b])

function deviationOf(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return Math.sqrt(squares / Math.max(1, values.length - 1))
}

/**
 * The smallest scale that is not measurably worse than the best: not by more than one standard error (Breiman et al.
 * 1984, "Classification and regression trees", section 3.4.3). It takes the least time, and what was measured with a
 * few photographs decides only where it can.
 */
export function chosenScale(tried: readonly TriedScale[]): number {
  const equal = tried.filter(({ behind, error }) => behind <= error)
  return Math.min(...equal.map(({ scale }) => scale))
}

/** Pixels of a photograph in which features are taken, at most: those of the pictures that such networks learn from. */
const mostPixels = 224 * 224

/** Scales that are compared, at most. */
const mostScales = 3

/** The smaller side at the smallest size, at least: with fewer than three cells a part is hardly seen. */
const leastSide = 48

const median = (values: readonly number[]): number => {
  const sorted = Float64Array.from(values).sort()
  return sorted[Math.floor(sorted.length / 2)] ?? 1
}

/** The scales that a trial compares, from the largest on. */
export function scalesFor(sizes: readonly { width: number; height: number }[]): number[] {
  const pixels = median(sizes.map(({ width, height }) => width * height))
  const smaller = median(sizes.map(({ width, height }) => Math.min(width, height)))
  const largest = Math.min(1, Math.sqrt(mostPixels / pixels))
  const scales = Array.from({ length: mostScales }, (_, at) => largest * sizeStep ** at)
  const smallest = (scale: number) => scale * sizeStep ** (sizesSeen - 1) * smaller
  return scales.filter((scale, at) => at === 0 || smallest(scale) >= leastSide)
}

/** These scales with the further sizes of the smallest. */
export const withFurtherSizes = (scales: readonly number[]): number[] => {
  const last = scales.at(-1) ?? 1
  return [...scales, ...Array.from({ length: sizesSeen - 1 }, (_, at) => last * sizeStep ** (at + 1))]
}
