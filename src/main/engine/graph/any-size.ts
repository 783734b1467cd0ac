/**
 * Nodes made by hand, for graphs that work out the sizes of their results while they run. tfjs needs each size in
 * advance, so a graph that resizes, pads or cuts a picture of any size cannot be recorded. Sides that are not known
 * have a length of -1. Sizes and places are int64, since ONNX wants them so.
 */
import { type Attribute, constantNode, DataTypes, type Edge, edgeType, type GraphNode } from './ir.ts'
import { anySide } from './program.ts'
import type { StepGraph } from './program-graph.ts'
import { reachableNodes } from './saved-model.ts'

type Shape = readonly number[]

const typeAttribute = (value: number): Attribute => ({ kind: 'type', value })

function operation(
  op: string,
  inputs: readonly Edge[],
  output: { dtype: number; shape: Shape },
  attributes: Readonly<Record<string, Attribute>> = {},
): Edge {
  const node: GraphNode = {
    op,
    attributes: new Map(Object.entries(attributes)),
    inputs,
    controls: [],
    outputs: [output],
  }
  return { node, output: 0 }
}

const constant = (dtype: number, shape: Shape, array: ArrayBufferView): Edge => ({
  node: constantNode({
    dtype,
    shape,
    values: new Uint8Array(array.buffer, array.byteOffset, array.byteLength),
  }),
  output: 0,
})

/** A float32 constant. */
export const floats = (values: Float32Array, shape: Shape): Edge => constant(DataTypes.float32, shape, values)

/** A float32 number. */
export const float = (value: number): Edge => floats(Float32Array.of(value), [])

/** An int64 number. */
export const integer = (value: number): Edge => constant(DataTypes.int64, [], BigInt64Array.of(BigInt(value)))

const int32 = (values: readonly number[], shape: Shape): Edge =>
  constant(DataTypes.int32, shape, Int32Array.from(values))

/** The shape of what two operands that are broadcast give. */
function broadcast(a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length)
  const side = (shape: Shape, axis: number): number => shape[axis - rank + shape.length] ?? 1
  return Array.from({ length: rank }, (_, axis) => {
    const [one, other] = [side(a, axis), side(b, axis)]
    return one === 1 ? other : one
  })
}

type Binary = 'AddV2' | 'Sub' | 'Mul' | 'RealDiv' | 'FloorDiv' | 'Maximum' | 'Minimum'

/** Combines two values of one type, number by number. */
export function combined(op: Binary, a: Edge, b: Edge): Edge {
  const { dtype, shape } = edgeType(a)
  return operation(
    op,
    [a, b],
    { dtype, shape: broadcast(shape, edgeType(b).shape) },
    { T: typeAttribute(dtype) },
  )
}

/** Compares two values of one type: 1 where it holds and 0 elsewhere, as float32. */
export function comparison(op: 'Equal' | 'GreaterEqual', a: Edge, b: Edge): Edge {
  const { dtype, shape } = edgeType(a)
  const output = { dtype: DataTypes.bool, shape: broadcast(shape, edgeType(b).shape) }
  return cast(operation(op, [a, b], output, { T: typeAttribute(dtype) }), DataTypes.float32)
}

type Unary = 'Relu' | 'Floor'

export function applied(op: Unary, x: Edge): Edge {
  const type = edgeType(x)
  return operation(op, [x], type, { T: typeAttribute(type.dtype) })
}

function cast(x: Edge, dtype: number): Edge {
  const { dtype: from, shape } = edgeType(x)
  return operation('Cast', [x], { dtype, shape }, { SrcT: typeAttribute(from), DstT: typeAttribute(dtype) })
}

/** The values at some places along an axis: padding, cutting and repeating are all done by it. */
export function gathered(x: Edge, places: Edge, axis: number): Edge {
  const { dtype, shape } = edgeType(x)
  const output = {
    dtype,
    shape: [...shape.slice(0, axis), ...edgeType(places).shape, ...shape.slice(axis + 1)],
  }
  return operation('GatherV2', [x, places, int32([axis], [])], output, {
    Tparams: typeAttribute(dtype),
    Tindices: typeAttribute(DataTypes.int64),
    Taxis: typeAttribute(DataTypes.int32),
  })
}

