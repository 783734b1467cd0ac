/**
 * A memory of features as one graph, for other programs: backbone, all sizes, whitening, the search for the nearest
 * good cells, evidence and map. It takes a photograph of any size that was scaled as `docs/model-package.md` says, and
 * it computes what `photograph-memory.ts` and `feature-memory.ts` compute; where these change, this changes too.
 */
import { elementAt } from '../../../shared/element-at.ts'
import { memoryGraphNames } from '../../model/exported-files.ts'
import { memoryComponents } from '../../model/scores.ts'
import type { FeatureExtractor } from '../backbones/feature-extractor.ts'
import { featureGraph, type Grid, photographNode, recordedGraph } from '../backbones/feature-graph.ts'
import {
  applied,
  asInteger,
  averagedOver3x3,
  combined,
  comparison,
  float,
  floats,
  gathered,
  inlined,
  integer,
  largest,
  product,
  reduced,
  reshaped,
  resized,
  scaledSide,
  sideOf,
  upTo,
} from '../graph/any-size.ts'
import { DataTypes, type Edge, placeholderNode } from '../graph/ir.ts'
import { anySide } from '../graph/program.ts'
import type { StepGraph } from '../graph/program-graph.ts'
import { nearestInMap } from '../scoring/distance-map.ts'
import { farthestShare, type Usual } from './cell-evidence.ts'
import type { FeatureMemory } from './feature-memory.ts'
import { type CellBank, nearestCells } from './nearest-cells.ts'
import { rowSquares } from './row-squares.ts'
import { sizeStep } from './seen-sizes.ts'

export interface MemoryGraphRequest {
  memory: FeatureMemory
  extractor: FeatureExtractor
  /** Whether the graph also takes which pixels count. */
  hasRegion: boolean
}

/** The memory as a graph: inputs and outputs have the names that `docs/model-package.md` gives them. */
export function memoryGraph({ memory, extractor, hasRegion }: MemoryGraphRequest): StepGraph {
  const { channels } = extractor
  const { stride } = extractor.centering
  const featuresOf = featureGraph(extractor)
  const photograph = photographNode('memory/photograph')
  const picture: Edge = { node: photograph, output: 0 }
  const [height, width] = [sideOf(picture, 1), sideOf(picture, 2)]

  /** Distance of each cell to the nearest good one: [1, rows, columns, 1]. */
  const distances = (cells: Edge, { rows, columns }: Grid, level: CellBank): Edge => {
    const search = recordedGraph(() => nearestCells(level))
    const directions = level.whitening.length / level.mean.length
    const squares = rowSquares(level.bank, directions)
    const nearest = inlined(search, {
      x: reshaped(cells, [-1, channels]),
      squares: floats(squares, [squares.length]),
    })
    return reshaped(nearest('nearest'), [1, rows, columns, 1])
  }

  const first = featuresOf(picture)
  const { grid } = first
  const sizes = [first]
  // Each size is made of the one before, as `inSizes` makes it.
  let seen = picture
  while (sizes.length < memory.scored.length) {
    const [high, wide] = [scaledSide(sideOf(seen, 1), sizeStep), scaledSide(sideOf(seen, 2), sizeStep)]
    seen = resized(seen, high, wide)
    sizes.push(featuresOf(seen))
  }
  const scored = memory.scored.map((level, at) => {
    const { averaged, grid: own } = elementAt(sizes, at, 'Sizes of a photograph')
    const smooth = averagedOver3x3(distances(averaged, own, level))
    const fitted = at === 0 ? smooth : resized(smooth, grid.rows, grid.columns)
    return combined('RealDiv', fitted, float(level.unit))
  })
  const total = scored.reduce((sum, of) => combined('AddV2', sum, of))
  const fine = combined('RealDiv', distances(first.plain, grid, memory.drawn), float(memory.drawn.unit))
  const drawn = combined('AddV2', combined('RealDiv', total, float(memory.scored.length)), fine)

  const inside = hasRegion
    ? placeholderNode('memory/inside', { dtype: DataTypes.float32, shape: [anySide, anySide] })
    : null
  const counts = inside && countedCells({ node: inside, output: 0 }, grid, { height, width }, stride)
  const evidence = evidenceOf(reshaped(total, [-1]), counts && reshaped(counts, [-1]))
  const { usual } = memory
  const local = inDeviations(evidence.local, usual.local)
  const all = inDeviations(evidence.all, usual.all)
  const [localName, allName] = memoryComponents
  const one = (value: Edge): Edge => reshaped(value, [1])
  return {
    inputs: [
      { name: memoryGraphNames.photograph, node: photograph },
      ...(inside ? [{ name: memoryGraphNames.inside, node: inside }] : []),
    ],
    outputs: [
      { name: localName, edge: one(local) },
      { name: allName, edge: one(all) },
      { name: memoryGraphNames.score, edge: one(combined('Maximum', local, all)) },
      { name: memoryGraphNames.distances, edge: reshaped(drawn, [1, grid.rows, grid.columns]) },
      { name: memoryGraphNames.map, edge: mapOf(drawn, grid, { height, width }, stride) },
    ],
  }
}

