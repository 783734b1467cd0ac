/** Rules that merge neighboring operations into convolutions, or compute convolutions faster. */

import { elementAt } from '../../../shared/element-at.ts'
import {
  type Attribute,
  constantNode,
  constantValue,
  DataTypes,
  type Edge,
  edgeType,
  elementCount,
  floatsOf,
  type GraphNode,
  integersNode,
  type TensorValue,
} from './ir.ts'
import type { RewriteContext, Rule } from './rewrite.ts'

const value = (node: GraphNode): Edge => ({ node, output: 0 })
const float32: [string, Attribute] = ['T', { kind: 'type', value: DataTypes.float32 }]
const indices = (name: string): [string, Attribute] => [name, { kind: 'type', value: DataTypes.int32 }]

/** The numbers of a float32 constant that has one for each channel, with so many channels in its last dimension. */
function perChannel(edge: Edge | undefined, channels: number): Float32Array | null {
  const constant = edge === undefined ? null : constantValue(edge.node)
  if (constant === null || constant.dtype !== DataTypes.float32) return null
  const count = elementCount(constant.shape)
  if (constant.shape.at(-1) !== channels || count !== channels) return null
  const stored = floatsOf(constant)
  return stored.length === channels
    ? stored
    : new Float32Array(channels).fill(elementAt(stored, 0, 'Elements of a constant'))
}

/** A filter [height, width, a, b] in which each number is multiplied by the factor of its a or of its b. */
function scaledFilter(filter: TensorValue, factors: Float32Array, axis: 2 | 3): GraphNode {
  const inner = elementAt(filter.shape, 3, 'Sides of a filter')
  const count = elementCount(filter.shape)
  const stored = floatsOf(filter)
  const scaled = new Float32Array(count)
  for (let i = 0; i < count; i++) {
    const channel = axis === 3 ? i % inner : Math.floor(i / inner) % factors.length
    const weight = elementAt(stored, stored.length === 1 ? 0 : i, 'Elements of a filter')
    scaled[i] = weight * elementAt(factors, channel, 'Factors of channels')
  }
  return constantNode({ ...filter, values: new Uint8Array(scaled.buffer) })
}

/**
 * Multiplies a fixed factor per channel, before or after a convolution with a fixed filter, into the filter. Batch
 * norm with measured statistics then costs nothing.
 */
export const foldedScale: Rule = (node, context) => {
  if (node.op === 'Mul') return scaleBehind(node, context)
  if (node.op === 'Conv2D' || node.op === 'Conv2DBackpropInput') return scaleBefore(node, context)
  return null
}

function scaleBehind(product: GraphNode, { add, uses }: RewriteContext): Edge | null {
  const [convolved, factor] = product.inputs
  if (convolved === undefined || uses(convolved.node) > 1) return null
  const convolution = convolved.node
  const transposed = convolution.op === 'Conv2DBackpropInput'
  if (!transposed && convolution.op !== 'Conv2D') return null
  const filter = convolution.inputs[1]
  const fixed = filter === undefined ? null : constantValue(filter.node)
  const factors = perChannel(factor, edgeType(convolved).shape.at(-1) ?? 0)
  if (fixed === null || factors === null) return null
  const scaled = value(add(scaledFilter(fixed, factors, transposed ? 2 : 3)))
  return value(
    add({ ...convolution, inputs: convolution.inputs.map((edge, i) => (i === 1 ? scaled : edge)) }),
  )
}

function scaleBefore(convolution: GraphNode, { add, uses }: RewriteContext): Edge | null {
  const transposed = convolution.op === 'Conv2DBackpropInput'
  const place = transposed ? 2 : 0
  const input = convolution.inputs[place]
  const filter = convolution.inputs[1]
  if (input === undefined || filter === undefined || input.node.op !== 'Mul' || uses(input.node) > 1)
    return null
  const [x, factor] = input.node.inputs
  const fixed = constantValue(filter.node)
  const factors = perChannel(factor, edgeType(input).shape.at(-1) ?? 0)
  if (x === undefined || fixed === null || factors === null) return null
  const scaled = value(add(scaledFilter(fixed, factors, transposed ? 3 : 2)))
  return value(
    add({
      ...convolution,
      inputs: convolution.inputs.map((edge, i) => (i === 1 ? scaled : i === place ? x : edge)),
    }),
  )
}

