/** A network that a person added, as a graph that takes photographs and gives the features of their cells. */
import { elementAt } from '../../../shared/element-at.ts'
import { Failure, reasonOf } from '../../../shared/failure.ts'
import { inside } from '../../../shared/messages/message.ts'
import {
  constantName,
  constantTypes,
  type FrozenConstant,
  type FrozenGraph,
} from '../../model/backbones/frozen-graph.ts'
import type { OwnBackboneDocument } from '../../model/backbones/own-backbones.ts'
import type { TensorMap } from '../../model/safetensors.ts'
import { isNative } from '../binding.ts'
import type { Pixels } from '../data/geometry.ts'
import {
  averagedOver3x3,
  combined,
  concatenated,
  float,
  floats,
  gathered,
  integers,
  resized,
  sideOf,
  transposed,
  typed,
} from '../graph/any-size.ts'
import { loadModel } from '../graph/compiled.ts'
import {
  constantNode,
  DataTypes,
  type Edge,
  type GraphNode,
  identityNode,
  placeholderNode,
} from '../graph/ir.ts'
import { anySide } from '../graph/program.ts'
import type { StepGraph } from '../graph/program-graph.ts'
import { encodeGraph, encodeSavedModel } from '../graph/saved-model.ts'
import { provider, tf } from '../tensorflow.ts'
import type { FeatureNetwork } from './feature-network.ts'
import { tensorOf } from './folded-weights.ts'

/** What TensorFlow infers by itself when it loads the graph, and nothing here needs. */
const notKnown = { dtype: DataTypes.float32, shape: [] }

/** The largest number of outputs that an operation has. */
const mostOutputs = 64

/** Operations that give back what they are given. */
const passing: ReadonlySet<string> = new Set(['Identity', 'StopGradient'])

/** The nodes of a frozen graph, with the picture in place of its input. */
function nodesOf(
  graph: FrozenGraph,
  weights: TensorMap,
  picture: Edge,
): (edge: readonly [number, number]) => Edge {
  const edges: ((output: number) => Edge)[] = []
  const edgeOf = ([at, output]: readonly [number, number]): Edge =>
    elementAt(edges, at, 'Nodes of a network')(output)
  for (const [at, { op, inputs, attributes, constant }] of graph.nodes.entries()) {
    const read = inputs.map(edgeOf)
    const [only] = read
    if (at === graph.input) edges.push(() => picture)
    else if (passing.has(op) && only) edges.push(() => only)
    else {
      const node: GraphNode = constant
        ? constantOf(constant, weights, at)
        : {
            op,
            attributes: new Map(Object.entries(attributes)),
            inputs: read,
            controls: [],
            outputs: Array.from({ length: mostOutputs }, () => notKnown),
          }
      edges.push((output) => ({ node, output }))
    }
  }
  return edgeOf
}

function constantOf({ dtype, shape, values }: FrozenConstant, weights: TensorMap, at: number): GraphNode {
  const array =
    values === null
      ? tensorOf(weights, constantName(at)).data
      : dtype === constantTypes.int64
        ? BigInt64Array.from(values, BigInt)
        : dtype === constantTypes.int32
          ? Int32Array.from(values)
          : Uint8Array.from(values)
  const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength)
  return constantNode({ dtype, shape, values: bytes })
}

/** From `x` to `plain` and `averaged`. */
function graphOf({ description, graph }: OwnBackboneDocument, weights: TensorMap): StepGraph {
  const { channelOrder, layout, mean, scale, outputs } = description
  const x = placeholderNode('own/x', { dtype: DataTypes.float32, shape: [1, anySide, anySide, 3] })
  const samples = combined('Mul', combined('AddV2', { node: x, output: 0 }, float(1)), float(127.5))
  const ordered = channelOrder === 'rgb' ? samples : gathered(samples, integers([2, 1, 0]), 3)
  const centeredSamples = combined('Sub', ordered, floats(Float32Array.from(mean), [3]))
  const scaled = combined('RealDiv', centeredSamples, floats(Float32Array.from(scale), [3]))
  const edgeOf = nodesOf(graph, weights, layout === 'nhwc' ? scaled : transposed(scaled, [0, 3, 1, 2]))
  const [first, ...others] = graph.outputs.map((output, at): Edge => {
    const { channels } = elementAt(outputs, at, 'Outputs of a network')
    const type = (shape: number[]) => ({ dtype: DataTypes.float32, shape })
    const edge = edgeOf(output)
    return layout === 'nhwc'
      ? typed(edge, type([1, anySide, anySide, channels]))
      : transposed(typed(edge, type([1, channels, anySide, anySide])), [0, 2, 3, 1])
  })
  if (first === undefined) throw new TypeError('a network without outputs')
  const [rows, columns] = [sideOf(first, 1), sideOf(first, 2)]
  const plain = concatenated([first, ...others.map((other) => resized(other, rows, columns))], 3)
  return {
    inputs: [{ name: 'x', node: x }],
    outputs: [
      { name: 'plain', edge: plain },
      { name: 'averaged', edge: averagedOver3x3(plain) },
    ],
  }
}

/** @throws Failure `graph-uncompilable` where TensorFlow does not take its graph or is not there */
export function ownNetwork(document: OwnBackboneDocument, weights: TensorMap): FeatureNetwork {
  const { name, outputs, padding } = document.description
  const backend = tf.backend()
  if (!isNative(backend)) {
    throw new Failure('graph-uncompilable', { case: 'no-tensorflow', reason: inside('reason', provider.why) })
  }
  const { binding } = backend
  const first = elementAt(outputs, 0, 'Outputs of a network')
  const { stride } = first
  const channels = outputs.reduce((sum, output) => sum + output.channels, 0)
  const graph = graphOf(document, weights)
  const named = graph.outputs.map(({ name: output, edge }) => identityNode(`own/${output}`, edge, []))
  const session = loadModel(binding, encodeSavedModel(encodeGraph(named)))
  const names = named.map((node) => node.name).join()

  const requireShape = (shape: readonly number[], { height, width }: Pixels): void => {
    const expected = [1, height / stride, width / stride, channels]
    if (shape.join() === expected.join()) return
    throw new Failure('backbone-not-as-described', {
      name,
      output: first.name,
      found: `[${shape.join(', ')}]`,
      expected: `[${expected.join(', ')}]`,
      height,
      width,
    })
  }
  return {
    channels,
    centering: {
      stride,
      multiple: Math.max(...outputs.map((output) => output.stride)),
      skipped: padding === 'symmetric' ? 1 : 0,
    },
    graph: () => graph,
    run(picture) {
      const { data, width, height } = picture
      const id = binding.createTensor([1, height, width, 3], DataTypes.float32, data)
      try {
        const results = runOf(name, () => binding.runSavedModel(session, [id], 'own/x', names))
        try {
          const [plain, averaged] = results.map((result) => {
            requireShape(result.shape, picture)
            const values = binding.tensorDataSync(result.id)
            if (!(values instanceof Float32Array)) throw new TypeError('features that are not float32')
            return values
          })
          if (plain === undefined || averaged === undefined) throw new TypeError('a network without results')
          return { plain, averaged }
        } finally {
          for (const result of results) binding.deleteTensor(result.id)
        }
      } finally {
        binding.deleteTensor(id)
      }
    },
    dispose: () => binding.deleteSavedModel(session),
  }
}

/** @throws Failure `backbone-not-run` with TensorFlow's words */
function runOf<T>(name: string, run: () => T): T {
  try {
    return run()
  } catch (cause) {
    throw new Failure('backbone-not-run', { name, reason: reasonOf(cause) }, { cause })
  }
}
