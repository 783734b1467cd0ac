/** A program whose steps run as TensorFlow graphs, all in one session that holds the variables. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Failure, reasonOf } from '../../../shared/failure.ts'
import type { Binding, NativeBackend } from '../binding.ts'
import { tf } from '../tensorflow.ts'
import { checkedInput } from './inputs.ts'
import { DataTypes, elementCount, variableNode } from './ir.ts'
import type { OptimizeOptions } from './optimize.ts'
import type { InputValue, Precision, Program, ProgramDefinition, Step, StepDefinition } from './program.ts'
import type { CompiledGraph, ProgramCache } from './program-cache.ts'
import {
  type Call,
  compiledGraph,
  descriptionOf,
  isCapturing,
  readName,
  writeName,
  writtenName,
} from './program-graph.ts'
import type { ProgramVariable } from './recorder.ts'
import { type Stopwatch, stopwatch } from './stopwatch.ts'
import { checkValues, checkVariables } from './variables.ts'

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
        // A variable must not refer to memory of JavaScript, see the recorder's ownBuffer.
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
  // A capture needs the recording itself, so the cache is not used.
  const place = isCapturing() ? null : cache?.place(descriptionOf(binding, definition, variables, options))
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
