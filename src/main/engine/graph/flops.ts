/** Counts what a graph must compute. */

import { edgeType, elementCount, type GraphNode } from './ir.ts'

/**
 * Floating point operations of a convolution or matrix product, which make up nearly all of a graph; 0 for other
 * operations.
 */
export function flops(node: GraphNode): number {
  const shapeOf = (input: number): readonly number[] => {
    const edge = node.inputs[input]
    return edge === undefined ? [] : edgeType(edge).shape
  }
  const output = node.outputs[0]?.shape ?? []
  const last = (shape: readonly number[]): number => shape.at(-1) ?? 1
  switch (node.op) {
    case 'Conv2D':
      // Each output sums over the filter of its channel.
      return (2 * elementCount(output) * elementCount(shapeOf(1))) / last(output)
    case 'Conv2DBackpropInput':
      return (2 * elementCount(shapeOf(2)) * elementCount(shapeOf(1))) / last(shapeOf(2))
    case 'Conv2DBackpropFilter':
      return (2 * elementCount(shapeOf(2)) * elementCount(output)) / last(shapeOf(2))
    case 'MatMul':
    case 'BatchMatMul':
    case 'BatchMatMulV2':
    case 'BatchMatMulV3': {
      const transposed = ['transpose_a', 'adj_x'].some((name) => node.attributes.get(name)?.value === true)
      const left = shapeOf(0)
      return 2 * elementCount(output) * (left.at(transposed ? -2 : -1) ?? 1)
    }
    default:
      return 0
  }
}
