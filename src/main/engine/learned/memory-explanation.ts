/** Which good cells of a memory the places of a photograph are nearest to. */
import { elementAt } from '../../../shared/element-at.ts'
import type { FeatureCells } from '../backbones/feature-extractor.ts'
import { type Level, middleOf, originWidth, pitchOf } from './feature-memory.ts'
import type { ExplainedPlace, GoodPlace, Place } from './learnable.ts'
import type { NearestCells } from './nearest-cells.ts'

/** Good places that are shown for each place, at most. */
const shown = 3

/** Neighbors that they are chosen from: many may lie on one photograph. */
const searched = 64

/** Features are averaged over so many cells, both ways. */
const comparedCells = 3

/**
 * @param cells of the photograph, as the level's bank holds them
 * @returns for each place the cell there that is farthest from good ones, and what that is nearest to
 */
export function explainPlaces(
  cells: FeatureCells,
  places: readonly Place[],
  { level, origins, search }: { level: Level; origins: Float32Array; search: NearestCells },
): ExplainedPlace[] {
  const { data, rows, columns } = cells
  const features = data.length / (rows * columns)
  const pitch = pitchOf(cells)
  const distances = search.distances(data)
  return places.map((place) => {
    const cell = farthestAround(place, cells, pitch, distances)
    const middle = middleOf(cells, cell)
    const own = data.slice(cell * features, (cell + 1) * features)
    const nearest: GoodPlace[] = []
    for (const { cell: good, distance } of search.nearest(own, searched)) {
      const [photograph = 0, x = 0, y = 0] = origins.subarray(good * originWidth, (good + 1) * originWidth)
      if (nearest.some((other) => other.photograph === photograph)) continue
      nearest.push({ photograph, x, y, distance: distance / level.unit })
      if (nearest.length === shown) break
    }
    return {
      ...middle,
      width: Math.min(1, comparedCells * pitch.x),
      height: Math.min(1, comparedCells * pitch.y),
      distance: elementAt(distances, cell, 'Cells') / level.unit,
      nearest,
    }
  })
}

/** A spot of a map and the cell that it comes from may be a cell apart, since maps are blended. */
function farthestAround(
  { x, y }: Place,
  { rows, columns }: FeatureCells,
  pitch: { x: number; y: number },
  distances: Float32Array,
): number {
  const within = (at: number, count: number) => Math.min(count - 1, Math.max(0, at))
  const column = within(Math.floor(x / pitch.x), columns)
  const row = within(Math.floor(y / pitch.y), rows)
  let farthest = row * columns + column
  for (let dy = -1; dy <= 1; dy++) {
    for (let dx = -1; dx <= 1; dx++) {
      const cell = within(row + dy, rows) * columns + within(column + dx, columns)
      if (elementAt(distances, cell, 'Cells') > elementAt(distances, farthest, 'Cells')) farthest = cell
    }
  }
  return farthest
}
