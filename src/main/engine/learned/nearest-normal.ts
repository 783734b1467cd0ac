/**
 * How far the cells of a photograph are from the nearest ones of good parts: features whitened by their
 * covariance on training photographs, and the distance to the nearest of a bank of training cells. What is
 * common on good parts is near to some of them, however strong; what is not has no neighbor. The photograph and
 * its residual have a bank each, and their distances are added, each in units of what is usual on good parts. Where
 * nothing restores a photograph, there is only its own.
 *
 * The nearest neighbor as a measure of anomaly: Roth et al. 2022 (PatchCore), equation 6, with local derivatives
 * of the photograph and of the GAN's residual in place of a network that was trained on other photographs.
 */

import type { TensorMap } from '../../model/safetensors.ts'
import type { Random } from '../../platform/random.ts'
import {
  addDistances,
  countedAlone,
  type Distances,
  farthest,
  withNeighbors,
} from '../scoring/distance-map.ts'
import { type Tensor, tf } from '../tensorflow.ts'
import { foldsOf, type HeldOut, isHeldOut } from './held-out.ts'
import { type Cells, type Textures, textureFeatures } from './local-texture.ts'
import { momentsOf, whiteningOf } from './whitening.ts'

/** Cells in a bank, at most. */
export const bankLimit = 16_384

/** The usual distance is measured on this many cells, at most, that are not in the bank. */
const probeLimit = 2_048

/** Cells that are compared with the bank at once. */
const chunk = 1_024

/** The lower limit of the usual distance; where all good parts are alike it would be 0. */
const leastUsual = 1e-3

export interface NormalTexture {
  /** [features] */
  mean: Float32Array
  /** Whitens: [features, features], row-major, from feature to direction. */
  whitening: Float32Array
  /** Whitened cells: [cells, features]. */
  bank: Float32Array
  /** Median distance of good cells that are not in the bank. */
  usual: number
}

/** The two sides of `Textures`, in the order in which they are stored. */
const sides = ['photograph', 'residual'] as const
type Side = (typeof sides)[number]

export interface NormalTextures {
  photograph: NormalTexture
  /** Null where nothing restores photographs. */
  residual: NormalTexture | null
}

/** Textures, and what their photographs have by them. */
export interface LearnedTextures extends NormalTextures {
  /** The score of each good photograph by what was learned of the others, where there are few; else none. */
  heldOut: readonly HeldOut[]
}

/** Collects cells of training photographs, the same number of each, and learns from them what is normal. */
class CellGathering {
  readonly #perPhotograph: number
  readonly #probesPerPhotograph: number
  readonly #cells: Float32Array[] = []
  readonly #probes: Float32Array[] = []

  constructor(photographs: number) {
    this.#perPhotograph = Math.max(1, Math.floor(bankLimit / Math.max(1, photographs)))
    this.#probesPerPhotograph = Math.max(1, Math.floor(probeLimit / Math.max(1, photographs)))
  }

