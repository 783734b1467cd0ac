/** A program whose steps run as TensorFlow graphs, all in one session that holds the variables. */

import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Failure, reasonOf } from '../../../shared/failure.ts'
import type { Binding, NativeBackend } from '../binding.ts'
import { tf } from '../tensorflow.ts'
import { flops } from './flops.ts'
import { checkedInput } from './inputs.ts'
import {
  assignNode,
  constantNode,
  DataTypes,
  type Edge,
  elementCount,
  type GraphNode,
  identityNode,
  placeholderNode,
  readNode,
  variableNode,
} from './ir.ts'
import { type OptimizeOptions, optimize } from './optimize.ts'
import type {
  InputValue,
  Precision,
  Program,
  ProgramDefinition,
  Step,
  StepDefinition,
  StepStats,
} from './program.ts'
import type { CompiledGraph, ProgramCache } from './program-cache.ts'
import { type ProgramVariable, type Recording, record } from './recorder.ts'
import { rewrite } from './rewrite.ts'
import { encodeGraph, encodeSavedModel, reachableNodes } from './saved-model.ts'
import { checkValues, checkVariables } from './variables.ts'

/** What a step feeds and fetches, by the names of its nodes. */
type Call = Pick<CompiledGraph['steps'][string], 'feeds' | 'fetches'>

type OptimizedCall = Call & { readonly roots: readonly GraphNode[] }

/** The nodes that read and write the variables from outside, by the variable's place. */
const readName = (i: number): string => `read${i}`
const writeName = (i: number): string => `write${i}`
const writtenName = 'written'

/** A step as a graph of its own, as an export takes it; weights are constants in it. */
export interface StepGraph {
  readonly inputs: readonly { readonly name: string; readonly node: GraphNode }[]
  readonly outputs: readonly { readonly name: string; readonly edge: Edge }[]
}

let captured: Map<string, StepGraph> | null = null

/** The graphs of the steps that are compiled while `act` runs, by name. They hold the weights: let go of them soon. */
export function capturingGraphs<T>(act: () => T): { made: T; graphs: ReadonlyMap<string, StepGraph> } {
  const graphs = new Map<string, StepGraph>()
  captured = graphs
  try {
    return { made: act(), graphs }
  } finally {
    captured = null
  }
}

/** Rewritten by the rules that hold on every processor; none of the nodes is special to one. */
function graphOf(recording: Recording): StepGraph {
  const outputs = [...recording.outputs]
  const named = outputs.map(([name, edge]) => identityNode(`out_${name}`, edge, []))
  const rewritten = optimize(named, { device: 'gpu', precision: 'float32' })
  return {
    inputs: [...recording.inputs].map(([name, node]) => ({ name, node })),
    outputs: outputs.flatMap(([name], i) => {
      const edge = rewritten[i]?.inputs[0]
      return edge === undefined ? [] : [{ name, edge }]
    }),
  }
}

export function compiledProgram<D extends Record<string, StepDefinition>>(
  backend: NativeBackend,
  definition: ProgramDefinition<D>,
  assemble: (steps: Record<string, Step>) => Program<D>['steps'],
  { precision, cache }: { precision: Precision; cache: ProgramCache | null },
): Program<D> {
  checkVariables(definition.variables)
  const { binding } = backend
  const clock = stopwatch()
  const variables = Object.entries(definition.variables).map(([key, variable], i): ProgramVariable => {
    const type = { dtype: DataTypes.float32, shape: variable.shape }
    return { key, variable, type, handle: variableNode(`v${i}`, type) }
  })
  const device = binding.isUsingGpuDevice() ? 'gpu' : 'cpu'
  const target = { device, precision: device === 'gpu' ? 'float32' : precision } as const
  const { graph, session } = loadedGraph(backend, definition, variables, target, clock, cache)

  const writeNames = variables.map((_, i) => writeName(i)).join()
  const readNames = variables.map((_, i) => readName(i)).join()
  /** Moves tensors that TensorFlow owns into the variables, in the variables' order. */
  const assignAll = (ids: number[]): void => {
    if (ids.length > 0) release(binding, binding.runSavedModel(session, ids, writeNames, writtenName))
  }
  const readVariables = (): Record<string, Float32Array> => {
    const values: Record<string, Float32Array> = {}
    if (variables.length === 0) return values
    const results = binding.runSavedModel(session, [], '', readNames)
    for (const [i, entry] of variables.entries()) {
      const result = results[i]
      if (result !== undefined) values[entry.key] = floats(binding, result.id)
    }
    release(binding, results)
    return values
  }
  assignAll(backend.getInputTensorIds(variables.map(({ variable }) => variable)))
  clock.lap('load')

  const steps: Record<string, Step> = {}
  for (const [name, step] of Object.entries(definition.steps)) {
    const call = graph.steps[name]
    if (call !== undefined) steps[name] = compiledStep(backend, session, name, step, call)
  }
  const counts = Object.fromEntries(Object.entries(graph.steps).map(([name, { stats }]) => [name, stats]))
  let disposed = false
  return {
    mode: 'compiled',
    notice: null,
    steps: assemble(steps),
    stats: { milliseconds: clock.laps(), bytes: graph.model.length, steps: counts },
    readVariables,
    writeVariables(values) {
      checkValues(definition.variables, values)
      const all = { ...readVariables(), ...values }
      const ids = variables.map(({ key, type }) => {
        const shape = [...type.shape]
        const borrowed = binding.createTensor(
          shape,
          type.dtype,
          all[key] ?? new Float32Array(elementCount(shape)),
        )
        // A variable must not keep memory of JavaScript: see the recorder's ownBuffer.
        const [own] = binding.executeOp(
          'DeepCopy',
          [{ name: 'T', type: binding.TF_ATTR_TYPE, value: type.dtype }],
          [borrowed],
          1,
        )
        binding.deleteTensor(borrowed)
        if (own === undefined) throw new Error('DeepCopy gave no tensor.')
        return own.id
      })
      assignAll(ids)
      for (const id of ids) binding.deleteTensor(id)
    },
    pullVariables() {
      const values = readVariables()
      for (const { key, variable } of variables) {
        const array = values[key]
        if (array !== undefined) tf.tidy(() => variable.assign(tf.tensor(array, variable.shape)))
      }
    },
    dispose() {
      if (!disposed) binding.deleteSavedModel(session)
      disposed = true
    },
  }
}

