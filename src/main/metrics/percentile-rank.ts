/**
 * The percentile rank of a value among reference values: the percentage below it plus half of those equal to it; 0 to
 * 100. `sorted` is ascending and free of NaN. Null when there is no reference.
 */
export function percentileRank(sorted: ArrayLike<number>, value: number): number | null {
  if (sorted.length === 0) return null
  const below = countWhere(sorted, (entry) => entry < value)
  const notAbove = countWhere(sorted, (entry) => entry <= value)
  return (50 * (below + notAbove)) / sorted.length
}

/** Length of the leading part of a sorted list for which the condition holds, by bisection. */
function countWhere(sorted: ArrayLike<number>, holds: (entry: number) => boolean): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (holds(sorted[middle])) low = middle + 1
    else high = middle
  }
  return low
}