const inDeviations = (value: Edge, { mean, deviation }: Usual): Edge =>
  combined('RealDiv', combined('Sub', value, float(mean)), float(deviation))

/** See `evidenceOf` in `cell-evidence.ts`. @param distances [cells] @param counts 1 or 0 for each; null where all count */
function evidenceOf(distances: Edge, counts: Edge | null): { local: Edge; all: Edge } {
  if (counts === null) {
    const farthest = largest(distances, scaledSide(sideOf(distances, 0), farthestShare))
    return { local: reduced('Mean', farthest, 0), all: reduced('Mean', distances, 0) }
  }
  const count = reduced('Sum', counts, 0)
  // No distance is below 0, so the cells that do not count are not among the farthest.
  const masked = combined('AddV2', combined('Mul', distances, counts), combined('Sub', counts, float(1)))
  const farthest = largest(masked, scaledSide(asInteger(count), farthestShare))
  const sum = reduced('Sum', combined('Mul', distances, counts), 0)
  return { local: reduced('Mean', farthest, 0), all: combined('RealDiv', sum, count) }
}

/** 1 for each cell of which at least half of the pixels count; where there is none, for all: [rows, columns]. */
function countedCells(
  inside: Edge,
  { rows, columns }: Grid,
  { height, width }: { height: Edge; width: Edge },
  stride: number,
): Edge {
  /** Which pixels belong to which cell, along one side: [cells, pixels]. */
  const belonging = (cells: Edge, pixels: Edge): Edge => {
    const cell = combined('FloorDiv', upTo(pixels), integer(stride))
    const within = combined('Minimum', cell, combined('Sub', cells, integer(1)))
    return comparison('Equal', reshaped(upTo(cells), [-1, 1]), reshaped(within, [1, -1]))
  }
  const [down, across] = [belonging(rows, height), belonging(columns, width)]
  const counted = product(product(down, inside), across, { transposed: true })
  const pixels = combined(
    'Mul',
    reshaped(reduced('Sum', down, 1), [-1, 1]),
    reshaped(reduced('Sum', across, 1), [1, -1]),
  )
  const half = comparison('GreaterEqual', combined('Mul', counted, float(2)), pixels)
  const some = combined('Minimum', reduced('Sum', reshaped(half, [-1]), 0), float(1))
  return combined('Maximum', half, combined('Sub', float(1), some))
}

/** See `distanceMap`: [1, height, width]. */
function mapOf(
  drawn: Edge,
  { rows, columns }: Grid,
  size: { height: Edge; width: Edge },
  stride: number,
): Edge {
  const pixels = (cells: Edge): Edge => combined('Mul', cells, integer(stride))
  const fine = resized(drawn, pixels(rows), pixels(columns))
  // Behind the middle of the last cell the map stays as it is there.
  const places = (cells: Edge, length: Edge): Edge =>
    combined('Minimum', upTo(length), combined('Sub', pixels(cells), integer(1)))
  const whole = gathered(gathered(fine, places(rows, size.height), 1), places(columns, size.width), 2)
  const above = applied('Relu', combined('Sub', whole, float(nearestInMap)))
  return reshaped(above, [1, size.height, size.width])
}
