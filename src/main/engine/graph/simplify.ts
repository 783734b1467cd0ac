/**
 * Makes a recorded graph smaller without changing what it computes: only what the results need, equal
 * operations once, no operation that returns its input. TensorFlow does some of this itself when a graph
 * first runs; doing it here makes the graph smaller to write, load and optimize.
 */

import { createHash } from 'node:crypto'
import {
  type Attribute,
  constantNode,
  constantValue,
  DataTypes,
  type Edge,
  edgeType,
  elementCount,
  type GraphNode,
  sameShape,
  type TensorValue,
} from './ir.ts'
import { reachableNodes } from './saved-model.ts'

/** Operations that broadcast their two inputs, so that a repeated number can be one number. */
const broadcasting = new Set([
  'Add',
  'AddV2',
  'Sub',
  'Mul',
  'Div',
  'RealDiv',
  'Maximum',
  'Minimum',
  'SquaredDifference',
  'Pow',
  'Greater',
  'GreaterEqual',
  'Less',
  'LessEqual',
])

/** Returns nodes that do what the roots do, in the roots' order. */
export function simplify(roots: readonly GraphNode[]): GraphNode[] {
  const read = nodesReadBy(roots)
  const withoutIdleControls = new Map<GraphNode, GraphNode[]>()
  // A read of a variable that nothing uses would only make TensorFlow copy the variable before a write.
  const liveControls = (node: GraphNode): GraphNode[] => {
    const known = withoutIdleControls.get(node)
    if (known !== undefined) return known
    const controls = node.controls.flatMap((control) =>
      control.op === 'ReadVariableOp' && !read.has(control) ? liveControls(control) : [control],
    )
    withoutIdleControls.set(node, controls)
    return controls
  }

  const replacements = new Map<GraphNode, readonly Edge[]>()
  const replaced = new Map<GraphNode, GraphNode>()
  const byKey = new Map<string, GraphNode>()
  const numbers = new Map<GraphNode, number>()
  const numberOf = (node: GraphNode): number => {
    const number = numbers.get(node) ?? numbers.size
    numbers.set(node, number)
    return number
  }

  for (const node of reachableNodes(roots)) {
    if (node.op === 'ReadVariableOp' && !read.has(node)) continue
    const leaf = node.inputs.length === 0 && node.controls.length === 0
    const rebuilt: GraphNode = leaf
      ? node
      : {
          ...node,
          inputs: node.inputs.map(
            ({ node: source, output }) => replacements.get(source)?.[output] ?? { node: source, output },
          ),
          controls: liveControls(node).map((control) => replaced.get(control) ?? control),
        }
    const shortcut = node.name === undefined ? equivalentEdge(rebuilt) : null
    if (shortcut !== null) {
      replacements.set(node, [shortcut])
      replaced.set(node, shortcut.node)
      continue
    }
    const smaller = withScalarOperands(rebuilt)
    const key = mergeable(smaller) ? keyOf(smaller, numberOf) : null
    const kept = (key === null ? undefined : byKey.get(key)) ?? smaller
    if (key !== null) byKey.set(key, kept)
    replacements.set(
      node,
      node.outputs.map((_, output) => ({ node: kept, output })),
    )
    replaced.set(node, kept)
  }
  return roots.map((root) => replaced.get(root) ?? root)
}

/** The nodes that the roots need by data alone. */
function nodesReadBy(roots: readonly GraphNode[]): Set<GraphNode> {
  const seen = new Set<GraphNode>(roots)
  for (const node of seen) for (const edge of node.inputs) seen.add(edge.node)
  // Roots such as a step's last node need its writes by control, and those read by data in turn.
  for (const node of seen) {
    for (const control of node.controls) if (control.op !== 'ReadVariableOp') seen.add(control)
    for (const edge of node.inputs) seen.add(edge.node)
  }
  return seen
}

