/**
 * A memory of features as one graph, for other programs: backbone, all sizes, whitening, the search for the nearest
 * good cells, evidence and map. It takes a photograph of any size that was scaled as `docs/model-package.md` says, and
 * it computes what `photograph-memory.ts` and `feature-memory.ts` compute; where these change, this changes too.
 */
import { elementAt } from '../../../shared/element-at.ts'
import { Failure } from '../../../shared/failure.ts'
import { memoryGraphNames } from '../../model/exported-files.ts'
import { memoryComponents } from '../../model/scores.ts'
import { type Centering, paddingBefore } from '../backbones/centered-cells.ts'
import type { FeatureExtractor } from '../backbones/feature-extractor.ts'
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
import { capturingGraphs, type StepGraph } from '../graph/program-graph.ts'
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

/** The graph of the only step that is compiled while `make` runs. */
function recorded(make: () => { dispose(): void }): StepGraph {
  const { made, graphs } = capturingGraphs(make)
  made.dispose()
  return required([...graphs.values()][0])
}

function required(graph: StepGraph | null | undefined): StepGraph {
  if (graph === null || graph === undefined) throw new Failure('not-exportable', { case: 'no-tensorflow' })
  return graph
}

/** Rows and columns of cells. */
interface Grid {
  rows: Edge
  columns: Edge
}

/** How many cells have their middle inside the picture: see `cellsAlong`. */
const cellsAlong = (length: Edge, stride: number): Edge =>
  combined(
    'Maximum',
    combined('FloorDiv', combined('AddV2', length, integer(paddingBefore(stride))), integer(stride)),
    integer(1),
  )

/** The places of `centered` along one side: its ends repeated, to a whole number of cells. */
function centeredPlaces(length: Edge, { stride, multiple, skipped }: Centering): Edge {
  const before = paddingBefore(stride)
  const reach = combined('AddV2', length, integer(before + stride - 1))
  const cells = combined('AddV2', combined('FloorDiv', reach, integer(stride)), integer(skipped))
  const pixels = combined('Mul', cells, integer(stride))
  const padded =
    multiple === stride
      ? pixels
      : combined(
          'Mul',
          combined('FloorDiv', combined('AddV2', pixels, integer(multiple - 1)), integer(multiple)),
          integer(multiple),
        )
  const shifted = combined('Sub', upTo(padded), integer(before))
  const last = combined('Sub', length, integer(1))
  return combined('Maximum', combined('Minimum', shifted, last), integer(0))
}

/** The values of the first rows and columns behind those that are skipped: [1, rows, columns, channels]. */
function cut(x: Edge, { rows, columns }: Grid, skipped: number): Edge {
  const places = (count: Edge): Edge =>
    skipped === 0 ? upTo(count) : combined('AddV2', upTo(count), integer(skipped))
  return gathered(gathered(x, places(rows), 1), places(columns), 2)
}

/** The memory as a graph: inputs and outputs have the names that `docs/model-package.md` gives them. */
export function memoryGraph({ memory, extractor, hasRegion }: MemoryGraphRequest): StepGraph {
  const network = required(extractor.graph())
  const { channels, centering } = extractor
  const { stride, skipped } = centering
  const photograph = placeholderNode('memory/photograph', {
    dtype: DataTypes.float32,
    shape: [1, anySide, anySide, 3],
  })
  const picture: Edge = { node: photograph, output: 0 }
  const [height, width] = [sideOf(picture, 1), sideOf(picture, 2)]

  const featuresOf = (x: Edge, high: Edge, wide: Edge) => {
    const grid = { rows: cellsAlong(high, stride), columns: cellsAlong(wide, stride) }
    const padded = gathered(
      gathered(x, centeredPlaces(high, centering), 1),
      centeredPlaces(wide, centering),
      2,
    )
    const output = inlined(network, { x: padded })
    return {
      grid,
      plain: cut(output('plain'), grid, skipped),
      averaged: cut(output('averaged'), grid, skipped),
    }
  }
  /** Distance of each cell to the nearest good one: [1, rows, columns, 1]. */
  const distances = (cells: Edge, { rows, columns }: Grid, level: CellBank): Edge => {
    const search = recorded(() => nearestCells(level))
    const directions = level.whitening.length / level.mean.length
    const squares = rowSquares(level.bank, directions)
    const nearest = inlined(search, {
      x: reshaped(cells, [-1, channels]),
      squares: floats(squares, [squares.length]),
    })
    return reshaped(nearest('nearest'), [1, rows, columns, 1])
  }

  const first = featuresOf(picture, height, width)
  const { grid } = first
  const sizes = [first]
  // Each size is made of the one before, as `inSizes` makes it.
  let [seen, high, wide] = [picture, height, width]
  while (sizes.length < memory.scored.length) {
    const [lower, fewer] = [scaledSide(high, sizeStep), scaledSide(wide, sizeStep)]
    seen = resized(seen, lower, fewer)
    high = lower
    wide = fewer
    sizes.push(featuresOf(seen, high, wide))
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