/** The program's graph in a session, from the cache where it is kept there. */
function loadedGraph(
  backend: NativeBackend,
  definition: ProgramDefinition<Record<string, StepDefinition>>,
  variables: readonly ProgramVariable[],
  options: OptimizeOptions,
  clock: Stopwatch,
  cache: ProgramCache | null,
): { graph: CompiledGraph; session: number } {
  const { binding } = backend
  // What is captured must be recorded.
  const place =
    captured === null ? cache?.place(descriptionOf(binding, definition, variables, options)) : null
  const kept = place?.find()
  if (kept && Object.keys(definition.steps).every((name) => name in kept.steps)) {
    const session = loadModel(binding, kept.model)
    clock.lap('load')
    return { graph: kept, session }
  }
  const graph = compiledGraph(backend, definition, variables, options, clock)
  const session = loadModel(binding, graph.model)
  clock.lap('load')
  place?.keep(graph)
  clock.lap('write')
  return { graph, session }
}

/** All that a graph depends on and that is known before the steps are recorded. */
function descriptionOf(
  binding: Binding,
  definition: ProgramDefinition<Record<string, StepDefinition>>,
  variables: readonly ProgramVariable[],
  options: OptimizeOptions,
): string {
  return JSON.stringify({
    library: binding.TF_Version,
    ...options,
    variables: variables.map(({ key, type }) => [key, type.shape]),
    steps: Object.entries(definition.steps).map(([name, { inputs }]) => [name, inputs]),
  })
}

function compiledGraph(
  backend: NativeBackend,
  definition: ProgramDefinition<Record<string, StepDefinition>>,
  variables: readonly ProgramVariable[],
  options: OptimizeOptions,
  clock: Stopwatch,
): CompiledGraph {
  const roots: GraphNode[] = []
  const steps: Record<string, CompiledGraph['steps'][string]> = {}
  for (const [i, [name, step]] of Object.entries(definition.steps).entries()) {
    const recording = recordTwice(backend, { name, prefix: `s${i}` }, step, variables)
    clock.lap('record')
    captured?.set(name, graphOf(recording))
    const { feeds, fetches, roots: own } = optimizedCall(`s${i}`, recording, options)
    clock.lap('optimize')
    steps[name] = { feeds, fetches, stats: stepStats(recording, own) }
    roots.push(...own)
  }
  const reads = variables.map((entry, i) =>
    identityNode(readName(i), { node: readNode(entry.handle, entry.type, []), output: 0 }, []),
  )
  const writes = variables.map((entry, i) =>
    assignNode(entry.handle, { node: placeholderNode(writeName(i), entry.type), output: 0 }, []),
  )
  roots.push(...reads, doneNode(writtenName, writes))
  // Once more for all of them together: what steps share, such as the weights of a frozen network, is there once.
  const shared = rewrite(roots, [])
  clock.lap('optimize')
  const model = encodeSavedModel(encodeGraph(shared))
  clock.lap('write')
  return { model, steps }
}

/**
 * Records a step, and once more to see that it does the same on every call: what differs was drawn or
 * counted in JavaScript and would silently become a constant.
 */
