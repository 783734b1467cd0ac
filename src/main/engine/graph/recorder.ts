/**
 * Runs a step once, eagerly, and notes every operation that tfjs calls in TensorFlow. Only which operation reads what
 * is of interest, not the values. So the step runs on made-up inputs, convolutions are not computed, and every
 * variable gets its value back afterwards.
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
import {
  type Attribute,
  assignNode,
  constantNode,
  DataTypes,
  type Edge,
  type GraphNode,
  type OutputType,
  placeholderNode,
  readNode,
} from './ir.ts'
import { knownResults, sampleInput, zeros } from './made-up-values.ts'
import { attributeOf, drawing, dtypeOf, foldable, ownBuffer, shapedByValues } from './operations.ts'
import type { StepDefinition } from './program.ts'
import { dataOfOthers, separate } from './variables.ts'

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
  /** The operations in the order of their calls. */
  readonly log: readonly GraphNode[]
}

/** An operation that updates variables in place, for optimizers (see `updateVariables`). */
export interface FusedUpdate {
  readonly op: string
  readonly attributes: ReadonlyMap<string, Attribute>
  /**
   * The inputs in the order of the operation. Those that are updated are given as variables, the others as values.
   */
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

let active: Recorder | null = null

/** Lengths that sides of any length have while a step is recorded, the first time and the second. */
export const sampleSides = [64, 96] as const

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
  { before = null, side = sampleSides[0] }: { before?: Recording | null; side?: number } = {},
): Recording {
  return new Recorder(backend, name, variables, before).run(prefix, definition, side)
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
  /** The latest read of each variable, with the write that came before it. */
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

  run(prefix: string, definition: StepDefinition, side: number): Recording {
    const inputs = new Map<string, GraphNode>()
    const outputs = new Map<string, Edge>()
    const foreign = dataOfOthers(this.#byVariable)
    const snapshots = this.#variables.map(({ variable }) => tf.keep(variable.clone()))
    const random = Math.random
    const outer = active
    try {
      tf.tidy(() => {
        const tensors: Record<string, Tensor> = {}
        for (const [input, signature] of Object.entries(definition.inputs)) {
          const tensor = sampleInput(signature, side)
          const type = { dtype: dtypes[signature.dtype ?? 'float32'], shape: tensor.shape }
          const node = placeholderNode(`${prefix}/in${inputs.size}`, type, signature.shape)
          this.#meet(tensor, node)
          inputs.set(input, node)
          tensors[input] = tensor
        }
        separate(this.#byVariable.keys())
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

  /** The nodes that must have run before the variable may be written again. */
  #earlier(entry: ProgramVariable): GraphNode[] {
    const read = this.#reads.get(entry)
    return read === undefined ? [] : [read]
  }

  /** Notes that the variable now has the value that this node wrote. */
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

  /**
   * The edge that a handle comes from. A tensor from before the step, such as a frozen weight, becomes a constant.
   */
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
        const results = this.#standIns(node) ?? binding.executeOp(op, attributes, inputs, count)
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

  /** Zeros in place of results that nobody reads; null where the operation has to be computed. */
  #standIns(node: GraphNode): NativeTensor[] | null {
    if (!node.inputs.some((edge) => this.#changing.has(edge.node))) return null
    const types = knownResults(node, this.#before[this.#log.length])
    return types?.flatMap((type) => zeros(this.#binding, type)) ?? null
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

  #attribute(op: string, attribute: NativeAttribute): Attribute {
    return (
      attributeOf(this.#binding, attribute) ??
      this.#fail({ case: 'attribute', operation: op, attribute: attribute.name })
    )
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

  #fail(what: Params): never {
    this.#failure ??= new Failure('graph-uncompilable', { step: this.#name, ...what })
    throw this.#failure
  }
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
