/**
 * Features of the cells of a photograph of any size as a graph, for other programs: what `feature-extractor.ts`
 * computes; where that changes, this changes too.
 */
import { Failure } from '../../../shared/failure.ts'
import { combined, gathered, inlined, integer, sideOf, upTo } from '../graph/any-size.ts'
import { DataTypes, type Edge, type GraphNode, placeholderNode } from '../graph/ir.ts'
import { anySide } from '../graph/program.ts'
import { capturingGraphs, type StepGraph } from '../graph/program-graph.ts'
import { type Centering, paddingBefore } from './centered-cells.ts'
import type { FeatureExtractor } from './feature-extractor.ts'

/** Rows and columns of cells. */
export interface Grid {
  rows: Edge
  columns: Edge
}

/** Features as the network gives them, and averaged over 3x3 cells: [1, rows, columns, channels]. */
export interface CellFeatures {
  grid: Grid
  plain: Edge
  averaged: Edge
}

/** An input for a photograph of any size with three channels. */
export const photographNode = (name: string): GraphNode =>
  placeholderNode(name, { dtype: DataTypes.float32, shape: [1, anySide, anySide, 3] })

/** The graph of the only step that is compiled while `make` runs. @throws Failure `not-exportable` */
export function recordedGraph(make: () => { dispose(): void }): StepGraph {
  const { made, graphs } = capturingGraphs(make)
  made.dispose()
  return required([...graphs.values()][0])
}

function required(graph: StepGraph | null | undefined): StepGraph {
  if (graph === null || graph === undefined) throw new Failure('not-exportable', { case: 'no-tensorflow' })
  return graph
}

/** How many cells have their middle inside the picture: see `cellsAlong` in `centered-cells.ts`. */
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

/** Gives the features of pictures [1, height, width, 3]. @throws Failure `not-exportable` */
export function featureGraph({
  graph,
  centering,
}: Pick<FeatureExtractor, 'graph' | 'centering'>): (picture: Edge) => CellFeatures {
  const network = required(graph())
  const { stride, skipped } = centering
  return (picture) => {
    const [height, width] = [sideOf(picture, 1), sideOf(picture, 2)]
    const grid = { rows: cellsAlong(height, stride), columns: cellsAlong(width, stride) }
    const down = gathered(picture, centeredPlaces(height, centering), 1)
    const output = inlined(network, { x: gathered(down, centeredPlaces(width, centering), 2) })
    return {
      grid,
      plain: cut(output('plain'), grid, skipped),
      averaged: cut(output('averaged'), grid, skipped),
    }
  }
}
