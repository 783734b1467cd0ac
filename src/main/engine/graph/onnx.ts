/**
 * Writes a step's graph as an ONNX model, for ONNX Runtime and whatever else reads the format. Field numbers are those
 * of onnx.proto; operators are of opset 17, whose reductions take their axes as attributes.
 *
 * TensorFlow keeps channels last and ONNX first, so a transposition stands before and after each convolution; ONNX
 * Runtime moves and cancels them when it loads the model.
 */
import { elementAt } from '../../../shared/element-at.ts'
import { constantValue, type Edge, edgeType, type GraphNode, integersOf } from './ir.ts'
import { anySizeOperations, type OnnxAttribute, onnxTypes } from './onnx-any-size.ts'
import {
  boolean,
  integers,
  list,
  notExportable,
  number,
  shapeOf,
  slidingWindow,
  whole,
  wholeBytes,
} from './onnx-operands.ts'
import { permuted } from './permuted.ts'
import { anySide } from './program.ts'
import type { StepGraph } from './program-graph.ts'
import { ProtobufWriter } from './protobuf.ts'
import { reachableNodes } from './saved-model.ts'

const opset = 17
const irVersion = 8

/** TensorProto.DataType. */
const types = { float: 1, int64: 7 } as const

/** AttributeProto.AttributeType. */
const attributeTypes = { float: 1, int: 2, string: 3, ints: 7 } as const

export interface OnnxDescription {
  /** The name of the graph: letters, digits and hyphens. */
  name: string
  producerVersion: string
  /** What a reader needs besides the graph: preprocessing, calibration, threshold. */
  metadata: Readonly<Record<string, string>>
}

/** @throws Failure `not-exportable` naming the operation that has no counterpart here */
export function encodeOnnx(
  graph: StepGraph,
  { name, producerVersion, metadata }: OnnxDescription,
): Uint8Array {
  const writer = new GraphWriter(graph)
  const body = writer.write(name)
  const model = new ProtobufWriter()
  model.integer(1, irVersion).string(2, 'Fanoscope').string(3, producerVersion).blob(7, body)
  model.message(8, (operators) => operators.string(1, '').integer(2, opset))
  for (const [key, value] of Object.entries(metadata)) {
    model.message(14, (entry) => entry.string(1, key).string(2, value))
  }
  return model.bytes()
}

class GraphWriter {
  readonly #graph: StepGraph
  readonly #nodes = new ProtobufWriter()
  readonly #values = new Map<GraphNode, string>()
  readonly #initializers = new Map<string, Uint8Array>()
  /** Filters in ONNX's order, by the constant; one that two convolutions read is written once. */
  readonly #filters = new Map<GraphNode, string>()
  /** Whether the sides of pictures are only known when the model runs. */
  readonly #hasAnySides: boolean
  #count = 0

  constructor(graph: StepGraph) {
    this.#graph = graph
    this.#hasAnySides = graph.inputs.some(({ node }) => node.outputs[0]?.shape.includes(anySide))
  }

  write(name: string): Uint8Array {
    const { inputs, outputs } = this.#graph
    for (const input of inputs) this.#values.set(input.node, input.name)
    for (const node of reachableNodes(outputs.map(({ edge }) => edge.node))) {
      if (node.op !== 'Const' && node.op !== 'Placeholder') this.#values.set(node, this.#translate(node))
    }
    for (const output of outputs) this.#add('Identity', [this.#value(output.edge)], {}, output.name)
    const body = this.#nodes
    body.string(2, name)
    for (const bytes of this.#initializers.values()) body.blob(5, bytes)
    for (const { name: input, node } of inputs) {
      body.message(11, (info) => writeInfo(info, input, node.outputs[0]?.shape ?? []))
    }
    for (const { name: output, edge } of outputs) {
      body.message(12, (info) => writeInfo(info, output, edgeType(edge).shape))
    }
    return body.bytes()
  }

  #fresh(): string {
    this.#count++
    return `v${this.#count}`
  }