/** Operations that TensorFlow computes together with a bias. */
const withBias = new Set(['Conv2D', 'DepthwiseConv2dNative', 'MatMul'])

/** Turns numbers per channel that are added to a convolution into its bias; TensorFlow computes the two together. */
export const addedBias: Rule = (node, { add }) => {
  if (node.op !== 'Add' && node.op !== 'AddV2') return null
  const [x, bias] = node.inputs
  if (x === undefined || bias === undefined || !withBias.has(x.node.op)) return null
  const channels = edgeType(x).shape.at(-1)
  const { shape } = edgeType(bias)
  if (shape.length !== 1 || shape[0] !== channels) return null
  const attributes = new Map<string, Attribute>([float32, ['data_format', { kind: 'string', value: 'NHWC' }]])
  return value(add({ ...node, op: 'BiasAdd', attributes }))
}

/** With this many channels or fewer, most of a processor's vector register stays empty. */
const THIN = 4

/**
 * Side of the blocks. With one output channel, a block of 4x4 pixels fills a register; with more channels, 2x2 do.
 */
const blockSide = (channels: number): number => (channels === 1 ? 4 : 2)

/**
 * How the filter of `thinTransposedConvolution` is made of that of the transposed convolution, as a matrix of ones
 * and zeros: [(t, u, p, q, channel), (a, b, channel)], where t and u are places in the new filter, p and q in a
 * block, a and b in the old filter.
 */
function blockFilterMatrix(side: number, channels: number): TensorValue {
  const taps = side / 2 + 1
  const places = (taps * side) ** 2
  const shape = [places * channels, 16 * channels]
  const values = new Float32Array(elementCount(shape))
  // The position in the old filter that pixel p of a block reads through position t of the new filter.
  const tapOf = (t: number, p: number): number => 2 * (Math.floor(p / 2) - t + 1) + (p % 2)
  for (let place = 0; place < places; place++) {
    const q = place % side
    const p = Math.floor(place / side) % side
    const u = Math.floor(place / side ** 2) % taps
    const t = Math.floor(place / side ** 2 / taps)
    const [a, b] = [tapOf(t, p), tapOf(u, q)]
    if (a < 0 || a > 3 || b < 0 || b > 3) continue
    for (let channel = 0; channel < channels; channel++) {
      const row = place * channels + channel
      values[row * 16 * channels + (4 * a + b) * channels + channel] = 1
    }
  }
  return { dtype: DataTypes.float32, shape, values: new Uint8Array(values.buffer) }
}

/**
 * A transposed convolution with kernel 4 and stride 2 to few channels is a convolution to blocks of pixels, which
 * are then laid out: with x[2i + p - 1] = sum over a of y[i - a] w[2a + p], a block of 2 pixels reads 2 places of y,
 * one of 4 reads 3, and blocks lie half as far apart in y as they are wide.
 */
