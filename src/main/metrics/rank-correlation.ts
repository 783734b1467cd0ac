import { requireSameLength } from './input.ts'

/** The rank of each value from 1 upward; equal values share the mean of their ranks. */
function ranks(values: readonly number[]): number[] {
  const order = [...values.keys()].sort((a, b) => values[a] - values[b])
  const out = new Array<number>(values.length).fill(0)
  for (let from = 0; from < order.length; ) {
    let to = from + 1
    while (to < order.length && values[order[to]] === values[order[from]]) to++
    for (let i = from; i < to; i++) out[order[i]] = (from + 1 + to) / 2
    from = to
  }
  return out
}

/**
 * Spearman's rank correlation: Pearson's correlation of the ranks, which is correct also for equal values. Null where
 * there are fewer than two values or one list is constant.
 */
export function spearman(a: readonly number[], b: readonly number[]): number | null {
  requireSameLength(a, b, 'ranked-lists')
  const [x, y] = [ranks(a), ranks(b)]
  const mean = (a.length + 1) / 2
  let [both, ofX, ofY] = [0, 0, 0]
  for (const [i, rank] of x.entries()) {
    const [dx, dy] = [rank - mean, y[i] - mean]
    both += dx * dy
    ofX += dx * dx
    ofY += dy * dy
  }
  return ofX === 0 || ofY === 0 ? null : both / Math.sqrt(ofX * ofY)
}
