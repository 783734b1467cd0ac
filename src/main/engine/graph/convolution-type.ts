/**
 * The type of the result of a convolution, from the types of its inputs: when a step is recorded, the convolution
 * itself need not be computed.
 */
import { DataTypes, edgeType, type GraphNode, integersOf, type OutputType } from './ir.ts'

/**
 * The type of the result of `Conv2D` or of one of its gradients, float32 in NHWC; null for every other operation, and
 * where it cannot be told without computing.
 */
export function convolutionType(node: GraphNode): OutputType | null {
  const shape = convolutionShape(node)
  return shape !== null && shape.length === 4 && shape.every((side) => Number.isInteger(side) && side > 0)
    ? { dtype: DataTypes.float32, shape }
    : null
}

function convolutionShape(node: GraphNode): readonly number[] | null {
  switch (node.op) {
    case 'Conv2D':
      return forwardShape(node)
    // These read the shape of their result from an input.
    case 'Conv2DBackpropInput':
      return integersOf(node.inputs[0])
    case 'Conv2DBackpropFilter':
      return integersOf(node.inputs[1])
    default:
      return null
  }
}

function forwardShape({ inputs: [image, filter], attributes }: GraphNode): readonly number[] | null {
  if (image === undefined || filter === undefined) return null
  const [types, format] = [edgeType(image), attributes.get('data_format')]
  if (types.dtype !== DataTypes.float32 || (format !== undefined && format.value !== 'NHWC')) return null
  const [batch = 0, height = 0, width = 0, inner = 0] = types.shape
  const [filterHeight = 0, filterWidth = 0, channels = 0, outer = 0] = edgeType(filter).shape
  if (types.shape.length !== 4 || inner !== channels) return null
  const integers = (name: string): readonly number[] => {
    const attribute = attributes.get(name)
    return attribute?.kind === 'integers' ? attribute.value : []
  }
  const [strides, dilations, pads] = ['strides', 'dilations', 'explicit_paddings'].map(integers)
  const padding = attributes.get('padding')
  const sideOf = (side: number, window: number, axis: 1 | 2): number => {
    const stride = strides?.[axis] ?? Number.NaN
    if (padding?.value === 'SAME') return Math.ceil(side / stride)
    const around = padding?.value === 'EXPLICIT' ? (pads?.[2 * axis] ?? 0) + (pads?.[2 * axis + 1] ?? 0) : 0
    return Math.ceil((side + around - (window - 1) * (dilations?.[axis] ?? 1)) / stride)
  }
  return [batch, sideOf(height, filterHeight, 1), sideOf(width, filterWidth, 2), outer]
}
