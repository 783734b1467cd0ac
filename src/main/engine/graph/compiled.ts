/** A program whose steps run as TensorFlow graphs, all in one session that holds the variables. */

import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Failure, failureData } from '../../../shared/failure.ts'
import { tf } from '../tensorflow.ts'
import type { Binding, NativeBackend } from './binding.ts'
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
import { type ProgramVariable, type Recording, record } from './recorder.ts'
import { encodeGraph, encodeSavedModel, reachableNodes } from './saved-model.ts'
import { checkValues, checkVariables } from './variables.ts'

/** Distinguishes the variables of one program from those of others. */
let programs = 0

/** What a step feeds and fetches, by the names of its nodes. */
interface Call {
  readonly feeds: readonly { input: string; node: string }[]
  readonly fetches: readonly { output: string; node: string }[]
  readonly roots: readonly GraphNode[]
}

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
  precision: Precision,
): Program<D> {
  checkVariables(definition.variables)
  const { binding } = backend
  const clock = stopwatch()
  programs++
  const variables = Object.entries(definition.variables).map(([key, variable], i): ProgramVariable => {
    const type = { dtype: DataTypes.float32, shape: variable.shape }
    return { key, variable, type, handle: variableNode(`program${programs}/v${i}`, type) }
  })

  const calls = new Map<string, Call>()
  const counts: Record<string, StepStats> = {}
  for (const [i, [name, step]] of Object.entries(definition.steps).entries()) {
    const recording = recordTwice(backend, { name, prefix: `s${i}` }, step, variables)
    clock.lap('record')
    captured?.set(name, graphOf(recording))
    const device = binding.isUsingGpuDevice() ? 'gpu' : 'cpu'
    const call = optimizedCall(`s${i}`, recording, { device, precision })
    clock.lap('optimize')
    counts[name] = stepStats(recording, call)
    calls.set(name, call)
  }

  const reads = variables.map((entry, i) =>
    identityNode(`read${i}`, { node: readNode(entry.handle, entry.type, []), output: 0 }, []),
  )
  const written = variables.map((entry, i) => placeholderNode(`write${i}`, entry.type))
  const done = doneNode(
    'written',
    variables.flatMap((entry, i) => {
      const value = written[i]
      return value === undefined ? [] : [assignNode(entry.handle, { node: value, output: 0 }, [])]
    }),
  )
  const roots = [...[...calls.values()].flatMap((call) => call.roots), ...reads, done]
  const model = encodeSavedModel(encodeGraph(roots))
  clock.lap('write')
  const session = loadModel(binding, model)
  clock.lap('load')

  const writeNames = written.map(nameOf).join()
  const readNames = reads.map(nameOf).join()
  /** Moves tensors that TensorFlow owns into the variables, in the variables' order. */
  const assignAll = (ids: number[]): void => {
    if (ids.length > 0) release(binding, binding.runSavedModel(session, ids, writeNames, 'written'))
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
    const call = calls.get(name)
    if (call !== undefined) steps[name] = compiledStep(backend, session, name, step, call)
  }
  let disposed = false
  return {
    mode: 'compiled',
    notice: null,
    steps: assemble(steps),
    stats: { milliseconds: clock.laps(), bytes: model.length, steps: counts },
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
    throw new Failure(
      'graph-uncompilable',
      `The step "${names.name}" does not do the same on every call.`,
      'Pass what changes from call to call, such as random numbers or counters, as inputs of the step.',
    )
  }
  return recording
}

/** The nodes that a step fetches; the first waits for the step's writes. */
function optimizedCall(prefix: string, recording: Recording, options: OptimizeOptions): Call {
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

function stepStats({ operations: recorded }: Recording, { roots }: Call): StepStats {
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
    throw new Failure(
      'graph-uncompilable',
      `TensorFlow does not take the graph: ${failureData(error).message}`,
      'Report it with the message; until then the steps run eagerly.',
      { cause: error },
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

type Part = 'record' | 'optimize' | 'write' | 'load'

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
