/** What a translation to ONNX reads of a TensorFlow node: attributes, constants, and how a window slides. */
import { Failure } from '../../../shared/failure.ts'
import {
  type Edge,
  edgeType,
  elementCount,
  floatsOf,
  type GraphNode,
  integersOf,
  type TensorValue,
} from './ir.ts'

export function number(node: GraphNode, name: string): number {
  const attribute = node.attributes.get(name)
  if (attribute?.kind === 'float' || attribute?.kind === 'integer') return attribute.value
  throw notExportable(node)
}

export function boolean(node: GraphNode, name: string): boolean {
  const attribute = node.attributes.get(name)
  return attribute?.kind === 'boolean' && attribute.value
}

export function text(node: GraphNode, name: string): string {
  const attribute = node.attributes.get(name)
  if (attribute?.kind === 'string') return attribute.value
  throw notExportable(node)
}

export function list(node: GraphNode, name: string): number[] {
  const attribute = node.attributes.get(name)
  if (attribute?.kind === 'integers') return [...attribute.value]
  throw notExportable(node)
}

export function integers(edge: Edge | undefined, node: GraphNode): number[] {
  const values = integersOf(edge)
  if (values === null) throw notExportable(node)
  return values
}

/** TensorFlow's padding before and after one side. */
function padding(kind: string, size: number, kernel: number, stride: number): [number, number] {
  if (kind === 'VALID') return [0, 0]
  const total = Math.max((Math.ceil(size / stride) - 1) * stride + kernel - size, 0)
  const before = Math.floor(total / 2)
  return [before, total - before]
}

export const shapeOf = (edge: Edge | undefined): readonly number[] =>
  edge === undefined ? [] : edgeType(edge).shape

export function slidingWindow(
  node: GraphNode,
  image: readonly number[],
  window: readonly number[],
): { strides: number[]; pads: number[] } {
  if (text(node, 'data_format') !== 'NHWC') throw notExportable(node)
  if (node.attributes.has('dilations') && list(node, 'dilations').some((side) => side !== 1))
    throw notExportable(node)
  const strides = list(node, 'strides').slice(1, 3)
  const of = (side: number): [number, number] =>
    padding(text(node, 'padding'), image[side + 1] ?? 0, window[side] ?? 0, strides[side] ?? 1)
  const [top, bottom] = of(0)
  const [left, right] = of(1)
  return { strides, pads: [top, left, bottom, right] }
}

/** All elements of a constant, also where they are kept once. */
export function whole(value: TensorValue): Float32Array {
  const stored = floatsOf(value)
  const count = elementCount(value.shape)
  return stored.length === count ? stored : new Float32Array(count).fill(stored[0] ?? 0)
}

/** The values with their sides in another order. */
export function permuted(
  values: Float32Array,
  shape: readonly number[],
  order: readonly number[],
): Float32Array {
  const strides = shape.map((_, side) => elementCount(shape.slice(side + 1)))
  const sizes = order.map((side) => shape[side] ?? 0)
  const steps = order.map((side) => strides[side] ?? 0)
  const result = new Float32Array(values.length)
  const at = sizes.map(() => 0)
  let from = 0
  for (let i = 0; i < result.length; i++) {
    result[i] = values[from] ?? 0
    for (let side = sizes.length - 1; side >= 0; side--) {
      at[side] = (at[side] ?? 0) + 1
      from += steps[side] ?? 0
      if ((at[side] ?? 0) < (sizes[side] ?? 0)) break
      from -= (sizes[side] ?? 0) * (steps[side] ?? 0)
      at[side] = 0
    }
  }
  return result
}

export function notExportable({ op }: GraphNode): Failure {
  return new Failure(
    'not-exportable',
    `The operation ${op}, as this model uses it, cannot be written as ONNX.`,
    'Export it as a SavedModel instead.',
  )
}