function recordTwice(
  backend: NativeBackend,
  names: { name: string; prefix: string },
  step: StepDefinition,
  variables: readonly ProgramVariable[],
): Recording {
  const digest = ({ outputs, effects }: Recording): string => {
    const results = [...outputs.values()].map((edge, i) => identityNode(`out${i}`, edge, []))
    return createHash('sha1')
      .update(encodeGraph([...results, ...effects]))
      .digest('hex')
  }
  const recording = record(backend, names, step, variables)
  if (digest(record(backend, names, step, variables, recording)) !== digest(recording)) {
    throw new Failure('graph-uncompilable', { case: 'changing', step: names.name })
  }
  return recording
}

/** The nodes that a step fetches; the first waits for the step's writes. */
function optimizedCall(prefix: string, recording: Recording, options: OptimizeOptions): OptimizedCall {
  const { effects } = recording
  const fetched = [...recording.outputs].map(([output, edge], i) => ({
    output,
    node: identityNode(`${prefix}/out${i}`, edge, i === 0 ? effects : []),
  }))
  const nodes = fetched.length > 0 ? fetched.map(({ node }) => node) : [doneNode(`${prefix}/done`, effects)]
  return {
    feeds: [...recording.inputs].map(([input, node]) => ({ input, node: nameOf(node) })),
    fetches:
      fetched.length > 0
        ? fetched.map(({ output, node }) => ({ output, node: nameOf(node) }))
        : [{ output: '', node: `${prefix}/done` }],
    roots: [...optimize(nodes, options), ...recording.inputs.values()],
  }
}

function stepStats({ operations: recorded }: Recording, roots: readonly GraphNode[]): StepStats {
  const operations: Record<string, number> = {}
  let sum = 0
  for (const node of reachableNodes(roots)) {
    operations[node.op] = (operations[node.op] ?? 0) + 1
    sum += flops(node)
  }
  return { recorded, operations, flops: sum }
}

/** A node to fetch so that others run. */
function doneNode(name: string, after: readonly GraphNode[]): GraphNode {
  return { ...constantNode({ dtype: DataTypes.bool, shape: [], values: Uint8Array.of(1) }, after), name }
}

function nameOf(node: GraphNode): string {
  if (node.name === undefined) throw new Error(`${node.op} has no name to feed or fetch it by.`)
  return node.name
}

function compiledStep(
  backend: NativeBackend,
  session: number,
  name: string,
  definition: StepDefinition,
  call: Call,
): Step {
  const { binding } = backend
  const inputNames = call.feeds.map(({ node }) => node).join()
  const outputNames = call.fetches.map(({ node }) => node).join()
  return {
    name,
    inputs: definition.inputs,
    run(values: Readonly<Record<string, InputValue>>) {
      const ids: number[] = []
      const made: number[] = []
      try {
        for (const { input } of call.feeds) {
          const signature = definition.inputs[input]
          if (signature === undefined) continue
          const value = checkedInput(name, input, signature, values[input])
          if (value instanceof tf.Tensor) {
            ids.push(...backend.getInputTensorIds([value]))
          } else {
            const dtype = DataTypes[signature.dtype ?? 'float32']
            const id = binding.createTensor([...signature.shape], dtype, value)
            made.push(id)
            ids.push(id)
          }
        }
        const results = binding.runSavedModel(session, ids, inputNames, outputNames)
        const outputs: Record<string, Float32Array> = {}
        for (const [i, { output }] of call.fetches.entries()) {
          const result = results[i]
          if (result !== undefined && output !== '') outputs[output] = floats(binding, result.id)
        }
        release(binding, results)
        return outputs
      } finally {
        for (const id of made) binding.deleteTensor(id)
      }
    },
  }
}

function floats(binding: Binding, id: number): Float32Array {
  const values = binding.tensorDataSync(id)
  if (!(values instanceof Float32Array)) throw new Error('TensorFlow gave a tensor of another type.')
  return values
}

function release(binding: Binding, tensors: readonly { id: number }[]): void {
  for (const { id } of tensors) binding.deleteTensor(id)
}

/** Loads a SavedModel as a session. @throws Failure `graph-uncompilable` */
export function loadModel(binding: Binding, model: Uint8Array): number {
  const folder = mkdtempSync(join(tmpdir(), 'fanoscope-graph-'))
  try {
    writeFileSync(join(folder, 'saved_model.pb'), model)
    return binding.loadSavedModel(folder, 'serve')
  } catch (error) {
    throw new Failure('graph-uncompilable', { case: 'refused', reason: reasonOf(error) }, { cause: error })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

type Part = 'record' | 'optimize' | 'write' | 'load'

type Stopwatch = ReturnType<typeof stopwatch>

function stopwatch() {
  const parts: Record<Part, number> = { record: 0, optimize: 0, write: 0, load: 0 }
  const start = performance.now()
  let last = start
  return {
    lap(part: Part): void {
      const now = performance.now()
      parts[part] += now - last
      last = now
    },
    laps: () => ({ ...parts, total: last - start }),
  }
}
