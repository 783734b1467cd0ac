/** What the recorder knows of TensorFlow's operations: which cannot be fixed, what their attributes and results are. */
import type { Binding, NativeAttribute, NativeValues } from '../binding.ts'
import {
  type Attribute,
  DataTypes,
  type Edge,
  edgeType,
  elementCount,
  type GraphNode,
  type OutputType,
} from './ir.ts'

/** Operations whose result's shape depends on values, so that what follows cannot be fixed. */
export const shapedByValues = new Set([
  'Where',
  'Unique',
  'UniqueV2',
  'UniqueWithCounts',
  'ListDiff',
  'DynamicPartition',
  'NonMaxSuppression',
  'NonMaxSuppressionV2',
  'NonMaxSuppressionV3',
  'NonMaxSuppressionV4',
  'NonMaxSuppressionV5',
  'SparseFillEmptyRows',
  'SparseReshape',
])

/** Operations that draw random numbers in TensorFlow; tfjs draws most of its own in JavaScript. */
export const drawing = new Set([
  'Multinomial',
  'RandomGamma',
  'RandomPoisson',
  'RandomShuffle',
  'RandomStandardNormal',
  'RandomUniform',
  'RandomUniformInt',
  'TruncatedNormal',
])

/** Operations whose result can share the memory of their first input. */
const sharing = new Set([
  'ExpandDims',
  'Identity',
  'Reshape',
  'Slice',
  'Split',
  'SplitV',
  'Squeeze',
  'StopGradient',
  'StridedSlice',
  'Unpack',
])

/** Results of constants up to this many elements become constants; larger ones are cheaper to compute. */
const FOLDED_ELEMENTS = 1 << 16

/** An attribute as tfjs gives it; null for one of a kind that no operation here has. */
export function attributeOf(binding: Binding, { type, value }: NativeAttribute): Attribute | null {
  const { TF_ATTR_STRING, TF_ATTR_INT, TF_ATTR_FLOAT, TF_ATTR_BOOL, TF_ATTR_TYPE, TF_ATTR_SHAPE } = binding
  if (Array.isArray(value)) {
    const numbers = value.map(Number)
    if (type === TF_ATTR_INT) return { kind: 'integers', value: numbers }
    if (type === TF_ATTR_FLOAT) return { kind: 'floats', value: numbers }
    if (type === TF_ATTR_SHAPE) return { kind: 'shape', value: numbers }
    if (type === TF_ATTR_BOOL) return { kind: 'booleans', value: value.map(Boolean) }
  } else if (typeof value === 'number') {
    if (type === TF_ATTR_INT) return { kind: 'integer', value }
    if (type === TF_ATTR_FLOAT) return { kind: 'float', value }
    if (type === TF_ATTR_TYPE) return { kind: 'type', value }
  } else if (typeof value === 'boolean') {
    if (type === TF_ATTR_BOOL) return { kind: 'boolean', value }
  } else if (type === TF_ATTR_STRING) {
    return { kind: 'string', value }
  }
  return null
}

/**
 * The value in memory of TensorFlow's own. An input lives in memory of JavaScript, which a variable must
 * not keep beyond the run.
 */
export function ownBuffer(value: Edge): Edge {
  let source: GraphNode = value.node
  while (sharing.has(source.op)) {
    const [first] = source.inputs
    if (first === undefined) break
    source = first.node
  }
  if (source.op !== 'Placeholder') return value
  const type = edgeType(value)
  const copy: GraphNode = {
    op: 'DeepCopy',
    attributes: new Map<string, Attribute>([['T', { kind: 'type', value: type.dtype }]]),
    inputs: [value],
    controls: [],
    outputs: [type],
  }
  return { node: copy, output: 0 }
}

/** Whether such a result may become a constant of the graph. */
export function foldable({ dtype, shape }: OutputType): boolean {
  const held = dtype === DataTypes.float32 || dtype === DataTypes.int32 || dtype === DataTypes.bool
  return held && elementCount(shape) <= FOLDED_ELEMENTS
}

/** The TensorFlow type of values as tfjs returns them. */
export function dtypeOf(values: NativeValues): number {
  if (values instanceof Float32Array) return DataTypes.float32
  if (values instanceof Int32Array) return DataTypes.int32
  if (values instanceof Uint8Array) return DataTypes.bool
  return DataTypes.string
}
