/**
 * The graph as it is between recording and writing: nodes with typed outputs, data edges and control edges. Each node
 * comes after the nodes whose data it reads.
 */
import { elementAt } from '../../../shared/element-at.ts'

/** TensorFlow's numbers for the element types that occur in graphs here. */
export const DataTypes = {
  float32: 1,
  float64: 2,
  int32: 3,
  uint8: 4,
  string: 7,
  complex64: 8,
  int64: 9,
  bool: 10,
  bfloat16: 14,
  resource: 20,
} as const

/** Shape and element type of one output. */
export interface OutputType {
  readonly dtype: number
  readonly shape: readonly number[]
}

/**
 * The values of a constant: bytes in row-major order, or the bytes of one element that they all equal; for
 * strings one byte array each.
 */
export interface TensorValue extends OutputType {
  readonly values: Uint8Array | readonly Uint8Array[]
}

const elementBytes = new Map<number, number>([
  [DataTypes.float32, 4],
  [DataTypes.float64, 8],
  [DataTypes.int32, 4],
  [DataTypes.uint8, 1],
  [DataTypes.complex64, 8],
  [DataTypes.int64, 8],
  [DataTypes.bool, 1],
  [DataTypes.bfloat16, 2],
])

export type Attribute =
  | { readonly kind: 'integer'; readonly value: number }
  | { readonly kind: 'integers'; readonly value: readonly number[] }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'floats'; readonly value: readonly number[] }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'booleans'; readonly value: readonly boolean[] }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'strings'; readonly value: readonly string[] }
  | { readonly kind: 'type'; readonly value: number }
  | { readonly kind: 'shape'; readonly value: readonly number[] }
  | { readonly kind: 'tensor'; readonly value: TensorValue }

/** One output of a node, as another node's input. */
export interface Edge {
  readonly node: GraphNode
  readonly output: number
}

export interface GraphNode {
  readonly op: string
  readonly attributes: ReadonlyMap<string, Attribute>
  readonly inputs: readonly Edge[]
  /** Nodes that must have run before this one. */
  readonly controls: readonly GraphNode[]
  readonly outputs: readonly OutputType[]
  /** The name of a node that is fed or fetched; the writer names all others. */
  readonly name?: string
  /** The only device that may run the node, as TensorFlow names it; where it is left out, TensorFlow chooses. */
  readonly device?: string
}

/** The type of the output that an edge stands for. */
export function edgeType(edge: Edge): OutputType {
  const type = edge.node.outputs[edge.output]
  if (type === undefined) throw new Error(`${edge.node.op} has no output ${edge.output}.`)
  return type
}

export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1)
}

export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, i) => size === b[i])
}

/** The types for which the graph format can store a repeated element once. */
const repeatable = new Set<number>([DataTypes.float32, DataTypes.int32, DataTypes.bool])

/** A node that holds a value. If all of its elements are equal, the element is stored once. */
export function constantNode(value: TensorValue, controls: readonly GraphNode[] = []): GraphNode {
  const { dtype, shape, values } = value
  const once = values instanceof Uint8Array ? repeatedElement(dtype, values) : null
  return {
    op: 'Const',
    attributes: new Map<string, Attribute>([
      ['dtype', { kind: 'type', value: dtype }],
      ['value', { kind: 'tensor', value: { dtype, shape, values: once ?? values } }],
    ]),
    inputs: [],
    controls,
    outputs: [{ dtype, shape }],
  }
}

function repeatedElement(dtype: number, bytes: Uint8Array): Uint8Array | null {
  const width = repeatable.has(dtype) ? elementBytes.get(dtype) : undefined
  if (width === undefined || bytes.length <= width) return null
  for (let i = width; i < bytes.length; i++) if (bytes[i] !== bytes[i - width]) return null
  return bytes.slice(0, width)
}

/** How many bytes all elements take, even if a repeated element is stored only once. */
export function byteLength({ dtype, shape }: OutputType): number {
  return (elementBytes.get(dtype) ?? 0) * elementCount(shape)
}