/** An edge that always has the value of the node's only output, if the node is not needed for it. */
function equivalentEdge(node: GraphNode): Edge | null {
  const [input, second] = node.inputs
  const [output] = node.outputs
  if (input === undefined || output === undefined || node.outputs.length !== 1) return null
  const type = edgeType(input)
  const unchanged = type.dtype === output.dtype && sameShape(type.shape, output.shape)
  switch (node.op) {
    case 'Identity':
      return input
    case 'Reshape':
    case 'Cast':
    case 'BroadcastTo':
    case 'Tile':
    case 'ExpandDims':
    case 'Squeeze':
    case 'Slice':
      return unchanged ? input : null
    case 'Mul':
      if (unchanged && isRepeated(second, 1)) return input
      return second !== undefined && sameShape(edgeType(second).shape, output.shape) && isRepeated(input, 1)
        ? second
        : null
    case 'Div':
    case 'RealDiv':
      return unchanged && isRepeated(second, 1) ? input : null
    case 'Transpose':
      return unchanged && isOrdered(second) ? input : null
    case 'Neg':
      return input.node.op === 'Neg' ? (input.node.inputs[0] ?? null) : null
    default:
      return null
  }
}

/** A broadcasting operation whose constant operand repeats one number takes that number alone. */
function withScalarOperands(node: GraphNode): GraphNode {
  const [left, right] = node.inputs
  const [output] = node.outputs
  if (!broadcasting.has(node.op) || left === undefined || right === undefined || output === undefined)
    return node
  const leftValue = repeatedNumber(left)
  const rightValue = repeatedNumber(right)
  if (
    rightValue !== null &&
    sameShape(edgeType(left).shape, output.shape) &&
    edgeType(right).shape.length > 0
  ) {
    return { ...node, inputs: [left, scalarLike(right, rightValue)] }
  }
  if (
    leftValue !== null &&
    sameShape(edgeType(right).shape, output.shape) &&
    edgeType(left).shape.length > 0
  ) {
    return { ...node, inputs: [scalarLike(left, leftValue), right] }
  }
  return node
}

function scalarLike(edge: Edge, bytes: Uint8Array): Edge {
  return { node: constantNode({ dtype: edgeType(edge).dtype, shape: [], values: bytes }), output: 0 }
}

/** The bytes of the one number that a float32 constant repeats, else null. */
function repeatedNumber(edge: Edge): Uint8Array | null {
  const value = constantValue(edge.node)
  if (value === null || value.dtype !== DataTypes.float32 || !(value.values instanceof Uint8Array))
    return null
  const bytes = value.values
  if (bytes.length < 4) return null
  for (let i = 4; i < bytes.length; i++) if (bytes[i] !== bytes[i - 4]) return null
  return bytes.slice(0, 4)
}

function isRepeated(edge: Edge | undefined, number: number): boolean {
  const bytes = edge === undefined ? null : repeatedNumber(edge)
  return bytes !== null && new DataView(bytes.buffer, bytes.byteOffset).getFloat32(0, true) === number
}

/** Whether an int32 constant is 0, 1, 2, ... */
function isOrdered(edge: Edge | undefined): boolean {
  const value = edge === undefined ? null : constantValue(edge.node)
  if (value === null || value.dtype !== DataTypes.int32 || !(value.values instanceof Uint8Array)) return false
  const view = new DataView(value.values.buffer, value.values.byteOffset)
  for (let i = 0; i < elementCount(value.shape); i++) if (view.getInt32(4 * i, true) !== i) return false
  return true
}

/** Whether two nodes that look the same are the same. */
function mergeable(node: GraphNode): boolean {
  return node.name === undefined && node.outputs.length > 0 && node.op !== 'VarHandleOp'
}

function keyOf(node: GraphNode, numberOf: (node: GraphNode) => number): string {
  const inputs = node.inputs.map((edge) => `${numberOf(edge.node)}:${edge.output}`)
  const controls = node.controls.map(numberOf)
  const attributes = [...node.attributes]
    .map(([name, attribute]) => `${name}=${attributeKey(attribute)}`)
    .sort()
  return [node.op, inputs.join(), controls.join(), ...attributes].join('|')
}

function attributeKey(attribute: Attribute): string {
  return attribute.kind === 'tensor' ? tensorKey(attribute.value) : `${attribute.kind}${attribute.value}`
}

function tensorKey({ dtype, shape, values }: TensorValue): string {
  const hash = createHash('sha1')
  for (const bytes of values instanceof Uint8Array ? [values] : values) hash.update(bytes).update('/')
  return `${dtype}[${shape}]${hash.digest('hex')}`
}
