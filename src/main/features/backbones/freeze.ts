/**
 * Takes from the graph of a SavedModel what the wanted outputs need, as data: functions are put in place of their calls,
 * and everything else, such as what saves and restores variables, is left behind. Operations that are not admitted are
 * refused, so whatever a file asks for besides them can never run.
 */
import type { BackboneDescription } from '../../../shared/backbone.ts'
import { message } from '../../../shared/messages/message.ts'
import {
  admittedOperations,
  constantName,
  constantTypes,
  type FrozenAttribute,
  type FrozenConstant,
  type FrozenEdge,
  type FrozenGraph,
  type FrozenNode,
  frozenGraphSchema,
  mostNodes,
} from '../../model/backbones/frozen-graph.ts'
import type { TensorMap } from '../../model/safetensors.ts'
import { Refusal } from './refusal.ts'
import { type RawFunction, type RawGraph, type RawNode, type SignatureEnd, shapeOf } from './saved-model.ts'
import type { WireMessage } from './wire-format.ts'

/** How deep functions may call each other. */
const deepestCall = 24

/** Values of all constants, at most: 1 GB. */
const mostValues = 2.5e8

/** How many values a constant may have that is stored as one value for all, which takes no room in the file. */
const mostRepeated = 1e6

const calls: ReadonlySet<string> = new Set(['PartitionedCall', 'StatefulPartitionedCall'])

/** What a network that was not frozen reads its weights with. */
const variables: ReadonlySet<string> = new Set([
  'ReadVariableOp',
  'ResourceGather',
  'VarHandleOp',
  'Variable',
  'VariableV2',
])

/** Inside of a function an output is told by its name: those of operations with several, in their order. */
const outputNames: Readonly<Record<string, readonly string[] | undefined>> = {
  FusedBatchNormV3: [
    'y',
    'batch_mean',
    'batch_variance',
    'reserve_space_1',
    'reserve_space_2',
    'reserve_space_3',
  ],
}

const refuse = (code: string, params: Record<string, string | number> = {}): never => {
  throw new Refusal(message(code, params))
}

const admitted: ReadonlyMap<string, FrozenNode['op']> = new Map(admittedOperations.map((op) => [op, op]))

/** Where names of nodes mean something: the graph itself, or the body of a function for one call of it. */
interface Scope {
  nodes: ReadonlyMap<string, RawNode>
  /** In a function, what was passed for each argument; null in the graph itself. */
  given: ReadonlyMap<string, FrozenEdge> | null
  depth: number
  /** The outputs of the nodes that were taken so far. */
  taken: Map<string, (output: number) => FrozenEdge>
}

interface Reference {
  node: string
  output: number
}

class Freezer {
  readonly #graph: RawGraph
  readonly #input: string
  readonly nodes: FrozenNode[] = []
  readonly tensors: TensorMap = {}
  input: number | null = null
  #values = 0

  /** @param input the name of the placeholder */
  constructor(graph: RawGraph, input: string) {
    this.#graph = graph
    this.#input = input
  }

  outputs(tensors: readonly string[]): FrozenEdge[] {
    const scope: Scope = { nodes: this.#graph.nodes, given: null, depth: 0, taken: new Map() }
    return tensors.map((tensor) => this.#take(scope, tensor))
  }

  /** The output that a text names, after everything that it needs. */
  #take(scope: Scope, text: string): FrozenEdge {
    const passed = scope.given?.get(text)
    if (passed !== undefined) return passed
    const wanted = referenceOf(scope, text)
    const open = new Set<string>()
    const stack = [{ node: nodeNamed(scope, wanted.node), next: 0 }]
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const { node } = top
      if (scope.taken.has(node.name)) {
        stack.pop()
        continue
      }
      // Before what it reads, so that a person is told of the operation itself.
      requireAdmitted(node)
      open.add(node.name)
      const input = dataInputs(node)[top.next++]
      if (input === undefined) {
        scope.taken.set(node.name, this.#add(scope, node))
        open.delete(node.name)
        stack.pop()
        continue
      }
      if (scope.given?.has(input)) continue
      const needed = nodeNamed(scope, referenceOf(scope, input).node)
      if (scope.taken.has(needed.name)) continue
      if (open.has(needed.name)) refuse('saved-model-loops', { node: needed.name })
      stack.push({ node: needed, next: 0 })
    }
    return outputOf(scope, wanted)
  }

  /** Adds a node all of whose inputs were taken. */
  #add(scope: Scope, node: RawNode): (output: number) => FrozenEdge {
    const inputs = dataInputs(node).map(
      (input) => scope.given?.get(input) ?? outputOf(scope, referenceOf(scope, input)),
    )
    if (calls.has(node.op)) return this.#call(scope, node, inputs)
    const op =
      admitted.get(node.op) ?? refuse('operation-not-admitted', { operation: node.op, node: node.name })
    if (this.nodes.length >= mostNodes) refuse('saved-model-too-large')
    const at = this.nodes.length
    if (op === 'Placeholder') {
      if (scope.given !== null || node.name !== this.#input)
        refuse('saved-model-other-input', { node: node.name })
      this.input = at
    }
    const constant = op === 'Const' ? this.#constant(node, at) : undefined
    this.nodes.push({ op, inputs, attributes: attributesOf(node), ...(constant && { constant }) })
    return (output) => [at, output]
  }

  #call(scope: Scope, node: RawNode, inputs: readonly FrozenEdge[]): (output: number) => FrozenEdge {
    const name = node.attributes.get('f')?.message(10).text(1) ?? ''
    const body: RawFunction | undefined = this.#graph.functions.get(name)
    if (body === undefined || scope.depth >= deepestCall || body.arguments.length !== inputs.length) {
      return refuse('saved-model-damaged')
    }
    const given = new Map<string, FrozenEdge>()
    for (const [at, argument] of body.arguments.entries()) {
      const edge = inputs[at]
      if (edge !== undefined) given.set(argument, edge)
    }
    const inside: Scope = { nodes: body.nodes, given, depth: scope.depth + 1, taken: new Map() }
    // Results that nobody reads may need what is not admitted, so each is taken when it is read.
    const results = new Map<number, FrozenEdge>()
    return (output) => {
      const known = results.get(output)
      if (known !== undefined) return known
      const result = body.results[output]
      const edge = result === undefined ? refuse('saved-model-damaged') : this.#take(inside, result)
      results.set(output, edge)
      return edge
    }
  }