/** The length of one side, as an int64 number. */
export function sideOf(x: Edge, axis: number): Edge {
  const { dtype, shape } = edgeType(x)
  const all = operation(
    'Shape',
    [x],
    { dtype: DataTypes.int64, shape: [shape.length] },
    { T: typeAttribute(dtype), out_type: typeAttribute(DataTypes.int64) },
  )
  return gathered(all, integer(axis), 0)
}

/** round(length * factor), at least 1, computed in float64 as JavaScript does. */
export function scaledSide(length: Edge, factor: number): Edge {
  const { float64, int64 } = DataTypes
  const double = (value: number): Edge => constant(float64, [], Float64Array.of(value))
  const exact = combined('Mul', cast(length, float64), double(factor))
  const rounded = applied('Floor', combined('AddV2', exact, double(0.5)))
  return combined('Maximum', cast(rounded, int64), integer(1))
}

/** 0, 1, 2 and so on, as many as an int64 number says. */
export const upTo = (count: Edge): Edge =>
  operation(
    'Range',
    [integer(0), count, integer(1)],
    { dtype: DataTypes.int64, shape: [anySide] },
    { Tidx: typeAttribute(DataTypes.int64) },
  )

function packed(numbers: readonly Edge[]): Edge {
  return operation(
    'Pack',
    numbers,
    { dtype: DataTypes.int64, shape: [numbers.length] },
    {
      N: { kind: 'integer', value: numbers.length },
      T: typeAttribute(DataTypes.int64),
      axis: { kind: 'integer', value: 0 },
    },
  )
}

/** The same values in other sides; one that is -1 follows from the others, and one that is an edge is an int64 number. */
export function reshaped(x: Edge, sides: readonly (number | Edge)[]): Edge {
  const { dtype } = edgeType(x)
  const shape = sides.map((side) => (typeof side === 'number' ? side : anySide))
  const known = sides.every((side) => typeof side === 'number')
  const wanted = known
    ? int32(shape, [shape.length])
    : packed(sides.map((side) => (typeof side === 'number' ? integer(side) : side)))
  return operation(
    'Reshape',
    [x, wanted],
    { dtype, shape },
    {
      T: typeAttribute(dtype),
      Tshape: typeAttribute(known ? DataTypes.int32 : DataTypes.int64),
    },
  )
}

/** Bilinear, with the centers of pixels aligned: [batch, height, width, channels] to another height and width. */
export function resized(x: Edge, height: Edge, width: Edge): Edge {
  const { dtype, shape } = edgeType(x)
  const size = cast(packed([height, width]), DataTypes.int32)
  const [batch = anySide, , , channels = anySide] = shape
  return operation(
    'ResizeBilinear',
    [x, size],
    { dtype, shape: [batch, anySide, anySide, channels] },
    {
      T: typeAttribute(dtype),
      align_corners: { kind: 'boolean', value: false },
      half_pixel_centers: { kind: 'boolean', value: true },
    },
  )
}

/** The same values with their sides in another order. */
export function transposed(x: Edge, order: readonly number[]): Edge {
  const { dtype, shape } = edgeType(x)
  const output = { dtype, shape: order.map((axis) => shape[axis] ?? anySide) }
  return operation('Transpose', [x, int32(order, [order.length])], output, {
    T: typeAttribute(dtype),
    Tperm: typeAttribute(DataTypes.int32),
  })
}

/** Values side by side along an axis. */
export function concatenated(values: readonly [Edge, ...Edge[]], axis: number): Edge {
  if (values.length === 1) return values[0]
  const { dtype, shape } = edgeType(values[0])
  const length = values.reduce((sum, value) => sum + (edgeType(value).shape[axis] ?? anySide), 0)
  const output = { dtype, shape: shape.map((side, i) => (i === axis ? length : side)) }
  return operation('ConcatV2', [...values, int32([axis], [])], output, {
    N: { kind: 'integer', value: values.length },
    T: typeAttribute(dtype),
    Tidx: typeAttribute(DataTypes.int32),
  })
}