export const thinTransposedConvolution: Rule = (node, { add }) => {
  if (node.op !== 'Conv2DBackpropInput') return null
  const [, filter, y] = node.inputs
  const [output] = node.outputs
  if (filter === undefined || y === undefined || output === undefined) return null
  const [kernelHeight, kernelWidth, channels = 0, depth = 0] = edgeType(filter).shape
  const [batch = 0, height = 0, width = 0] = output.shape
  const list = (name: string): string => {
    const attribute = node.attributes.get(name)
    return attribute === undefined ? '' : String(attribute.value)
  }
  const fits =
    kernelHeight === 4 &&
    kernelWidth === 4 &&
    channels <= THIN &&
    height % 2 === 0 &&
    width % 2 === 0 &&
    list('strides') === '1,2,2,1' &&
    ['', '1,1,1,1'].includes(list('dilations')) &&
    list('padding') === 'SAME' &&
    ['', 'NHWC'].includes(list('data_format')) &&
    output.dtype === DataTypes.float32
  if (!fits) return null

  const make = (op: string, inputs: Edge[], shape: number[], attributes: [string, Attribute][]): Edge =>
    value(
      add({
        op,
        inputs,
        attributes: new Map([float32, ...attributes]),
        controls: [],
        outputs: [{ dtype: DataTypes.float32, shape }],
      }),
    )
  const list32 = (...values: number[]): Edge => value(add(integersNode(values)))
  const reshape = (x: Edge, shape: number[]): Edge =>
    make('Reshape', [x, list32(...shape)], shape, [indices('Tshape')])
  const transpose = (x: Edge, order: number[]): Edge => {
    const { shape } = edgeType(x)
    const turned = order.map((axis) => elementAt(shape, axis, 'Sides of a tensor'))
    return make('Transpose', [x, list32(...order)], turned, [indices('Tperm')])
  }

  const side = blockSide(channels)
  const taps = side / 2 + 1
  const step = side / 2
  const outputs = side * side * channels
  const matrix = blockFilterMatrix(side, channels)
  const product = make(
    'MatMul',
    [value(add(constantNode(matrix))), reshape(filter, [16 * channels, depth])],
    [elementAt(matrix.shape, 0, 'Sides of a matrix'), depth],
    [],
  )
  const blockFilter = transpose(reshape(product, [taps, taps, outputs, depth]), [0, 1, 3, 2])

  // The first block begins one pixel before the picture; that pixel is cut off again.
  const [down, across] = [Math.floor(height / side) + 1, Math.floor(width / side) + 1]
  const after = (blocks: number, length: number): number => step * (blocks - 1) + taps - 1 - length / 2
  const convolved = make(
    'Conv2D',
    [y, blockFilter],
    [batch, down, across, outputs],
    [
      ['strides', { kind: 'integers', value: [1, step, step, 1] }],
      ['padding', { kind: 'string', value: 'EXPLICIT' }],
      [
        'explicit_paddings',
        { kind: 'integers', value: [0, 0, 1, after(down, height), 1, after(across, width), 0, 0] },
      ],
      ['data_format', { kind: 'string', value: 'NHWC' }],
    ],
  )
  // The same as DepthToSpace in a third of its time, because it is slow for few channels.
  const apart = reshape(convolved, [batch, down, across, side, side * channels])
  const laidOut = reshape(transpose(apart, [0, 1, 3, 2, 4]), [batch, side * down, side * across, channels])
  return make(
    'Slice',
    [laidOut, list32(0, 1, 1, 0), list32(...output.shape)],
    [...output.shape],
    [indices('Index')],
  )
}

/**
 * The gradient of a bias is a sum over all pixels. As BiasAddGrad it takes a fortieth of the time for one channel.
 * For many channels it keeps TensorFlow from computing the sum within the gradient of the filter, which would make
 * that gradient 15 % slower.
 */
export const biasGradient: Rule = (node, { add }) => {
  if (node.op !== 'BiasAddGrad') return null
  const [dy] = node.inputs
  const format = node.attributes.get('data_format')
  if (dy === undefined || (format !== undefined && format.value !== 'NHWC')) return null
  const { shape, dtype } = edgeType(dy)
  if (dtype !== DataTypes.float32) return null
  const axes = value(add(integersNode(Array.from({ length: shape.length - 1 }, (_, axis) => axis))))
  const attributes = new Map<string, Attribute>([
    float32,
    indices('Tidx'),
    ['keep_dims', { kind: 'boolean', value: false }],
  ])
  return value(add({ ...node, op: 'Sum', inputs: [dy, axes], attributes }))
}