  #constant(node: RawNode, at: number): FrozenConstant {
    const tensor = node.attributes.get('value')?.message(8)
    if (tensor === undefined) return refuse('saved-model-damaged')
    const shape = shapeOf(tensor.message(2)) ?? []
    const count = shape.reduce((product, side) => product * side, 1)
    this.#values += count
    if (shape.some((side) => side < 0) || this.#values > mostValues) refuse('saved-model-too-large')
    const dtype = tensor.integer(1)
    const [packed] = tensor.blobs(4)
    switch (dtype) {
      case constantTypes.float32: {
        const data = packed ? numbers(packed, Float32Array, count) : repeated(tensor.floats(5), count)
        this.tensors[constantName(at)] = { shape, data: Float32Array.from(data) }
        return { dtype, shape, values: null }
      }
      case constantTypes.int32:
        return {
          dtype,
          shape,
          values: [...(packed ? numbers(packed, Int32Array, count) : repeated(tensor.integers(7), count))],
        }
      case constantTypes.int64:
        return {
          dtype,
          shape,
          values: packed
            ? [...numbers(packed, BigInt64Array, count)].map(Number)
            : repeated(tensor.integers(10), count),
        }
      case constantTypes.bool:
        return {
          dtype,
          shape,
          values: [...(packed ? numbers(packed, Uint8Array, count) : repeated(tensor.integers(11), count))],
        }
      default:
        return refuse('saved-model-constant-type', { node: node.name })
    }
  }
}

function requireAdmitted({ name, op }: RawNode): void {
  if (calls.has(op) || admitted.has(op)) return
  const code = variables.has(op) ? 'saved-model-not-frozen' : 'operation-not-admitted'
  refuse(code, { operation: op, node: name })
}

/** Inputs that are read; the others only say what comes first, which does not matter to what computes results alone. */
const dataInputs = ({ inputs }: RawNode): string[] => inputs.filter((input) => !input.startsWith('^'))

function referenceOf(scope: Scope, text: string): Reference {
  const [node = '', ...rest] = text.split(':')
  if (scope.given === null) return { node, output: Number(rest[0] ?? 0) }
  // In a function: node, name of the output, and place in it where it is a list.
  const [name = '', place = '0'] = rest
  const at = outputNames[scope.nodes.get(node)?.op ?? '']?.indexOf(name) ?? 0
  return { node, output: at + Number(place) }
}

const nodeNamed = (scope: Scope, name: string): RawNode =>
  scope.nodes.get(name) ?? refuse('saved-model-node-missing', { node: name })

function outputOf(scope: Scope, { node, output }: Reference): FrozenEdge {
  const taken = scope.taken.get(node)
  if (taken === undefined || !Number.isSafeInteger(output) || output < 0) return refuse('saved-model-damaged')
  return taken(output)
}

type NumberArray =
  | Float32ArrayConstructor
  | Int32ArrayConstructor
  | BigInt64ArrayConstructor
  | Uint8ArrayConstructor

