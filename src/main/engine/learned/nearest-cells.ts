/** A bank of whitened cells of good parts, and the distance of other cells to the nearest of it. */
import { elementAt } from '../../../shared/element-at.ts'
import { requireLength, requireRows } from '../../platform/array-bounds.ts'
import { anySide, compile } from '../graph/compile.ts'
import { tf } from '../tensorflow.ts'
import { rowSquares } from './row-squares.ts'

/** How cells are whitened, and the bank that they are compared with. */
export interface CellBank {
  /** [features] */
  mean: Float32Array
  /** [features, directions], row-major, from feature to direction. */
  whitening: Float32Array
  /** Whitened cells: [cells, directions]. */
  bank: Float32Array
}

/** How many distances are computed at once, at most. */
const atOnce = 8 * 2 ** 20

/** A cell of the bank, by its number. */
export interface NearCell {
  cell: number
  distance: number
}

export interface NearestCells {
  /**
   * Distance of each cell to the nearest of the bank.
   * @param cells [cells, features], not whitened
   * @param leftOut cells of the bank that are not compared with; none where it is left out
   */
  distances(cells: Float32Array, leftOut?: (cell: number) => boolean): Float32Array
  /** The nearest cells of the bank for one cell [features], the nearest first, at most so many. */
  nearest(cell: Float32Array, most: number): NearCell[]
  dispose(): void
}

/** Whitens cells: [cells, features] -> [cells, directions]. */
export function whitenedCells(
  values: Float32Array,
  { mean, whitening }: Pick<CellBank, 'mean' | 'whitening'>,
): Float32Array {
  const features = mean.length
  requireRows(values, features, 'Features of cells')
  const result = tf.tidy(() => {
    const cells = tf.sub(tf.tensor2d(values, [values.length / features, features]), tf.tensor1d(mean))
    return tf.matMul(cells, tf.tensor2d(whitening, [features, whitening.length / features]))
  })
  try {
    return Float32Array.from(result.dataSync())
  } finally {
    result.dispose()
  }
}

/** Larger than every squared distance, and still exact enough to be added to one. */
const beyondAll = 1e30

/**
 * The search is exact: |c - g|^2 = |c|^2 - 2 c g + |g|^2 for all pairs, as one matrix product (Johnson et al. 2017,
 * "Billion-scale similarity search with GPUs", section 4).
 */
export function nearestCells({ mean, whitening, bank }: CellBank): NearestCells {
  const features = mean.length
  const directions = whitening.length / features
  const cells = bank.length / directions
  const squares = rowSquares(bank, directions)
  const held = tf.tidy(() => ({
    mean: tf.keep(tf.tensor1d(mean)),
    whitening: tf.keep(tf.tensor2d(whitening, [features, directions])),
    rows: tf.keep(
      tf
        .mul(tf.tensor2d(bank, [cells, directions]), -2)
        .transpose()
        .as2D(directions, cells),
    ),
  }))
  const search = compile(
    {
      variables: {},
      inputs: { x: { shape: [anySide, features] }, squares: { shape: [cells] } },
      step({ x, squares: added }) {
        const white = tf.matMul(tf.sub(x, held.mean), held.whitening)
        const products = tf.add(tf.matMul(white, held.rows), added)
        return { nearest: tf.sqrt(tf.relu(tf.add(tf.min(products, 1), tf.sum(tf.square(white), 1)))) }
      },
    },
    // It is quickly compiled, and a bank is large to keep twice.
    { cache: null },
  )
  const rowsOf = (values: Float32Array): number => {
    requireRows(values, features, 'Features of cells')
    return values.length / features
  }
  return {
    distances(values, leftOut) {
      const count = rowsOf(values)
      const added = leftOut ? squares.map((square, cell) => (leftOut(cell) ? beyondAll : square)) : squares
      const out = new Float32Array(count)
      const chunk = Math.max(1, Math.floor(atOnce / cells))
      for (let from = 0; from < count; from += chunk) {
        const to = Math.min(count, from + chunk)
        const x = tf.tensor2d(values.subarray(from * features, to * features), [to - from, features])
        try {
          const { nearest } = search.run({ x, squares: added })
          if (nearest) out.set(nearest, from)
        } finally {
          x.dispose()
        }
      }
      return out
    },
    nearest(cell, most) {
      requireLength(cell, features, 'Features of a cell')
      const [distances, numbers] = tf.tidy(() => {
        const white = tf.matMul(tf.sub(tf.tensor2d(cell, [1, features]), held.mean), held.whitening)
        const products = tf.add(tf.matMul(white, held.rows), tf.tensor1d(squares))
        const away = tf.sqrt(tf.relu(tf.add(products, tf.sum(tf.square(white)))))
        const { values, indices } = tf.topk(tf.neg(away), Math.min(most, cells))
        return [tf.neg(values).as1D(), indices.as1D()] as const
      })
      try {
        const found = distances.dataSync()
        return Array.from(numbers.dataSync(), (number, i) => ({
          cell: number,
          distance: elementAt(found, i, 'Distances'),
        }))
      } finally {
        distances.dispose()
        numbers.dispose()
      }
    },
    dispose() {
      search.dispose()
      for (const tensor of Object.values(held)) tensor.dispose()
    },
  }
}
