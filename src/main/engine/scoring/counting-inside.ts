/**
 * Scores tiles of which only some pixels count. Only what is a sum over pixels is computed again. Features, codes and
 * D see the whole tile; its outside is filled with the same value in every photograph.
 */
import { measureInside } from './measured-inside.ts'
import { peakSideOf } from './peak.ts'
import type { TileScorer } from './tile-scorer.ts'

const measuredNames = ['residual', 'absolute', 'peak'] as const

/** A scorer whose maps and sums over pixels leave out the pixels that do not count. */
export function countingInside(scorer: TileScorer): TileScorer {
  const { size, channels, batch, componentNames } = scorer
  const pixels = size * size
  const peakSide = peakSideOf({ of: scorer.sight ? 'features' : 'pixels' })
  const columns = measuredNames.flatMap((name) => {
    const column = componentNames.indexOf(name)
    return column === -1 ? [] : [{ name, column }]
  })
  return {
    ...scorer,
    score(tiles, inside = null) {
      const answer = scorer.score(tiles)
      if (inside === null || answer.pictures === null) return answer
      const { pictures } = answer
      const map = pictures.map.map((value, i) => (inside[i] === 1 ? value : 0))
      const components = Float32Array.from(answer.components)
      for (let tile = 0; tile < batch; tile++) {
        const part = <A extends Float32Array | Uint8Array>(values: A, one: number) =>
          values.subarray(tile * one, (tile + 1) * one)
        const counted = part(inside, pixels)
        // All of its pixels count, so that nothing changes.
        if (counted.every((value) => value === 1)) continue
        const measured = measureInside(
          part(tiles, pixels * channels),
          part(pictures.reconstruction, pixels * channels),
          part(map, pixels),
          { counted, size, channels, peakSide },
        )
        for (const { name, column } of columns) {
          components[tile * componentNames.length + column] = measured[name]
        }
      }
      return { components, pictures: { ...pictures, map } }
    },
  }
}