  /** Adds a node with one output and returns the name of the output. */
  #add(
    op: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, OnnxAttribute>> = {},
    output = this.#fresh(),
  ): string {
    this.#nodes.message(1, (node) => {
      for (const input of inputs) node.string(1, input)
      node.string(2, output).string(3, `${op}_${output}`).string(4, op)
      for (const [name, value] of Object.entries(attributes)) {
        node.message(5, (attribute) => {
          attribute.string(1, name)
          if (typeof value === 'number') attribute.integer(3, value).integer(20, attributeTypes.int)
          else if (typeof value === 'string') attribute.string(4, value).integer(20, attributeTypes.string)
          else if ('float' in value) attribute.float(2, value.float).integer(20, attributeTypes.float)
          else attribute.integers(8, value).integer(20, attributeTypes.ints)
        })
      }
    })
    return output
  }

  #initializer(type: number, shape: readonly number[], bytes: Uint8Array): string {
    const name = `c${this.#initializers.size}`
    const tensor = new ProtobufWriter()
    tensor.integers(1, shape).integer(2, type).string(8, name).blob(9, bytes)
    this.#initializers.set(name, tensor.bytes())
    return name
  }

  #floats(shape: readonly number[], values: Float32Array): string {
    return this.#initializer(
      types.float,
      shape,
      new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
    )
  }

  #integers(values: readonly number[]): string {
    const words = BigInt64Array.from(values, BigInt)
    return this.#initializer(types.int64, [values.length], new Uint8Array(words.buffer))
  }

  /** The name of the value on an edge. A constant becomes an initializer when it is first read. */
  #value({ node, output }: Edge): string {
    const known = this.#values.get(node)
    if (known !== undefined) {
      if (output !== 0) throw notExportable(node)
      return known
    }
    const constant = constantValue(node)
    const type = constant === null ? undefined : onnxTypes.get(constant.dtype)
    if (constant === null || type === undefined) throw notExportable(node)
    const made = this.#initializer(type, constant.shape, wholeBytes(constant, node))
    this.#values.set(node, made)
    return made
  }

  /**
   * A constant filter with its sides in another order.
   * @param shape from the sides in that order to those that ONNX wants
   */
  #filter(
    edge: Edge | undefined,
    order: readonly number[],
    node: GraphNode,
    shape = (sides: readonly number[]): readonly number[] => sides,
  ): string {
    const constant = edge === undefined ? null : constantValue(edge.node)
    if (edge === undefined || constant === null) throw notExportable(node)
    const known = this.#filters.get(edge.node)
    if (known !== undefined) return known
    const turned = order.map((side) => elementAt(constant.shape, side, 'Sides of a filter'))
    const filter = this.#floats(shape(turned), permuted(whole(constant), constant.shape, order))
    this.#filters.set(edge.node, filter)
    return filter
  }

  #translate(node: GraphNode): string {
    const [first, second] = node.inputs
    const input = (edge: Edge | undefined): string => {
      if (edge === undefined) throw notExportable(node)
      return this.#value(edge)
    }
    const same = sameNamed[node.op]
    if (same !== undefined)
      return this.#add(
        same,
        node.inputs.map((edge) => this.#value(edge)),
      )
    const ofAnySize = anySizeOperations[node.op]
    if (ofAnySize !== undefined) {
      return ofAnySize(node, {
        add: (op, inputs, attributes) => this.#add(op, inputs, attributes),
        input: (at) => input(node.inputs[at]),
        integers: (values) => this.#integers(values),
        number: (value) => this.#floats([], Float32Array.of(value)),
      })
    }
    switch (node.op) {
      case 'LeakyRelu':
        return this.#add('LeakyRelu', [input(first)], { alpha: { float: number(node, 'alpha') } })
      case 'Square':
        return this.#add('Mul', [input(first), input(first)])
      case 'SquaredDifference': {
        const difference = this.#add('Sub', [input(first), input(second)])
        return this.#add('Mul', [difference, difference])
      }
      case 'Rsqrt':
        return this.#add('Reciprocal', [this.#add('Sqrt', [input(first)])])
      case 'Reshape': {
        const known = integersOf(second)
        return this.#add('Reshape', [input(first), known ? this.#integers(known) : input(second)])
      }
      case 'Transpose':
        return this.#add('Transpose', [input(first)], { perm: integers(second, node) })
      case 'Mean':
      case 'Max':
      case 'Min':
        return this.#add(`Reduce${node.op}`, [input(first)], {
          axes: integers(second, node),
          keepdims: Number(boolean(node, 'keep_dims')),
        })
      case 'Sum':
        return this.#add('ReduceSum', [input(first), this.#integers(integers(second, node))], {
          keepdims: Number(boolean(node, 'keep_dims')),
        })
      case 'Pack': {
        const axis = number(node, 'axis')
        const parts = node.inputs.map((edge) =>
          this.#add('Unsqueeze', [this.#value(edge), this.#integers([axis])]),
        )
        return this.#add('Concat', parts, { axis })
      }
      case 'BatchMatMulV2':
      case 'MatMul':
        return this.#product(node)
      case 'Conv2D':
        return this.#convolution(node)
      case 'DepthwiseConv2dNative':
        return this.#convolutionByDepth(node)
      case 'Conv2DBackpropInput':
        return this.#transposedConvolution(node)
      case 'AvgPool':
        return this.#pooled('AveragePool', node)
      case 'MaxPool':
        return this.#pooled('MaxPool', node)
      case 'TopKV2':
        return this.#largest(node)
      default:
        throw notExportable(node)
    }
  }

  #product(node: GraphNode): string {
    const sides = node.inputs.map((edge, i) => {
      const isTurned = node.op === 'MatMul' ? ['transpose_a', 'transpose_b'] : ['adj_x', 'adj_y']
      const value = this.#value(edge)
      if (!boolean(node, isTurned[i] ?? '')) return value
      const order = edgeType(edge).shape.map((_, side) => side)
      if (order.length < 2) throw notExportable(node)
      return this.#add('Transpose', [value], {
        perm: [...order.slice(0, -2), order.length - 1, order.length - 2],
      })
    })
    return this.#add('MatMul', sides)
  }

  #channelsFirst(edge: Edge | undefined, node: GraphNode): string {
    if (edge === undefined) throw notExportable(node)
    return this.#add('Transpose', [this.#value(edge)], { perm: [0, 3, 1, 2] })
  }

  #channelsLast(value: string): string {
    return this.#add('Transpose', [value], { perm: [0, 2, 3, 1] })
  }

  #convolution(node: GraphNode): string {
    const [image, filter] = node.inputs
    const x = this.#channelsFirst(image, node)
    const w = this.#filter(filter, [3, 2, 0, 1], node)
    return this.#channelsLast(this.#add('Conv', [x, w], this.#window(node, shapeOf(image), shapeOf(filter))))
  }

  /** A filter [height, width, channels, multiple] becomes one for each of `channels` groups. */
  #convolutionByDepth(node: GraphNode): string {
    const [image, filter] = node.inputs
    const group = elementAt(shapeOf(filter), 2, 'Sides of a filter')
    const x = this.#channelsFirst(image, node)
    const w = this.#filter(filter, [2, 3, 0, 1], node, ([channels = 0, multiple = 0, ...window]) => [
      channels * multiple,
      1,
      ...window,
    ])
    const window = this.#window(node, shapeOf(image), shapeOf(filter))
    return this.#channelsLast(this.#add('Conv', [x, w], { ...window, group }))
  }

  /** How a window slides. Where the sides of the picture are not known, the padding is worked out by the reader. */
  #window(
    node: GraphNode,
    image: readonly number[],
    window: readonly number[],
  ): Readonly<Record<string, OnnxAttribute>> {
    const { strides, pads, padding } = slidingWindow(node, image, window)
    return this.#hasAnySides && padding === 'SAME' ? { strides, auto_pad: 'SAME_UPPER' } : { strides, pads }
  }

  #transposedConvolution(node: GraphNode): string {
    const [, filter, image] = node.inputs
    const [height = 0, width = 0, ...channels] = shapeOf(filter)
    const output = node.outputs[0]?.shape ?? []
    const small = shapeOf(image)
    const sizeOf = (shape: readonly number[], side: number): number =>
      elementAt(shape, side + 1, 'Sides of a picture')
    const { strides, pads } = slidingWindow(node, output, [height, width, ...channels])
    const reach = (side: number, kernel: number): number =>
      (sizeOf(small, side) - 1) * elementAt(strides, side, 'Strides') +
      kernel -
      elementAt(pads, side, 'Pads') -
      elementAt(pads, side + 2, 'Pads')
    const rest = [sizeOf(output, 0) - reach(0, height), sizeOf(output, 1) - reach(1, width)]
    const x = this.#channelsFirst(image, node)
    const w = this.#filter(filter, [3, 2, 0, 1], node)
    return this.#channelsLast(this.#add('ConvTranspose', [x, w], { strides, pads, output_padding: rest }))
  }

  /**
   * The largest values along the last axis. The operator also gives their positions, as an output that nothing reads.
   */
  #largest(node: GraphNode): string {
    const [values, count] = node.inputs
    if (values === undefined) throw notExportable(node)
    const inputs = [this.#value(values), this.#countOf(count, node)]
    const [found, places] = [this.#fresh(), this.#fresh()]
    this.#nodes.message(1, (op) => {
      for (const input of inputs) op.string(1, input)
      op.string(2, found).string(2, places).string(3, `TopK_${found}`).string(4, 'TopK')
    })
    return found
  }

  /** A number of values, as a list of one int64. */
  #countOf(count: Edge | undefined, node: GraphNode): string {
    if (count === undefined) throw notExportable(node)
    if (constantValue(count.node) !== null) return this.#integers(integers(count, node))
    const wide = this.#add('Cast', [this.#value(count)], { to: types.int64 })
    return this.#add('Reshape', [wide, this.#integers([1])])
  }

  #pooled(op: 'AveragePool' | 'MaxPool', node: GraphNode): string {
    const [image] = node.inputs
    const window = list(node, 'ksize').slice(1, 3)
    const x = this.#channelsFirst(image, node)
    const sliding = this.#window(node, shapeOf(image), window)
    return this.#channelsLast(this.#add(op, [x], { ...sliding, kernel_shape: window }))
  }
}

