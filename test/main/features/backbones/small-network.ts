/** A small network as a SavedModel, by our own writer, and what one changes to make it hostile or broken. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  type Attribute,
  constantNode,
  DataTypes,
  type GraphNode,
  identityNode,
  placeholderNode,
} from '../../../../src/main/engine/graph/ir.ts'
import { encodeGraph, encodeSavedModel } from '../../../../src/main/engine/graph/saved-model.ts'
import { createRandom } from '../../../../src/main/platform/random.ts'

const float32: Attribute = { kind: 'type', value: DataTypes.float32 }

export const operation = (
  op: string,
  inputs: readonly GraphNode[],
  attributes: Record<string, Attribute> = { T: float32 },
): GraphNode => ({
  op,
  attributes: new Map(Object.entries(attributes)),
  inputs: inputs.map((node) => ({ node, output: 0 })),
  controls: [],
  outputs: [{ dtype: DataTypes.float32, shape: [1, -1, -1, -1] }],
})

const random = createRandom(4)

export interface Weights {
  shape: [number, number, number, number]
  data: Float32Array
}

const drawn = (shape: Weights['shape']): Weights => ({
  shape,
  data: Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => random.normal() / 3),
})

/** Filters of the two convolutions. */
export const filters = { early: drawn([3, 3, 3, 4]), late: drawn([3, 3, 4, 6]) }

const constant = ({ shape, data }: Weights): GraphNode =>
  constantNode({ dtype: DataTypes.float32, shape, values: new Uint8Array(data.buffer) })

const convolution = (x: GraphNode, filter: GraphNode): GraphNode =>
  operation('Conv2D', [x, filter], {
    T: float32,
    strides: { kind: 'integers', value: [1, 2, 2, 1] },
    padding: { kind: 'string', value: 'SAME' },
    data_format: { kind: 'string', value: 'NHWC' },
  })

export const picture = placeholderNode('x', { dtype: DataTypes.float32, shape: [1, -1, -1, 3] })

export interface NetworkChange {
  /** Between the input and the first convolution. */
  first?: (x: GraphNode) => GraphNode
  /** In place of the constant of the second filter. */
  lateFilter?: GraphNode
  inputShape?: number[]
  /** Of the output `late`. */
  channels?: number
}

/** Two convolutions of stride 2, each behind a ReLU; outputs `early` and `late`. */
export function smallNetwork({
  first = (x) => x,
  lateFilter,
  inputShape,
  channels = 6,
}: NetworkChange = {}): Uint8Array {
  const x = inputShape ? placeholderNode('x', { dtype: DataTypes.float32, shape: inputShape }) : picture
  const early = operation('Relu', [convolution(first(x), constant(filters.early))])
  const late = operation('Relu', [
    convolution(early, lateFilter ?? constant(channels === 6 ? filters.late : drawn([3, 3, 4, channels]))),
  ])
  const outputs = [
    ['early', early, 4],
    ['late', late, channels],
  ] as const
  const named = outputs.map(([name, node, deep]) => {
    const identity = identityNode(name, { node, output: 0 }, [])
    return [name, { ...identity, outputs: [{ dtype: DataTypes.float32, shape: [1, -1, -1, deep] }] }] as const
  })
  return encodeSavedModel(encodeGraph(named.map(([, node]) => node)), {
    serving_default: { inputs: { x }, outputs: Object.fromEntries(named) },
  })
}

export const description = {
  name: 'two-convolutions',
  title: 'Two convolutions',
  input: 'x',
  mean: [120, 110, 100],
  scale: [60, 50, 40],
  outputs: [{ name: 'late', channels: 6, stride: 4 }],
  licence: 'MIT',
  copyright: 'Copyright (c) 2026 A factory',
  origin: 'Drawn at random for a test',
}

/** Writes a network as a person brings it: a folder and the file that describes it. */
export function writeNetwork(
  root: string,
  model: Uint8Array,
  said: unknown,
): { folder: string; description: string } {
  const folder = join(root, 'model')
  mkdirSync(folder)
  writeFileSync(join(folder, 'saved_model.pb'), model)
  const file = join(root, 'description.json')
  writeFileSync(file, typeof said === 'string' ? said : JSON.stringify(said))
  return { folder, description: file }
}
