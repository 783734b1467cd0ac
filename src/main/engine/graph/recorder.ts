/**
 * Runs a step once, eagerly, and notes every operation that tfjs asks of TensorFlow. The values do not
 * matter, only which operation reads what: the step runs on made-up inputs, convolutions are not computed, and
 * every variable gets back the value that it had.
 */

import { Failure } from '../../../shared/failure.ts'
import type { Params } from '../../../shared/messages/message.ts'
import {
  type Binding,
  type NativeAttribute,
  type NativeBackend,
  type NativeTensor,
  type NativeValues,
  overriding,
} from '../binding.ts'
import { type Tensor, tf, type Variable } from '../tensorflow.ts'
import { convolutionType } from './convolution-type.ts'
import {
  type Attribute,
  assignNode,
  constantNode,
  DataTypes,
  type Edge,
  edgeType,
  elementCount,
  type GraphNode,
  type OutputType,
  placeholderNode,
  readNode,
  sameShape,
} from './ir.ts'
import type { InputSignature, StepDefinition } from './program.ts'

/** A variable of the program, with its place in the graph. */
export interface ProgramVariable {
  readonly key: string
  readonly variable: Variable
  readonly handle: GraphNode
  readonly type: OutputType
}

export interface Recording {
  /** The placeholders, by input. */
  readonly inputs: ReadonlyMap<string, GraphNode>
  readonly outputs: ReadonlyMap<string, Edge>
  /** The writes to variables; a run must execute them all. */
  readonly effects: readonly GraphNode[]
  /** Number of operations that tfjs executed. */
  readonly operations: number
  /** Each operation in its order, as it was asked for. */
  readonly log: readonly GraphNode[]
}

/** An operation that updates variables in place, for optimizers (see `updateVariables`). */
export interface FusedUpdate {
  readonly op: string
  readonly attributes: ReadonlyMap<string, Attribute>
  /** In the operation's order of inputs; those that are updated go in as variables, the others as values. */
  readonly operands: readonly (Variable | Tensor)[]
  /** Those of the operands that the operation changes. */
  readonly updated: readonly Variable[]
  /** The same update in tfjs, assigning the variables. */
  eagerly(): void
}

const dtypes = {
  float32: DataTypes.float32,
  int32: DataTypes.int32,
  bool: DataTypes.bool,
} as const