  /** @param order the cells' numbers in the order in which they are taken */
  add({ data }: Cells, order: readonly number[]): void {
    const take = (cell: number): Float32Array =>
      data.slice(cell * textureFeatures, (cell + 1) * textureFeatures)
    // Even a small photograph leaves a few cells for measuring the usual distance.
    const probes = Math.min(this.#probesPerPhotograph, Math.ceil(order.length / 8))
    this.#probes.push(...order.slice(0, probes).map(take))
    this.#cells.push(...order.slice(probes, probes + this.#perPhotograph).map(take))
  }

  get isEmpty(): boolean {
    return this.#cells.length === 0
  }

  finish(): NormalTexture {
    const { mean, covariance } = momentsOf(this.#cells, textureFeatures)
    const whitening = whiteningOf(covariance, textureFeatures)
    const whitener = { mean: Float32Array.from(mean), whitening }
    const bank = whiten(together(this.#cells), whitener)
    const nearest = new Bank({ ...whitener, bank })
    const distances = nearest.distances(together(this.#probes)).sort()
    nearest.dispose()
    return {
      ...whitener,
      bank,
      usual: Math.max(distances[Math.floor(distances.length / 2)] ?? 0, Math.fround(leastUsual)),
    }
  }
}

function together(cells: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(cells.length * textureFeatures)
  for (const [i, cell] of cells.entries()) all.set(cell, i * textureFeatures)
  return all
}

type Gatherings = Record<Side, CellGathering>

const gatheringsFor = (photographs: number): Gatherings => ({
  photograph: new CellGathering(photographs),
  residual: new CellGathering(photographs),
})

function addTo(gatherings: Gatherings, textures: Textures, order: readonly number[]): void {
  for (const side of sides) {
    const cells = textures[side]
    if (cells !== null) gatherings[side].add(cells, order)
  }
}

const learnedFrom = ({ photograph, residual }: Gatherings): NormalTextures => ({
  photograph: photograph.finish(),
  residual: residual.isEmpty ? null : residual.finish(),
})

/** A photograph that is held out in turn. */
interface Seen {
  textures: Textures
  counts: Uint8Array | null
  /** The numbers of the cells that count, in the order in which they are taken. */
  order: readonly number[]
  /** Its number in the run's list. */
  number: number
}

/** The same for photographs and their residuals, with cells at the same places. */
export class TextureGathering {
  readonly #random: Random
  readonly #gatherings: Gatherings
  /** All photographs, where there are few. */
  readonly #few: Seen[] | null
  #photographs = 0

  constructor(photographs: number, random: Random) {
    this.#random = random
    this.#gatherings = gatheringsFor(photographs)
    this.#few = isHeldOut(photographs) ? [] : null
  }

  /**
   * @param counts which cells count; all of them where it is left out
   * @param number its number in the run's list; that of adding where it is left out
   */
  add(textures: Textures, counts: Uint8Array | null = null, number = this.#photographs): void {
    this.#photographs++
    const { rows, columns } = textures.photograph
    const cells = Array.from({ length: rows * columns }, (_, cell) => cell)
    const order = this.#random.shuffle(counts === null ? cells : cells.filter((cell) => counts[cell] === 1))
    this.#few?.push({ textures, counts, order, number })
    addTo(this.#gatherings, textures, order)
  }

  finish(): LearnedTextures {
    return { ...learnedFrom(this.#gatherings), heldOut: heldOutOf(this.#few ?? []) }
  }
}

/** What each of few photographs has by the textures of the others. */
function heldOutOf(photographs: readonly Seen[]): HeldOut[] {
  if (!isHeldOut(photographs.length)) return []
  const folds = foldsOf(photographs.length)
  const found: HeldOut[] = []
  for (let fold = 0; fold < folds; fold++) {
    const others = photographs.filter((_, at) => at % folds !== fold)
    const gatherings = gatheringsFor(others.length)
    for (const { textures, order } of others) addTo(gatherings, textures, order)
    const nearest = new NearestNormal(learnedFrom(gatherings))
    try {
      for (const { textures, counts, number } of photographs.filter((_, at) => at % folds === fold)) {
        const distances = countedAlone(nearest.distances(textures), counts)
        found.push({ photograph: number, values: [farthest(distances)] })
      }
    } finally {
      nearest.dispose()
    }
  }
  return found
}

function whiten(
  cells: Float32Array,
  { mean, whitening }: Pick<NormalTexture, 'mean' | 'whitening'>,
): Float32Array {
  const n = textureFeatures
  return valuesOf(() => {
    const centered = tf.sub(tf.tensor2d(cells, [cells.length / n, n]), tf.tensor1d(mean))
    return tf.matMul(centered.as2D(-1, n), tf.tensor2d(whitening, [n, n]))
  })
}

/**
 * The values of a computed tensor. They are read outside of `tf.tidy`, which would search an array that it returns
 * for tensors, value by value.
 */
function valuesOf(compute: () => Tensor): Float32Array {
  const result = tf.tidy(compute)
  try {
    return Float32Array.from(result.dataSync())
  } finally {
    result.dispose()
  }
}

/** One bank, ready to be compared with. */
class Bank {
  readonly #texture: Omit<NormalTexture, 'usual'>
  /**
   * [features + 1, cells]: with a 1 behind the features of a cell c, the product with -2 g over |g|^2 is the
   * squared distance to g less |c|^2, in one product and no further pass over all pairs.
   */
  readonly #bank: ReturnType<typeof tf.tensor2d>

  constructor(texture: Omit<NormalTexture, 'usual'>) {
    const n = textureFeatures
    this.#texture = texture
    this.#bank = tf.keep(
      tf.tidy(() => {
        const bank = tf.tensor2d(texture.bank, [texture.bank.length / n, n])
        return tf
          .concat([tf.mul(bank, -2), tf.sum(tf.square(bank), 1, true)], 1)
          .transpose()
          .as2D(n + 1, -1)
      }),
    )
  }

  /**
   * Distance of each cell to the nearest of the bank.
   * @param data [cells, features]
   */
  distances(data: Float32Array): Float32Array {
    const n = textureFeatures
    const out = new Float32Array(data.length / n)
    const white = whiten(data, this.#texture)
    for (let from = 0; from < out.length; from += chunk) {
      const count = Math.min(chunk, out.length - from)
      const nearest = valuesOf(() => {
        const cells = tf.tensor2d(white.subarray(from * n, (from + count) * n), [count, n])
        const products = tf.matMul(tf.concat([cells, tf.ones([count, 1])], 1).as2D(count, n + 1), this.#bank)
        return tf.sqrt(tf.relu(tf.add(tf.min(products, 1), tf.sum(tf.square(cells), 1))))
      })
      out.set(nearest, from)
    }
    return out
  }

  dispose(): void {
    this.#bank.dispose()
  }
}

/** Compares photographs with the banks of good cells; the banks are held as tensors. */
export class NearestNormal {
  readonly #banks: { bank: Bank; side: Side; usual: number }[]

  constructor(textures: NormalTextures) {
    this.#banks = sides.flatMap((side) => {
      const texture = textures[side]
      return texture === null ? [] : [{ bank: new Bank(texture), side, usual: texture.usual }]
    })
  }

  /**
   * Sum of the distances of each cell, taken together with its neighbors. Without a residual it is twice that of the
   * photograph, so that 2 is usual in any case.
   */
  distances(textures: Textures): Distances {
    const { rows, columns } = textures.photograph
    const data = new Float32Array(rows * columns)
    for (const { bank, side, usual } of this.#banks) {
      const cells = textures[side]
      if (cells === null) throw new TypeError(`the texture of the ${side} was learned, and there is none`)
      addDistances(data, bank.distances(cells.data), (usual * this.#banks.length) / sides.length)
    }
    return { data: withNeighbors(data, rows, columns), rows, columns }
  }

  dispose(): void {
    for (const { bank } of this.#banks) bank.dispose()
  }
}

const prefix = 'texture/'

/** As tensors of a model file. */
export function textureTensors(textures: NormalTextures): TensorMap {
  const n = textureFeatures
  return Object.fromEntries(
    sides.flatMap((side): [string, TensorMap[string]][] => {
      const texture = textures[side]
      if (texture === null) return []
      const { mean, whitening, bank, usual } = texture
      return [
        [`${prefix}${side}/mean`, { shape: [n], data: mean }],
        [`${prefix}${side}/whitening`, { shape: [n, n], data: whitening }],
        [`${prefix}${side}/bank`, { shape: [bank.length / n, n], data: bank }],
        [`${prefix}${side}/usual`, { shape: [1], data: Float32Array.of(usual) }],
      ]
    }),
  )
}

/** Reads the banks from the tensors of a model file; null where it has none. */
export function texturesOfModel(tensors: TensorMap): NormalTextures | null {
  const of = (side: Side): NormalTexture | null => {
    const [mean, whitening, bank, usual] = ['mean', 'whitening', 'bank', 'usual'].map(
      (name) => tensors[`${prefix}${side}/${name}`]?.data,
    )
    // A model of an earlier version may have learned other features; these are not used.
    const fits = whitening?.length === textureFeatures ** 2
    return mean && whitening && bank && usual && fits ? { mean, whitening, bank, usual: usual[0] ?? 1 } : null
  }
  const [photograph, residual] = [of('photograph'), of('residual')]
  return photograph && { photograph, residual }
}
