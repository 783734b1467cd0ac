/** Chooses a few cells that cover many. */
import { requireRows } from '../../platform/array-bounds.ts'
import type { Random } from '../../platform/random.ts'

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
export function coresetOf(
  cells: Float32Array,
  width: number,
  count: number,
  random: Random,
): Int32Array<ArrayBuffer> {
  requireRows(cells, width, 'Values of cells')
  const total = cells.length / width
  if (total <= count) return Int32Array.from({ length: total }, (_, cell) => cell)
  const points = projectedCells(cells, width, random)
  const nearest = new Float32Array(total).fill(Number.POSITIVE_INFINITY)
  const chosen = new Int32Array(count)
  let done = 0
  let next = Int32Array.from({ length: Math.min(atOnce, count) }, () => random.int(total))
  while (done < count) {
    chosen.set(next, done)
    done += next.length
    for (const center of next) approach(points, center, nearest)
    next = farthestOf(nearest, Math.min(atOnce, count - done))
  }
  return chosen
}

/** Random directions of normally distributed values, in which distances stay what they are on average. */
function projectedCells(cells: Float32Array, width: number, random: Random): Float32Array {
  const directions = random.fillNormal(new Float32Array(width * projected))
  const out = new Float32Array((cells.length / width) * projected)
  for (let from = 0, to = 0; from < cells.length; from += width, to += projected) {
    for (let i = 0; i < width; i++) {
      const value = cells[from + i]
      const row = i * projected
      for (let j = 0; j < projected; j++) out[to + j] += value * directions[row + j]
    }
  }
  return out
}

/** Updates the squared distance of each point to the nearest chosen one by a further one. */
function approach(points: Float32Array, center: number, nearest: Float32Array): void {
  const at = center * projected
  for (let cell = 0, from = 0; cell < nearest.length; cell++, from += projected) {
    const limit = nearest[cell]
    let sum = 0
    // In two halves: most cells are nearer to another center than the first half alone is to this one.
    for (let j = 0; j < projected / 2; j++) sum += (points[from + j] - points[at + j]) ** 2
    if (sum >= limit) continue
    for (let j = projected / 2; j < projected; j++) sum += (points[from + j] - points[at + j]) ** 2
    if (sum < limit) nearest[cell] = sum
  }
}

/** The numbers of the largest values. */
function farthestOf(values: Float32Array, count: number): Int32Array<ArrayBuffer> {
  const found = new Int32Array(count).fill(-1)
  const least = new Float64Array(count).fill(Number.NEGATIVE_INFINITY)
  if (count === 0) return found
  for (let cell = 0; cell < values.length; cell++) {
    const value = values[cell]
    if (value <= least[count - 1]) continue
    let place = count - 1
    while (place > 0 && value > least[place - 1]) {
      least[place] = least[place - 1]
      found[place] = found[place - 1]
      place--
    }
    least[place] = value
    found[place] = cell
  }
  return found.filter((cell) => cell >= 0)
}
