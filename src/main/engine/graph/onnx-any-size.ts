/** Operations of graphs that work out their sizes while they run, as ONNX has them. */
import { elementAt } from '../../../shared/element-at.ts'
import { DataTypes, edgeType, type GraphNode, integersOf } from './ir.ts'
import { boolean, hasChannelsLast, notExportable, number } from './onnx-operands.ts'

/** What a translation may write. */
export interface OnnxNodes {
  /** Adds a node with one output and returns the name of the output. */
  add(op: string, inputs: readonly string[], attributes?: Readonly<Record<string, OnnxAttribute>>): string
  /** The name of the value of one input. */
  input(at: number): string
  /** The names of a list of integers and of a number. */
  integers(values: readonly number[]): string
  number(value: number): string
}

export type OnnxAttribute = number | string | { float: number } | readonly number[]

/** TensorProto.DataType, by TensorFlow's number. */
export const onnxTypes: ReadonlyMap<number, number> = new Map([
  [DataTypes.float32, 1],
  [DataTypes.int32, 6],
  [DataTypes.int64, 7],
  [DataTypes.bool, 9],
  [DataTypes.float64, 11],
])

const int64 = 7

function only(node: GraphNode, at: number): number {
  const [value, ...others] = integersOf(node.inputs[at]) ?? []
  if (value === undefined || others.length > 0) throw notExportable(node)
  return value
}

/** By the name that TensorFlow gives the operation. */
export const anySizeOperations: Readonly<
  Record<string, ((node: GraphNode, nodes: OnnxNodes) => string) | undefined>
> = {
  Cast(node, { add, input }) {
    const [output] = node.outputs
    const to = output === undefined ? undefined : onnxTypes.get(output.dtype)
    if (to === undefined) throw notExportable(node)
    return add('Cast', [input(0)], { to })
  },
  // ONNX always gives int64, which is what is asked for here.
  Shape(node, { add, input }) {
    if (node.outputs[0]?.dtype !== DataTypes.int64) throw notExportable(node)
    return add('Shape', [input(0)])
  },
  GatherV2: (node, { add, input }) => add('Gather', [input(0), input(1)], { axis: only(node, 2) }),
  // Division of integers cuts off, which is the same for numbers that are not below 0, such as sizes.
  FloorDiv(node, { add, input }) {
    if (node.outputs[0]?.dtype !== DataTypes.int64) throw notExportable(node)
    return add('Div', [input(0), input(1)])
  },
  ConcatV2(node, { add, input }) {
    const parts = node.inputs.slice(0, -1).map((_, at) => input(at))
    return add('Concat', parts, { axis: only(node, parts.length) })
  },
  /** In use, with the statistics that it was trained with. */
  FusedBatchNormV3(node, { add, input, number: constant }) {
    const isTrained = node.attributes.has('is_training') && !boolean(node, 'is_training')
    if (!isTrained || !hasChannelsLast(node)) throw notExportable(node)
    const varied = add('Sqrt', [add('Add', [input(4), constant(number(node, 'epsilon'))])])
    const normal = add('Div', [add('Sub', [input(0), input(3)]), varied])
    return add('Add', [add('Mul', [normal, input(1)]), input(2)])
  },
  /** [sides, 2] pixels before and after; ONNX wants all before, then all after. */
  Pad(node, { add, input, integers }) {
    const around = integersOf(node.inputs[1])
    if (around === null) throw notExportable(node)
    const half = (odd: number) => around.filter((_, at) => at % 2 === odd)
    return add('Pad', [input(0), integers([...half(0), ...half(1)])])
  },
  Relu6: (_, { add, input, number }) => add('Clip', [input(0), number(0), number(6)]),
  /** [batch, height, width, channels]; ONNX resizes the last two sides. */
  ResizeBilinear(node, { add, input, integers }) {
    const [image] = node.inputs
    if (image === undefined || !boolean(node, 'half_pixel_centers')) throw notExportable(node)
    const shape = edgeType(image).shape
    const [batch, channels] = [0, 3].map((axis) => elementAt(shape, axis, 'Sides of a picture'))
    if (batch === undefined || channels === undefined || batch < 1 || channels < 1) throw notExportable(node)
    const size = add('Cast', [input(1)], { to: int64 })
    const sizes = add('Concat', [integers([batch, channels]), size], { axis: 0 })
    const first = add('Transpose', [input(0)], { perm: [0, 3, 1, 2] })
    // The two inputs that are left out are a region to cut and factors, which the sizes replace.
    const resized = add('Resize', [first, '', '', sizes], {
      mode: 'linear',
      coordinate_transformation_mode: 'half_pixel',
    })
    return add('Transpose', [resized], { perm: [0, 2, 3, 1] })
  },
}
