/** Chooses a few cells that cover many. */
import { requireRows } from '../../platform/array-bounds.ts'
import type { Random } from '../../platform/random.ts'
import { tf } from '../tensorflow.ts'
import { rowSquares } from './row-squares.ts'

/** Directions that cells are projected onto before they are compared, as Roth et al. 2022, section 3.2, do. */
const projected = 32

/** Cells that are chosen at once: those that are farthest from what was chosen before. */
const atOnce = 16

/**
 * Greedy k-center (Sener and Savarese 2018, algorithm 1): each further cell is the one that is farthest from those
 * already chosen, `atOnce` of them between two measurements. Distances are those of random projections, which
 * keep them nearly (Johnson and Lindenstrauss 1984).
 * @param cells [cells, width]
 * @returns the numbers of the chosen cells; all of them where there are not more than `count`
 */
export function coresetOf(cells: Float32Array, width: number, count: number, random: Random): Int32Array {
  requireRows(cells, width, 'Values of cells')
  const total = cells.length / width
  if (total <= count) return Int32Array.from({ length: total }, (_, cell) => cell)
  const directions = random.fillNormal(new Float32Array(width * projected))
  const points = tf.tidy(() =>
    tf.matMul(tf.tensor2d(cells, [total, width]), tf.tensor2d(directions, [width, projected])),
  )
  const squares = tf.tensor1d(rowSquares(points.dataSync<'float32'>(), projected))
  // The squared distance of each cell to the nearest chosen one.
  let nearest = tf.fill([total], Number.MAX_VALUE)
  const chosen = new Int32Array(count)
  let next = Int32Array.from({ length: Math.min(atOnce, count) }, () => random.int(total))
  try {
    for (let done = 0; done < count; done += next.length) {
      if (done > 0) next = farthest(nearest, Math.min(atOnce, count - done))
      chosen.set(next, done)
      const before = nearest
      nearest = tf.tidy(() => {
        const centers = tf.tensor1d(next, 'int32')
        const products = tf.matMul(points, tf.mul(tf.gather(points, centers), -2), false, true)
        const toCenters = tf.add(products, tf.gather(squares, centers))
        return tf.minimum(before, tf.add(tf.min(toCenters, 1), squares))
      })
      before.dispose()
    }
    return chosen
  } finally {
    for (const tensor of [points, squares, nearest]) tensor.dispose()
  }
}

/** The numbers of the largest values; of equal ones, the first. */
function farthest(values: ReturnType<typeof tf.fill>, count: number): Int32Array<ArrayBuffer> {
  const { values: largest, indices } = tf.topk(values, count)
  const numbers = Int32Array.from(indices.dataSync())
  largest.dispose()
  indices.dispose()
  return numbers
}
