/**
 * Computes the scores of a whole validation set for any kind, k and reduction; a few milliseconds for 100,000 images.
 */
import { type ScoreOptions, tileScores, topShare } from '../../model/scores.ts'
import { requireLength } from '../../platform/array-bounds.ts'
import type { ValidationSet } from './validation-arrays.ts'

/**
 * Every kind of score is a constant plus a weighted sum of components. The weights are derived from `tileScores`
 * itself, by giving it tiles in which one component is 1 and the others are 0, so that the formulas are written in
 * one place only.
 */
function scoreWeights(
  names: readonly string[],
  options: ScoreOptions,
): { constant: number; weights: Float64Array } {
  const width = names.length
  const probes = new Float32Array((width + 1) * width)
  for (let i = 0; i < width; i++) probes[(i + 1) * width + i] = 1
  const [constant = 0, ...scores] = tileScores(probes, names, options)
  return { constant, weights: Float64Array.from(scores, (score) => score - constant) }
}

/**
 * One score for each image of the set.
 * @throws Failure `component-missing`
 */
export function setScores(set: ValidationSet, options: ScoreOptions): Float64Array {
  const { names, components, firstTile } = set
  requireLength(firstTile, set.ids.length + 1, 'First tiles of a validation set')
  requireLength(components, firstTile[set.ids.length] * names.length, 'Components of a validation set')
  const { constant, weights } = scoreWeights(names, options)
  const width = names.length
  const used = [...weights.keys()].filter((column) => weights[column] !== 0)
  const [a = 0, b = 0] = used
  const [weightA, weightB] = [weights[a], used.length > 1 ? weights[b] : 0]
  if (used.length > 2) throw new RangeError('a score of more than two components')
  const scores = new Float64Array(set.ids.length)
  for (let i = 0; i < scores.length; i++) {
    const from = firstTile[i]
    const to = firstTile[i + 1]
    scores[i] = reduce(components, { from, to, width, a, b, weightA, weightB, constant }, options.reduction)
  }
  return scores
}

interface Tiles {
  from: number
  to: number
  width: number
  /** The columns of components that the score uses, and their weights. */
  a: number
  b: number
  weightA: number
  weightB: number
  constant: number
}

function reduce(components: Float32Array, tiles: Tiles, reduction: ScoreOptions['reduction']): number {
  const { from, to, width, a, b, weightA, weightB, constant } = tiles
  const count = to - from
  if (count <= 0) return Number.NaN
  const score = (tile: number): number =>
    constant + weightA * components[tile * width + a] + weightB * components[tile * width + b]
  if (reduction === 'max') {
    let largest = Number.NEGATIVE_INFINITY
    for (let tile = from; tile < to; tile++) largest = Math.max(largest, score(tile))
    return largest
  }
  if (reduction === 'mean') {
    let sum = 0
    for (let tile = from; tile < to; tile++) sum += score(tile)
    return sum / count
  }
  // The highest scores are kept in a sorted list, since there are far fewer of them than tiles.
  const kept = Math.max(1, Math.round(count * topShare))
  const top = new Float64Array(kept).fill(Number.NEGATIVE_INFINITY)
  for (let tile = from; tile < to; tile++) {
    const value = score(tile)
    if (value <= top[0]) continue
    let place = 1
    while (place < kept && top[place] < value) {
      top[place - 1] = top[place]
      place++
    }
    top[place - 1] = value
  }
  let sum = 0
  for (const value of top) sum += value
  return sum / kept
}
