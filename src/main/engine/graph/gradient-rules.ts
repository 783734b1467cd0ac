/**
 * tfjs computes the gradient of an activation in several passes over memory. TensorFlow has one operation for each of
 * them, and these rules put it in place.
 */

import { type Attribute, DataTypes, type Edge, edgeType, type GraphNode, numberOf, sameShape } from './ir.ts'
import type { RewriteContext, Rule } from './rewrite.ts'

const value = (node: GraphNode): Edge => ({ node, output: 0 })

const same = (a: Edge | undefined, b: Edge | undefined): boolean =>
  a !== undefined && b !== undefined && a.node === b.node && a.output === b.output

/**
 * Recognizes tf.step(x, slope) and returns x and the slope for values below 0. tfjs adds a Select of its own that
 * lets NaN through.
 */
function stepOf(edge: Edge): { x: Edge; slope: number } | null {
  const [nan, x, otherwise] = edge.node.op === 'Select' ? edge.node.inputs : []
  if (nan?.node.op !== 'IsNan' || x === undefined || !same(nan.node.inputs[0], x)) return null
  const [greater, above, below] = otherwise?.node.op === 'Select' ? otherwise.node.inputs : []
  if (greater?.node.op !== 'Greater' || !same(greater.node.inputs[0], x)) return null
  const slope = numberOf(below)
  if (numberOf(greater.node.inputs[1]) !== 0 || numberOf(above) !== 1 || slope === null) return null
  return { x, slope }
}

const float32: [string, Attribute] = ['T', { kind: 'type', value: DataTypes.float32 }]

function node(op: string, inputs: Edge[], attributes: [string, Attribute][] = []): GraphNode {
  const type = inputs[0] === undefined ? { dtype: DataTypes.float32, shape: [] } : edgeType(inputs[0])
  return { op, inputs, attributes: new Map([float32, ...attributes]), controls: [], outputs: [type] }
}

/**
 * Replaces dy * step(x) by the gradient of ReLU. It reads the result y where y is kept anyway, so that x need not be
 * kept.
 */
export const reluGradient: Rule = (product, { add, find }) => {
  if (product.op !== 'Mul') return null
  return eachWay(product, (dy, factor) => {
    const step = stepOf(factor)
    if (step === null || step.slope < 0 || !sameShape(edgeType(dy).shape, edgeType(step.x).shape)) return null
    if (step.slope === 0) {
      const relu = find(node('Relu', [step.x]))
      return value(add(node('ReluGrad', [dy, relu === null ? step.x : value(relu)])))
    }
    return value(add(node('LeakyReluGrad', [dy, step.x], [['alpha', { kind: 'float', value: step.slope }]])))
  })
}

/**
 * Replaces dy * (1 - y^2) and dy * y * (1 - y) by the gradients of tanh and of the sigmoid, where y is their result.
 */
export const sigmoidGradient: Rule = (product, { add }) => {
  if (product.op !== 'Mul') return null
  return eachWay(product, (dy, factor) => {
    const y = squareLeft(factor) ?? productLeft(factor)
    const op = y?.node.op === 'Tanh' ? 'TanhGrad' : 'SigmoidGrad'
    const fits = y !== null && sameShape(edgeType(dy).shape, edgeType(y).shape)
    return fits ? value(add(node(op, [y, dy]))) : null
  })
}

/** Returns y if the edge is 1 - y^2 and y comes from a tanh. */
function squareLeft(edge: Edge): Edge | null {
  const [one, square] = edge.node.op === 'Sub' ? edge.node.inputs : []
  if (numberOf(one) !== 1 || square?.node.op !== 'Square') return null
  const [y] = square.node.inputs
  return y?.node.op === 'Tanh' ? y : null
}

/** Returns y if the edge is y * (1 - y) and y comes from a sigmoid. */
function productLeft(edge: Edge): Edge | null {
  const [y, rest] = edge.node.op === 'Mul' ? edge.node.inputs : []
  const [one, again] = rest?.node.op === 'Sub' ? rest.node.inputs : []
  return y?.node.op === 'Sigmoid' && numberOf(one) === 1 && same(y, again) ? y : null
}

function eachWay(product: GraphNode, match: (dy: Edge, factor: Edge) => Edge | null): Edge | null {
  const [left, right] = product.inputs
  if (left === undefined || right === undefined) return null
  return match(left, right) ?? match(right, left)
}

/**
 * Lets the gradient of a leaky ReLU read the sign from the result y instead of from the input x. The signs are the
 * same, and when nothing else reads x, TensorFlow can compute y together with the operation before it.
 */
export const leakyGradientFromOutput: Rule = (gradient, { add, find }: RewriteContext) => {
  if (gradient.op !== 'LeakyReluGrad') return null
  const [dy, x] = gradient.inputs
  const alpha = gradient.attributes.get('alpha')
  if (dy === undefined || x === undefined || alpha?.kind !== 'float' || alpha.value <= 0) return null
  const y = find(node('LeakyRelu', [x], [['alpha', alpha]]))
  return y === null ? null : value(add({ ...gradient, inputs: [dy, value(y)] }))
}