/** Operations that take the same inputs and have no attributes that matter. */
const sameNamed: Readonly<Record<string, string | undefined>> = {
  Abs: 'Abs',
  Add: 'Add',
  AddV2: 'Add',
  BiasAdd: 'Add',
  Equal: 'Equal',
  Exp: 'Exp',
  Floor: 'Floor',
  GreaterEqual: 'GreaterOrEqual',
  Identity: 'Identity',
  Log: 'Log',
  Maximum: 'Max',
  Minimum: 'Min',
  Mul: 'Mul',
  Neg: 'Neg',
  Range: 'Range',
  RealDiv: 'Div',
  Relu: 'Relu',
  Sigmoid: 'Sigmoid',
  Softplus: 'Softplus',
  Sqrt: 'Sqrt',
  Sub: 'Sub',
  Tanh: 'Tanh',
}

function writeInfo(info: ProtobufWriter, name: string, shape: readonly number[]): void {
  info.string(1, name).message(2, (type) =>
    type.message(1, (tensor) =>
      tensor.integer(1, types.float).message(2, (sides) => {
        for (const [axis, size] of shape.entries()) {
          sides.message(1, (side) =>
            size === anySide ? side.string(2, `${name}.${axis}`) : side.integer(1, size),
          )
        }
      }),
    ),
  )
}
