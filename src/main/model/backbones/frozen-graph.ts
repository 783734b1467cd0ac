/**
 * A network that somebody else froze: operations, their attributes and constants, as data that is checked wherever it is
 * read. Only operations that are listed here exist: each computes a result from its inputs and does nothing else. What
 * reads or writes files, calls back into a program, keeps a state or draws random numbers is not among them.
 */
import { z } from 'zod'
import type { TensorMap } from '../safetensors.ts'

/** TensorFlow's operations that a backbone may have. */
export const admittedOperations = [
  'Placeholder',
  'Const',
  'Identity',
  'StopGradient',
  // Convolutions, products and their normalization.
  'Conv2D',
  'DepthwiseConv2dNative',
  'MatMul',
  'BatchMatMulV2',
  'BiasAdd',
  'FusedBatchNormV3',
  'AvgPool',
  'MaxPool',
  // Number by number.
  'Abs',
  'Add',
  'AddN',
  'AddV2',
  'Cast',
  'Ceil',
  'Elu',
  'Equal',
  'Erf',
  'Exp',
  'Floor',
  'FloorDiv',
  'FloorMod',
  'Greater',
  'GreaterEqual',
  'LeakyRelu',
  'Less',
  'LessEqual',
  'Log',
  'Maximum',
  'Minimum',
  'Mul',
  'Neg',
  'Pow',
  'RealDiv',
  'Reciprocal',
  'Relu',
  'Relu6',
  'Round',
  'Rsqrt',
  'SelectV2',
  'Selu',
  'Sigmoid',
  'Softmax',
  'Softplus',
  'Sqrt',
  'Square',
  'SquaredDifference',
  'Sub',
  'Tanh',
  // Over sides.
  'Max',
  'Mean',
  'Min',
  'Prod',
  'Sum',
  // Shapes and places.
  'BatchToSpaceND',
  'BroadcastTo',
  'ConcatV2',
  'DepthToSpace',
  'ExpandDims',
  'Fill',
  'GatherV2',
  'MirrorPad',
  'Pack',
  'Pad',
  'PadV2',
  'Range',
  'Reshape',
  'ResizeBilinear',
  'ResizeNearestNeighbor',
  'Shape',
  'Slice',
  'SpaceToBatchND',
  'SpaceToDepth',
  'Split',
  'SplitV',
  'Squeeze',
  'StridedSlice',
  'Tile',
  'Transpose',
  'Unpack',
] as const

const finite = z.number()
const attributeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('integer'), value: z.int() }),
  z.object({ kind: z.literal('integers'), value: z.array(z.int()).max(64) }),
  z.object({ kind: z.literal('float'), value: finite }),
  z.object({ kind: z.literal('floats'), value: z.array(finite).max(64) }),
  z.object({ kind: z.literal('boolean'), value: z.boolean() }),
  z.object({ kind: z.literal('string'), value: z.string().max(64) }),
  z.object({ kind: z.literal('type'), value: z.int() }),
  z.object({ kind: z.literal('shape'), value: z.array(z.int()).max(8) }),
])
export type FrozenAttribute = z.infer<typeof attributeSchema>

/** Element types of constants, by TensorFlow's numbers. */
export const constantTypes = { float32: 1, int32: 3, int64: 9, bool: 10 } as const

const edgeSchema = z.tuple([z.int().nonnegative(), z.int().nonnegative()])
/** The output of a node, by the numbers of both. */
export type FrozenEdge = z.infer<typeof edgeSchema>

const constantSchema = z.object({
  dtype: z.literal(Object.values(constantTypes)),
  shape: z.array(z.int().nonnegative()).max(8),
  /** Integers and truth values; null for float32, whose values are the tensor that is named by the node's number. */
  values: z.array(z.int()).nullable(),
})
export type FrozenConstant = z.infer<typeof constantSchema>

/** How many nodes a network may have. */
export const mostNodes = 20_000

const nodeSchema = z.object({
  op: z.enum(admittedOperations),
  /** Each node reads only nodes before it. */
  inputs: z.array(edgeSchema),
  attributes: z.record(z.string().max(64), attributeSchema),
  constant: constantSchema.optional(),
})
export type FrozenNode = z.infer<typeof nodeSchema>

export const frozenGraphSchema = z
  .object({
    nodes: z.array(nodeSchema).min(1).max(mostNodes),
    /** The only placeholder. */
    input: z.int().nonnegative(),
    /** What the description names, in its order. */
    outputs: z.array(edgeSchema).min(1).max(8),
  })
  .refine(({ nodes, input, outputs }) => {
    const isBefore = (at: number) => (edge: FrozenEdge) => edge[0] < at
    return (
      nodes[input]?.op === 'Placeholder' &&
      nodes.every(
        ({ op, inputs, constant }, at) =>
          inputs.every(isBefore(at)) &&
          (op === 'Placeholder') === (at === input) &&
          (op === 'Const') === (constant !== undefined),
      ) &&
      outputs.every(isBefore(nodes.length))
    )
  }, 'the nodes do not fit together')
export type FrozenGraph = z.infer<typeof frozenGraphSchema>

/** The name of the tensor with the values of a constant. */
export const constantName = (node: number): string => `constant/${node}`

/** The name of the tensor that holds the document of a frozen network. */
export const documentName = 'document'

/**
 * A document as a tensor: the bytes of its JSON, one value each. So a model file, which holds tensors alone, also holds
 * what its backbone is, and the digest of its weights covers that.
 */
export function documentTensor(document: unknown): TensorMap {
  const data = Float32Array.from(new TextEncoder().encode(JSON.stringify(document)))
  return { [documentName]: { shape: [data.length], data } }
}

/** The document among tensors; undefined where there is none. @throws SyntaxError where it is no JSON */
export function documentOf(tensors: TensorMap): unknown {
  const stored = tensors[documentName]
  if (stored === undefined) return undefined
  return JSON.parse(new TextDecoder().decode(Uint8Array.from(stored.data)))
}