/** A float32 constant of which all elements are one number. */
export function numberNode(value: number, shape: readonly number[] = []): GraphNode {
  const values = new Uint8Array(Float32Array.of(value).buffer)
  return constantNode({ dtype: DataTypes.float32, shape, values })
}

/** An int32 constant of rank 1. */
export function integersNode(values: readonly number[]): GraphNode {
  const bytes = new Uint8Array(Int32Array.from(values).buffer)
  return constantNode({ dtype: DataTypes.int32, shape: [values.length], values: bytes })
}

/** The number that all elements of a float32 constant are equal to; null where there is none. */
export function numberOf(edge: Edge | undefined): number | null {
  const value = edge === undefined ? null : constantValue(edge.node)
  if (value === null || value.dtype !== DataTypes.float32) return null
  return value.values instanceof Uint8Array && value.values.length === 4 ? (floatsOf(value)[0] ?? null) : null
}

/** The numbers of a float32 constant; one where they are all equal. */
export function floatsOf({ values }: TensorValue): Float32Array {
  if (!(values instanceof Uint8Array)) throw new TypeError('strings are not numbers')
  return new Float32Array(values.slice().buffer)
}

/** The elements of an int32 constant, else null. */
export function integersOf(edge: Edge | undefined): number[] | null {
  const value = edge === undefined ? null : constantValue(edge.node)
  if (value === null || value.dtype !== DataTypes.int32 || !(value.values instanceof Uint8Array)) return null
  const stored = [...new Int32Array(value.values.slice().buffer)]
  const count = elementCount(value.shape)
  return stored.length === count
    ? stored
    : new Array<number>(count).fill(elementAt(stored, 0, 'Elements of a constant'))
}

/** The value of a constant, null for every other node. */
export function constantValue(node: GraphNode): TensorValue | null {
  const attribute = node.op === 'Const' ? node.attributes.get('value') : undefined
  return attribute?.kind === 'tensor' ? attribute.value : null
}

/** A node that is fed. @param allowed the shape that it is declared with, in which a side of -1 may have any length */
export function placeholderNode(
  name: string,
  type: OutputType,
  allowed: readonly number[] = type.shape,
): GraphNode {
  return {
    op: 'Placeholder',
    name,
    attributes: new Map<string, Attribute>([
      ['dtype', { kind: 'type', value: type.dtype }],
      ['shape', { kind: 'shape', value: allowed }],
    ]),
    inputs: [],
    controls: [],
    outputs: [type],
  }
}

/** Where a variable lives, for the whole program. */
export function variableNode(sharedName: string, type: OutputType): GraphNode {
  return {
    op: 'VarHandleOp',
    attributes: new Map<string, Attribute>([
      ['dtype', { kind: 'type', value: type.dtype }],
      ['shape', { kind: 'shape', value: type.shape }],
      ['shared_name', { kind: 'string', value: sharedName }],
      ['container', { kind: 'string', value: '' }],
    ]),
    inputs: [],
    controls: [],
    outputs: [{ dtype: DataTypes.resource, shape: [] }],
  }
}

export function readNode(variable: GraphNode, type: OutputType, controls: readonly GraphNode[]): GraphNode {
  return {
    op: 'ReadVariableOp',
    attributes: new Map<string, Attribute>([['dtype', { kind: 'type', value: type.dtype }]]),
    inputs: [{ node: variable, output: 0 }],
    controls,
    outputs: [type],
  }
}

export function assignNode(variable: GraphNode, value: Edge, controls: readonly GraphNode[]): GraphNode {
  return {
    op: 'AssignVariableOp',
    attributes: new Map<string, Attribute>([['dtype', { kind: 'type', value: edgeType(value).dtype }]]),
    inputs: [{ node: variable, output: 0 }, value],
    controls,
    outputs: [],
  }
}

/** A node with a name that passes a value on after other nodes have run. */
export function identityNode(name: string, value: Edge, controls: readonly GraphNode[]): GraphNode {
  const type = edgeType(value)
  return {
    op: 'Identity',
    name,
    attributes: new Map<string, Attribute>([['T', { kind: 'type', value: type.dtype }]]),
    inputs: [value],
    controls,
    outputs: [type],
  }
}