function numbers<T extends NumberArray>(bytes: Uint8Array, Kind: T, count: number): InstanceType<T>
function numbers(bytes: Uint8Array, Kind: NumberArray, count: number) {
  if (bytes.length !== count * Kind.BYTES_PER_ELEMENT) return refuse('saved-model-damaged')
  return new Kind(bytes.slice().buffer)
}

/** Values as the typed fields have them: the last one stands for all that are left out. */
function repeated(values: readonly number[], count: number): number[] {
  if (values.length > count) refuse('saved-model-damaged')
  if (count > mostRepeated && count > values.length) refuse('saved-model-too-large')
  const last = values.at(-1) ?? 0
  return Array.from({ length: count }, (_, i) => values[i] ?? last)
}

function attributesOf({ op, attributes }: RawNode): Record<string, FrozenAttribute> {
  const read: Record<string, FrozenAttribute> = {}
  for (const [name, value] of attributes) {
    // What begins so is advice for TensorFlow's own tools; the value of a constant is stored apart.
    if (name.startsWith('_') || (op === 'Const' && name === 'value')) continue
    read[name] = attributeOf(value)
  }
  return read
}

function attributeOf(value: WireMessage): FrozenAttribute {
  if (value.has(2)) return { kind: 'string', value: value.text(2) }
  if (value.has(3)) return { kind: 'integer', value: value.integer(3) }
  if (value.has(4)) return { kind: 'float', value: value.floats(4).at(-1) ?? 0 }
  if (value.has(5)) return { kind: 'boolean', value: value.integer(5) === 1 }
  if (value.has(6)) return { kind: 'type', value: value.integer(6) }
  if (value.has(7)) return { kind: 'shape', value: shapeOf(value.message(7)) ?? [] }
  if (value.has(1)) {
    const list = value.message(1)
    if (list.has(4)) return { kind: 'floats', value: list.floats(4) }
    if (![2, 5, 6, 7, 8, 9].some((field) => list.has(field))) {
      return { kind: 'integers', value: list.integers(3) }
    }
  }
  return refuse('saved-model-damaged')
}

/** The end of a signature, or the node of that name. */
function endNamed(graph: RawGraph, ends: ReadonlyMap<string, SignatureEnd>, name: string): SignatureEnd {
  const end = ends.get(name)
  if (end !== undefined) return end
  if (graph.nodes.has(name.split(':')[0] ?? ''))
    return { tensor: name, shape: null, dtype: constantTypes.float32 }
  return refuse('saved-model-output-missing', { output: name, known: [...ends.keys()].join(', ') || '–' })
}

/**
 * @returns the graph, and the values of its constants by name
 * @throws Refusal
 */
export function frozenGraph(
  graph: RawGraph,
  { signature: signatureName, input, outputs, layout }: BackboneDescription,
): { graph: FrozenGraph; tensors: TensorMap } {
  const signature = graph.signatures.get(signatureName) ?? { inputs: new Map(), outputs: new Map() }
  const known: ReadonlyMap<string, SignatureEnd> = signature.inputs
  const start = known.get(input)
  if (start === undefined) {
    return refuse('saved-model-input-missing', { input, known: [...known.keys()].join(', ') || '–' })
  }
  requirePicture(start, layout)
  const ends = outputs.map(({ name }) => endNamed(graph, signature.outputs, name))
  for (const [at, end] of ends.entries()) {
    const channels = end.shape?.at(layout === 'nhwc' ? 3 : 1) ?? -1
    const said = outputs[at]
    const fits = (end.shape === null || end.shape.length === 4) && end.dtype === constantTypes.float32
    if (said && (!fits || (channels !== -1 && channels !== said.channels))) {
      refuse('saved-model-output-shape', { output: said.name, shape: `[${end.shape?.join(', ') ?? ''}]` })
    }
  }
  const freezer = new Freezer(graph, start.tensor.split(':')[0] ?? '')
  const edges = freezer.outputs(ends.map(({ tensor }) => tensor))
  if (freezer.input === null) return refuse('saved-model-other-input', { node: '–' })
  const read = frozenGraphSchema.safeParse({ nodes: freezer.nodes, input: freezer.input, outputs: edges })
  return read.success ? { graph: read.data, tensors: freezer.tensors } : refuse('saved-model-damaged')
}

/** The network has to take photographs of any size, one at a time. */
function requirePicture({ shape, dtype }: SignatureEnd, layout: BackboneDescription['layout']): void {
  const [high, wide, deep] = layout === 'nhwc' ? [1, 2, 3] : [2, 3, 1]
  const fits =
    dtype === constantTypes.float32 &&
    (shape === null ||
      (shape.length === 4 &&
        (shape[0] === 1 || shape[0] === -1) &&
        shape[high] === -1 &&
        shape[wide] === -1 &&
        (shape[deep] === 3 || shape[deep] === -1)))
  if (!fits) refuse('saved-model-input-shape', { shape: `[${shape?.join(', ') ?? ''}]` })
}