/** Operations whose result's shape depends on values, so that what follows cannot be fixed. */
const shapedByValues = new Set([
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
const drawing = new Set([
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

let active: Recorder | null = null

/**
 * Updates variables in place by one TensorFlow operation when a step is being compiled, and by the same
 * formula in tfjs when it runs eagerly.
 */
export function updateVariables(update: FusedUpdate): void {
  if (active === null) update.eagerly()
  else active.update(update)
}

/**
 * Runs the step and returns what it did. Throws a Failure `graph-uncompilable` when that cannot be fixed.
 * With `before`, a recording of the same step, an operation whose result has a known shape is not computed again.
 */
export function record(
  backend: NativeBackend,
  { name, prefix }: { name: string; prefix: string },
  definition: StepDefinition,
  variables: readonly ProgramVariable[],
  before: Recording | null = null,
): Recording {
  return new Recorder(backend, name, variables, before).run(prefix, definition)
}

class Recorder {
  readonly #backend: NativeBackend
  readonly #binding: Binding
  readonly #name: string
  readonly #variables: readonly ProgramVariable[]
  readonly #byVariable: ReadonlyMap<Variable, ProgramVariable>
  /** Where each TensorFlow tensor that the step has met comes from. */
  readonly #sources = new Map<number, Edge>()
  /** Nodes whose values come from inputs or variables, and so change from run to run. */
  readonly #changing = new Set<GraphNode>()
  /** The latest read of each variable, and the write that it follows. */
  readonly #reads = new Map<ProgramVariable, GraphNode>()
  readonly #effects: GraphNode[] = []
  readonly #before: readonly GraphNode[]
  readonly #log: GraphNode[] = []
  #operations = 0
  #paused = false
  #failure: Failure | null = null

  constructor(
    backend: NativeBackend,
    name: string,
    variables: readonly ProgramVariable[],
    before: Recording | null,
  ) {
    this.#before = before?.log ?? []
    this.#backend = backend
    this.#binding = backend.binding
    this.#name = name
    this.#variables = variables
    this.#byVariable = new Map(variables.map((entry) => [entry.variable, entry]))
  }

  run(prefix: string, definition: StepDefinition): Recording {
    const inputs = new Map<string, GraphNode>()
    const outputs = new Map<string, Edge>()
    const foreign = this.#unlistedVariables()
    const snapshots = this.#variables.map(({ variable }) => tf.keep(variable.clone()))
    const random = Math.random
    const outer = active
    try {
      tf.tidy(() => {
        const tensors: Record<string, Tensor> = {}
        for (const [input, signature] of Object.entries(definition.inputs)) {
          const tensor = sampleInput(signature)
          const node = placeholderNode(`${prefix}/in${inputs.size}`, {
            dtype: dtypes[signature.dtype ?? 'float32'],
            shape: [...signature.shape],
          })
          this.#meet(tensor, node)
          inputs.set(input, node)
          tensors[input] = tensor
        }
        this.#separateVariables()
        for (const entry of this.#variables) {
          const node = readNode(entry.handle, entry.type, [])
          this.#reads.set(entry, node)
          this.#meet(entry.variable, node)
        }
        this.#backend.binding = this.#recordingBinding()
        Math.random = () => this.#fail({ case: 'random', place: scopeName() })
        active = this
        const results: unknown = definition.step(tensors)
        if (this.#failure !== null) throw this.#failure
        for (const [output, tensor] of Object.entries(this.#checkedOutputs(results))) {
          outputs.set(output, this.#sourceOf(tensor))
        }
        for (const entry of this.#variables) this.#commit(entry)
        for (const [variable, dataId] of foreign) {
          if (variable.dataId !== dataId) {
            this.#fail({ case: 'assigns', variable: variable.name })
          }
        }
      })
    } finally {
      this.#backend.binding = this.#binding
      Math.random = random
      active = outer
      for (const [i, { variable }] of this.#variables.entries()) {
        const snapshot = snapshots[i]
        if (snapshot === undefined) continue
        if (variable.dataId !== snapshot.dataId) variable.assign(snapshot)
        snapshot.dispose()
      }
    }
    return { inputs, outputs, effects: this.#effects, operations: this.#operations, log: this.#log }
  }

  update(update: FusedUpdate): void {
    const changed = update.updated.map((variable) => {
      const entry = this.#byVariable.get(variable)
      if (entry === undefined) {
        return this.#fail({ case: 'updates', variable: variable.name })
      }
      this.#commit(entry)
      return entry
    })
    const edges = update.operands.map((operand): Edge => {
      const entry = changed.find(({ variable }) => variable === operand)
      return entry === undefined ? this.#sourceOf(operand) : { node: entry.handle, output: 0 }
    })
    const node: GraphNode = {
      op: update.op,
      attributes: update.attributes,
      inputs: edges,
      controls: changed.flatMap((entry) => this.#earlier(entry)),
      outputs: [],
    }
    this.#effects.push(node)
    this.#operations++
    this.#paused = true
    try {
      update.eagerly()
    } finally {
      this.#paused = false
    }
    for (const entry of changed) this.#written(entry, node)
  }

  /** What must have run before the variable may be written again. */
  #earlier(entry: ProgramVariable): GraphNode[] {
    const read = this.#reads.get(entry)
    return read === undefined ? [] : [read]
  }

  /** From here on the variable's value is what this node wrote. */
  #written(entry: ProgramVariable, write: GraphNode): void {
    const node = readNode(entry.handle, entry.type, [write])
    this.#reads.set(entry, node)
    this.#meet(entry.variable, node)
  }

  /** Writes the variable if the step has given it another tensor since it was last written. */
  #commit(entry: ProgramVariable): void {
    const source = this.#sourceOf(entry.variable)
    if (source.node === this.#reads.get(entry)) return
    const write = assignNode(entry.handle, ownBuffer(source), this.#earlier(entry))
    this.#effects.push(write)
    this.#written(entry, write)
  }

  #idOf(tensor: Tensor): number {
    const [id] = this.#backend.getInputTensorIds([tensor])
    if (id === undefined) throw new Error('tfjs gave no handle for a tensor.')
    return id
  }

  #meet(tensor: Tensor, node: GraphNode): void {
    this.#sources.set(this.#idOf(tensor), { node, output: 0 })
    this.#changing.add(node)
  }

  #sourceOf(tensor: Tensor): Edge {
    return this.#source(this.#idOf(tensor), tensor.shape)
  }

  /** Where a handle comes from; one from before the step, such as a frozen weight, becomes a constant. */
  #source(id: number, shape: readonly number[] | null): Edge {
    const known = this.#sources.get(id)
    if (known !== undefined) return known
    const values = this.#binding.tensorDataSync(id)
    const [copy] = this.#binding.executeOp('Shape', this.#shapeAttributes(values), [id], 1)
    const measured = copy === undefined ? null : [...this.#binding.tensorDataSync(copy.id)]
    if (copy !== undefined) this.#binding.deleteTensor(copy.id)
    return this.#constant(id, measured ?? shape ?? [], dtypeOf(values), values)
  }

  #shapeAttributes(values: NativeValues): NativeAttribute[] {
    const { TF_ATTR_TYPE } = this.#binding
    return [
      { name: 'T', type: TF_ATTR_TYPE, value: dtypeOf(values) },
      { name: 'out_type', type: TF_ATTR_TYPE, value: DataTypes.int32 },
    ]
  }

  #constant(id: number, shape: readonly number[], dtype: number, values: NativeValues): Edge {
    const bytes = Array.isArray(values)
      ? values.map((value) => value.slice())
      : new Uint8Array(values.buffer, values.byteOffset, values.byteLength).slice()
    const edge = { node: constantNode({ dtype, shape: [...shape], values: bytes }), output: 0 }
    this.#sources.set(id, edge)
    return edge
  }

  #recordingBinding(): Binding {
    const binding = this.#binding
    return overriding(binding, {
      createTensor: (shape, dtype, values) => {
        const id = binding.createTensor(shape, dtype, values)
        if (!this.#paused) this.#constant(id, shape, dtype, values)
        return id
      },
      executeOp: (op, attributes, inputs, count) => {
        if (this.#paused) return binding.executeOp(op, attributes, inputs, count)
        const node = this.#operation(op, attributes, inputs)
        const results = this.#placeholders(node) ?? binding.executeOp(op, attributes, inputs, count)
        const outputs = results.map(({ dtype, shape }) => ({ dtype, shape }))
        const complete: GraphNode = { ...node, outputs }
        if (node.inputs.some((edge) => this.#changing.has(edge.node))) {
          this.#changing.add(complete)
        } else if (outputs.every(foldable)) {
          for (const { id, shape, dtype } of results) {
            this.#constant(id, shape, dtype, binding.tensorDataSync(id))
          }
          this.#log.push(complete)
          return results
        }
        this.#log.push(complete)
        for (const [i, result] of results.entries())
          this.#sources.set(result.id, { node: complete, output: i })
        return results
      },
      tensorDataSync: (id) => {
        const source = this.#sources.get(id)
        if (!this.#paused && source !== undefined && this.#changing.has(source.node)) {
          this.#fail({ case: 'reads', operation: source.node.op, place: scopeName() })
        }
        return binding.tensorDataSync(id)
      },
    })
  }

  /**
   * Zeros in place of the results of a convolution, and of an operation that the recording before has at the same
   * place, reading inputs of the same types: most of the time of a recording goes into values that nobody reads.
   */
  #placeholders(node: GraphNode): NativeTensor[] | null {
    if (!node.inputs.some((edge) => this.#changing.has(edge.node))) return null
    const convolved = convolutionType(node)
    if (convolved !== null) return this.#zeros(convolved)
    const earlier = this.#before[this.#log.length]
    const alike =
      earlier?.op === node.op &&
      earlier.inputs.length === node.inputs.length &&
      node.inputs.every((edge, i) => {
        const other = earlier.inputs[i]
        return other !== undefined && sameType(edgeType(edge), edgeType(other))
      })
    if (!alike || !earlier.outputs.every(({ dtype }) => dtype === DataTypes.float32)) return null
    return earlier.outputs.flatMap((type) => this.#zeros(type))
  }

  #zeros({ dtype, shape }: OutputType): NativeTensor[] {
    const binding = this.#binding
    const sides = binding.createTensor([shape.length], binding.TF_INT32, Int32Array.from(shape))
    const attributes = [
      { name: 'dtype', type: binding.TF_ATTR_TYPE, value: dtype },
      { name: 'init', type: binding.TF_ATTR_BOOL, value: true },
    ]
    const made = binding.executeOp('Empty', attributes, [sides], 1)
    binding.deleteTensor(sides)
    return made
  }

  #operation(op: string, attributes: readonly NativeAttribute[], ids: readonly number[]): GraphNode {
    this.#operations++
    if (drawing.has(op)) this.#fail({ case: 'random-operation', operation: op, place: scopeName() })
    const inputs = ids.map((id) => this.#source(id, null))
    if (shapedByValues.has(op) && inputs.some((edge) => this.#changing.has(edge.node))) {
      this.#fail({ case: 'shape', operation: op, place: scopeName() })
    }
    return {
      op,
      attributes: new Map(attributes.map((entry) => [entry.name, this.#attribute(op, entry)])),
      inputs,
      controls: [],
      outputs: [],
    }
  }

  #attribute(op: string, { name, type, value }: NativeAttribute): Attribute {
    const { TF_ATTR_STRING, TF_ATTR_INT, TF_ATTR_FLOAT, TF_ATTR_BOOL, TF_ATTR_TYPE, TF_ATTR_SHAPE } =
      this.#binding
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
    return this.#fail({ case: 'attribute', operation: op, attribute: name })
  }

  #checkedOutputs(results: unknown): Record<string, Tensor> {
    if (typeof results !== 'object' || results === null || results instanceof Promise) {
      return this.#fail({ case: 'no-outputs' })
    }
    const outputs: Record<string, Tensor> = {}
    for (const [name, value] of Object.entries(results)) {
      if (!(value instanceof tf.Tensor)) return this.#fail({ case: 'not-a-tensor', output: name })
      if (value.dtype !== 'float32')
        return this.#fail({ case: 'output-type', output: name, type: value.dtype })
      outputs[name] = value
    }
    return outputs
  }

  /**
   * Gives data of its own to each variable that shares it with another, as `tf.variable(other)` makes them: what
   * is read could not be told apart, and a step would read and write the wrong one.
   */
  #separateVariables(): void {
    const holders = new Map<object, number>()
    for (const { dataId } of Object.values(tf.engine().registeredVariables)) {
      holders.set(dataId, (holders.get(dataId) ?? 0) + 1)
    }
    for (const { variable } of this.#variables) {
      if ((holders.get(variable.dataId) ?? 0) > 1) variable.assign(tf.add(variable, 0))
    }
  }

  /** Variables of others, with the data that they hold now. */
  #unlistedVariables(): Map<Variable, object> {
    const all = Object.values(tf.engine().registeredVariables)
    return new Map(
      all
        .filter((variable) => !this.#byVariable.has(variable))
        .map((variable) => [variable, variable.dataId]),
    )
  }

  #fail(what: Params): never {
    this.#failure ??= new Failure('graph-uncompilable', { step: this.#name, ...what })
    throw this.#failure
  }
}

/**
 * The value in memory of TensorFlow's own. An input lives in memory of JavaScript, which a variable must
 * not keep beyond the run.
 */
function ownBuffer(value: Edge): Edge {
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

/** The tfjs function that is running, for messages. */
function scopeName(): string {
  const scope: unknown = tf.engine().state.activeScope
  if (typeof scope === 'object' && scope !== null && 'name' in scope && typeof scope.name === 'string') {
    const name = scope.name.replace(/__op$/, '')
    if (name !== '' && name !== 'unnamed scope') return `tf.${name}`
  }
  return 'its own code'
}

const sameType = (a: OutputType, b: OutputType): boolean => a.dtype === b.dtype && sameShape(a.shape, b.shape)

function foldable({ dtype, shape }: OutputType): boolean {
  const held = dtype === DataTypes.float32 || dtype === DataTypes.int32 || dtype === DataTypes.bool
  return held && elementCount(shape) <= FOLDED_ELEMENTS
}

/** The TensorFlow type of values as tfjs returns them. */
function dtypeOf(values: NativeValues): number {
  if (values instanceof Float32Array) return DataTypes.float32
  if (values instanceof Int32Array) return DataTypes.int32
  if (values instanceof Uint8Array) return DataTypes.bool
  return DataTypes.string
}

/** Made-up values that keep logarithms and divisions finite. */
function sampleInput({ shape, dtype = 'float32' }: InputSignature): Tensor {
  if (dtype === 'bool') return tf.zeros([...shape], 'bool')
  return tf.fill([...shape], dtype === 'float32' ? 0.5 : 0, dtype)
}