/** A value of which nothing but its type is known here. */
export const typed = (x: Edge, type: { dtype: number; shape: Shape }): Edge =>
  operation('Identity', [x], type, { T: typeAttribute(type.dtype) })

/** A list of int64. */
export const integers = (values: readonly number[]): Edge =>
  constant(DataTypes.int64, [values.length], BigInt64Array.from(values, BigInt))

/** Each value averaged with its neighbors, up to eight, without what lies outside: [batch, rows, columns, channels]. */
export function averagedOver3x3(x: Edge): Edge {
  const type = edgeType(x)
  return operation('AvgPool', [x], type, {
    T: typeAttribute(type.dtype),
    ksize: { kind: 'integers', value: [1, 3, 3, 1] },
    strides: { kind: 'integers', value: [1, 1, 1, 1] },
    padding: { kind: 'string', value: 'SAME' },
    data_format: { kind: 'string', value: 'NHWC' },
  })
}

/** Over one axis, which is left out of the result. */
export function reduced(op: 'Mean' | 'Sum', x: Edge, axis: number): Edge {
  const { dtype, shape } = edgeType(x)
  return operation(
    op,
    [x, int32([axis], [1])],
    { dtype, shape: shape.filter((_, i) => i !== axis) },
    {
      T: typeAttribute(dtype),
      Tidx: typeAttribute(DataTypes.int32),
      keep_dims: { kind: 'boolean', value: false },
    },
  )
}

/** The largest of some values [n], as many as an int64 number says, in no particular order. */
export function largest(values: Edge, count: Edge): Edge {
  const { dtype } = edgeType(values)
  const found = operation(
    'TopKV2',
    [values, cast(count, DataTypes.int32)],
    { dtype, shape: [anySide] },
    {
      T: typeAttribute(dtype),
      sorted: { kind: 'boolean', value: true },
    },
  )
  const { node } = found
  const both = { ...node, outputs: [...node.outputs, { dtype: DataTypes.int32, shape: [anySide] }] }
  return { node: both, output: 0 }
}

/** a times b, or times the transpose of b: matrices of float32. */
export function product(a: Edge, b: Edge, { transposed = false } = {}): Edge {
  const { dtype, shape } = edgeType(a)
  const [rows = anySide] = shape
  const columns = edgeType(b).shape[transposed ? 0 : 1] ?? anySide
  return operation(
    'MatMul',
    [a, b],
    { dtype, shape: [rows, columns] },
    {
      T: typeAttribute(dtype),
      transpose_a: { kind: 'boolean', value: false },
      transpose_b: { kind: 'boolean', value: transposed },
    },
  )
}

/** A float32 number as int64, cut off. */
export const asInteger = (x: Edge): Edge => cast(x, DataTypes.int64)

/**
 * A recorded graph with other values in place of its inputs. What does not depend on an input, such as weights, is the
 * same node in every copy, so it is written once.
 * @returns the outputs by name
 */
export function inlined(
  { inputs, outputs }: StepGraph,
  values: Readonly<Record<string, Edge>>,
): (name: string) => Edge {
  const instead = new Map<GraphNode, Edge>()
  for (const { name, node } of inputs) {
    const value = values[name]
    if (value === undefined) throw new TypeError(`the graph needs "${name}"`)
    instead.set(node, value)
  }
  const copies = new Map<GraphNode, GraphNode>()
  const replaced = (edge: Edge): Edge => {
    const copy = copies.get(edge.node)
    return instead.get(edge.node) ?? (copy ? { node: copy, output: edge.output } : edge)
  }
  for (const node of reachableNodes(outputs.map(({ edge }) => edge.node))) {
    if (instead.has(node)) continue
    const edges = node.inputs.map(replaced)
    if (edges.some((edge, i) => edge !== node.inputs[i])) copies.set(node, { ...node, inputs: edges })
  }
  return (name) => {
    const found = outputs.find((output) => output.name === name)
    if (found === undefined) throw new TypeError(`the graph has no output "${name}"`)
    return replaced(found.edge)
  }
}
