/**
 * The graph between recording and writing: nodes with typed outputs, data edges and control edges, in an
 * order in which each node comes after those whose data it reads.
 */

/** TensorFlow's numbers for the element types that occur in graphs here. */
export const DataTypes = {
  float32: 1,
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

/** The values of a constant: bytes in row-major order, or one byte array per string. */
export interface TensorValue extends OutputType {
  readonly values: Uint8Array | readonly Uint8Array[]
}

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
  /** Given to nodes that are fed or fetched; the writer names the others. */
  readonly name?: string
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

/** A node that holds a value. */
export function constantNode(value: TensorValue, controls: readonly GraphNode[] = []): GraphNode {
  return {
    op: 'Const',
    attributes: new Map<string, Attribute>([
      ['dtype', { kind: 'type', value: value.dtype }],
      ['value', { kind: 'tensor', value }],
    ]),
    inputs: [],
    controls,
    outputs: [{ dtype: value.dtype, shape: value.shape }],
  }
}

/** The value of a constant, null for every other node. */
export function constantValue(node: GraphNode): TensorValue | null {
  const attribute = node.op === 'Const' ? node.attributes.get('value') : undefined
  return attribute?.kind === 'tensor' ? attribute.value : null
}

/** A node that is fed. */
export function placeholderNode(name: string, type: OutputType): GraphNode {
  return {
    op: 'Placeholder',
    name,
    attributes: new Map<string, Attribute>([
      ['dtype', { kind: 'type', value: type.dtype }],
      ['shape', { kind: 'shape', value: type.shape }],
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

/** Passes a value on under a name, after other nodes have run. */
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
