/**
 * Reads from a TensorFlow node what its translation to ONNX needs: attributes, constants, and how a window slides.
 */
import { elementAt } from '../../../shared/element-at.ts'
import { Failure } from '../../../shared/failure.ts'
import {
  byteLength,
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

function text(node: GraphNode, name: string): string {
  const attribute = node.attributes.get(name)
  if (attribute?.kind === 'string') return attribute.value
  throw notExportable(node)
}

/** TensorFlow's own writer leaves out what has the default value, which this is. */
export const hasChannelsLast = (node: GraphNode): boolean =>
  !node.attributes.has('data_format') || text(node, 'data_format') === 'NHWC'

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
): { strides: number[]; pads: number[]; padding: string } {
  if (!hasChannelsLast(node)) throw notExportable(node)
  if (node.attributes.has('dilations') && list(node, 'dilations').some((side) => side !== 1))
    throw notExportable(node)
  const strides = list(node, 'strides').slice(1, 3)
  const of = (side: number): [number, number] =>
    padding(
      text(node, 'padding'),
      image[side + 1] ?? 0,
      elementAt(window, side, 'Sides of a window'),
      elementAt(strides, side, 'Strides'),
    )
  const [top, bottom] = of(0)
  const [left, right] = of(1)
  return { strides, pads: [top, left, bottom, right], padding: text(node, 'padding') }
}

/** All elements of a constant, including one that is stored as a single repeated element. */
export function whole(value: TensorValue): Float32Array {
  const stored = floatsOf(value)
  const count = elementCount(value.shape)
  return stored.length === count
    ? stored
    : new Float32Array(count).fill(elementAt(stored, 0, 'Elements of a constant'))
}

/** The bytes of all elements of a constant of numbers. */
export function wholeBytes(value: TensorValue, node: GraphNode): Uint8Array {
  const { values } = value
  if (!(values instanceof Uint8Array)) throw notExportable(node)
  const length = byteLength(value)
  if (values.length === length) return values
  return Uint8Array.from({ length }, (_, i) => elementAt(values, i % values.length, 'Bytes of a constant'))
}

export function notExportable({ op }: GraphNode): Failure {
  return new Failure('not-exportable', { case: 'onnx-operation', op })
}
