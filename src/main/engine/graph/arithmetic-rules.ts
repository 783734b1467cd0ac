/** Rules that remove operations without effect and store repeated numbers once. */

import {
  type Attribute,
  type Edge,
  edgeType,
  type GraphNode,
  integersOf,
  numberNode,
  numberOf,
  sameShape,
} from './ir.ts'
import type { Rule } from './rewrite.ts'

const value = (node: GraphNode): Edge => ({ node, output: 0 })

/** Replaces an operation that only returns one of its inputs by that input. */
export const withoutEffect: Rule = (node) => {
  const [input, second] = node.inputs
  const [output] = node.outputs
  if (input === undefined || output === undefined) return null
  const is = (edge: Edge): boolean => {
    const type = edgeType(edge)
    return type.dtype === output.dtype && sameShape(type.shape, output.shape)
  }
  switch (node.op) {
    case 'Identity':
      return node.controls.length === 0 ? input : null
    case 'Reshape':
    case 'Cast':
    case 'BroadcastTo':
    case 'Tile':
    case 'ExpandDims':
    case 'Squeeze':
    case 'Slice':
      return is(input) ? input : null
    case 'Mul':
      if (is(input) && numberOf(second) === 1) return input
      return second !== undefined && is(second) && numberOf(input) === 1 ? second : null
    case 'Div':
    case 'RealDiv':
      return is(input) && numberOf(second) === 1 ? input : null
    case 'Transpose': {
      const order = integersOf(second)
      return order?.every((axis, i) => axis === i) ? input : null
    }
    case 'Neg':
      return input.node.op === 'Neg' ? (input.node.inputs[0] ?? null) : null
    default:
      return null
  }
}

const broadcasting = new Map<string, ((a: number, b: number) => number) | null>([
  ['Add', (a, b) => a + b],
  ['AddV2', (a, b) => a + b],
  ['Sub', (a, b) => a - b],
  ['Mul', (a, b) => a * b],
  ['Div', (a, b) => a / b],
  ['RealDiv', (a, b) => a / b],
  ['Maximum', Math.max],
  ['Minimum', Math.min],
  ['SquaredDifference', null],
  ['Pow', null],
  ['Greater', null],
  ['GreaterEqual', null],
  ['Less', null],
  ['LessEqual', null],
])

/** Replaces a value that repeats one number by a constant that stores the number once. */
export const repeatedNumbers: Rule = (node) => {
  const [output] = node.outputs
  const [left, right] = node.inputs
  if (output === undefined || left === undefined) return null
  const number = ((): number | null => {
    const a = numberOf(left)
    const b = numberOf(right)
    switch (node.op) {
      case 'Fill':
        return b
      case 'Reshape':
      case 'BroadcastTo':
      case 'Tile':
      case 'Identity':
        return a
      case 'Neg':
        return a === null ? null : -a
      case 'Square':
        return a === null ? null : a * a
      default: {
        const compute = broadcasting.get(node.op)
        return a === null || b === null || !compute ? null : compute(a, b)
      }
    }
  })()
  return number === null ? null : value(numberNode(number, output.shape))
}

/** Lets a broadcasting operation read a repeated number as a scalar instead of as a whole tensor. */
export const scalarOperands: Rule = (node, { add }) => {
  const [left, right] = node.inputs
  const [output] = node.outputs
  if (!broadcasting.has(node.op) || left === undefined || right === undefined || output === undefined)
    return null
  const scalar = (edge: Edge, other: Edge): Edge | null => {
    const number = numberOf(edge)
    const replaceable = edgeType(edge).shape.length > 0 && sameShape(edgeType(other).shape, output.shape)
    return number === null || !replaceable ? null : value(add(numberNode(number)))
  }
  const [a, b] = [scalar(left, right), scalar(right, left)]
  if (a === null && b === null) return null
  return value(add({ ...node, inputs: b === null ? [a ?? left, right] : [left, b] }))
}

/** Joins constant factors: (x * a) * b and -(x * a) become x * c. */
export const joinedFactors: Rule = (node, { add, uses }) => {
  const factor = node.op === 'Neg' ? -1 : node.op === 'Mul' ? numberOf(node.inputs[1]) : null
  const inner = node.inputs[0]
  if (factor === null || inner?.node.op !== 'Mul' || uses(inner.node) > 1) return null
  const [x, second] = inner.node.inputs
  const other = numberOf(second)
  if (x === undefined || second === undefined || other === null || edgeType(second).shape.length > 0)
    return null
  return value(add({ ...inner.node, inputs: [x, value(add(numberNode(factor * other)))] }))
}

/**
 * Writes the product of two matrices as MatMul instead of as a batch of one product. TensorFlow computes it in as
 * little as a third of the time where one side is a vector, and can fuse it with a bias and an activation.
 */
export const matrixProduct: Rule = (node, { add }) => {
  const shapes = node.inputs.map((edge) => edgeType(edge).shape)
  if (node.op !== 'BatchMatMulV2' || shapes.some((shape) => shape.length !== 2)) return null
  if (!shapes.some((shape) => shape.includes(1))) return null
  const attributes = new Map<string, Attribute>()
  for (const [from, to] of [
    ['T', 'T'],
    ['adj_x', 'transpose_a'],
    ['adj_y', 'transpose_b'],
  ] as const) {
    const attribute = node.attributes.get(from)
    if (attribute !== undefined) attributes.set(to, attribute)
  }
  return value(add({ ...node, op: 'MatMul', attributes }))
}
