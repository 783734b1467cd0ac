/** The tile of a photograph that decides its score. */
import { elementAt } from '../../../shared/element-at.ts'
import { type ScoreOptions, tileScores } from '../../model/scores.ts'

/**
 * Components, in the order of their names, of the tile with the highest score.
 * @param components [tiles, names]
 */
export function decidingTile(
  components: Float32Array,
  names: readonly string[],
  options: ScoreOptions,
): Float32Array {
  const scores = tileScores(components, names, options)
  let highest = 0
  for (const [tile, score] of scores.entries()) {
    if (score > elementAt(scores, highest, 'tile scores')) highest = tile
  }
  return components.subarray(highest * names.length, (highest + 1) * names.length)
}
