/**
 * Computes the scores of a whole validation set for any kind, k and reduction; a few milliseconds for 100,000 images.
 */
import { type ScoreOfTile, type ScoreOptions, scoreOfTile, topShare } from '../../model/scores.ts'
import { requireLength } from '../../platform/array-bounds.ts'
import type { ValidationSet } from './validation-arrays.ts'

/**
 * One score for each image of the set.
 * @throws Failure `component-missing`
 */
export function setScores(set: ValidationSet, options: ScoreOptions): Float64Array {
  const { names, components, firstTile } = set
  requireLength(firstTile, set.ids.length + 1, 'First tiles of a validation set')
  requireLength(components, firstTile[set.ids.length] * names.length, 'Components of a validation set')
  const width = names.length
  const score = scoreOfTile(names, options)
  const scores = new Float64Array(set.ids.length)
  for (let i = 0; i < scores.length; i++) {
    const tiles = { from: firstTile[i], to: firstTile[i + 1], width }
    scores[i] = reduced(components, tiles, options.reduction, score)
  }
  return scores
}

interface Tiles {
  from: number
  to: number
  width: number
}

function reduced(
  components: Float32Array,
  { from, to, width }: Tiles,
  reduction: ScoreOptions['reduction'],
  score: ScoreOfTile,
): number {
  const count = to - from
  if (count <= 0) return Number.NaN
  if (reduction === 'max') {
    let largest = Number.NEGATIVE_INFINITY
    for (let tile = from; tile < to; tile++) largest = Math.max(largest, score(components, tile * width))
    return largest
  }
  if (reduction === 'mean') {
    let sum = 0
    for (let tile = from; tile < to; tile++) sum += score(components, tile * width)
    return sum / count
  }
  // The highest scores are kept in a sorted list, since there are far fewer of them than tiles.
  const kept = Math.max(1, Math.round(count * topShare))
  const top = new Float64Array(kept).fill(Number.NEGATIVE_INFINITY)
  for (let tile = from; tile < to; tile++) {
    const value = score(components, tile * width)
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
