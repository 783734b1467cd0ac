/** From the steps of a program to one TensorFlow graph: each is recorded and optimized, and all of them are put together. */
import { createHash } from 'node:crypto'
import { Failure } from '../../../shared/failure.ts'
import type { Binding, NativeBackend } from '../binding.ts'
import { flops } from './flops.ts'
import {
  assignNode,
  constantNode,
  DataTypes,
  type Edge,
  type GraphNode,
  identityNode,
  placeholderNode,
  readNode,
} from './ir.ts'
import { type OptimizeOptions, optimize } from './optimize.ts'
import type { ProgramDefinition, StepDefinition, StepStats } from './program.ts'
import type { CompiledGraph } from './program-cache.ts'
import { type ProgramVariable, type Recording, record, sampleSides } from './recorder.ts'
import { rewrite } from './rewrite.ts'
import { encodeGraph, encodeSavedModel, reachableNodes } from './saved-model.ts'
import type { Stopwatch } from './stopwatch.ts'

/** What a step feeds and fetches, by the names of its nodes. */
export type Call = Pick<CompiledGraph['steps'][string], 'feeds' | 'fetches'>

type OptimizedCall = Call & { readonly roots: readonly GraphNode[] }

/** The nodes that read and write the variables from outside, by the variable's place. */
export const readName = (i: number): string => `read${i}`
export const writeName = (i: number): string => `write${i}`
export const writtenName = 'written'

/** A step as a graph of its own, as an export takes it; weights are constants in it. */
export interface StepGraph {
  readonly inputs: readonly { readonly name: string; readonly node: GraphNode }[]
  readonly outputs: readonly { readonly name: string; readonly edge: Edge }[]
}

let captured: Map<string, StepGraph> | null = null

/** Whether graphs are captured at the moment. Then each step has to be recorded, even if its graph is in a cache. */
export const isCapturing = (): boolean => captured !== null

/**
 * The graphs of the steps that are compiled while `act` runs, by name. They hold all weights, so they should not be
 * kept for long.
 */
export function capturingGraphs<T>(act: () => T): { made: T; graphs: ReadonlyMap<string, StepGraph> } {
  const graphs = new Map<string, StepGraph>()
  captured = graphs
  try {
    return { made: act(), graphs }
  } finally {
    captured = null
  }
}

/** A recording as a graph, rewritten only by rules that hold on every processor. */
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

/** All that a graph depends on and that is known before the steps are recorded. */
export function descriptionOf(
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

/** The graph of all steps, with nodes by which the variables are read and written from outside. */
export function compiledGraph(
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
  // The steps are rewritten again together, so that what they share, such as the weights of a frozen network, is in
  // the graph only once.
  const shared = rewrite(roots, [])
  clock.lap('optimize')
  const model = encodeSavedModel(encodeGraph(shared))
  clock.lap('write')
  return { model, steps }
}

/**
 * Records a step twice and compares. Something that differs was drawn or counted in JavaScript, or computed from the
 * length of a side that may have any, and would silently become a constant of the graph.
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
  const [side, otherSide] = sampleSides
  const before = record(backend, names, step, variables, { side })
  const again = record(backend, names, step, variables, { before, side: otherSide })
  if (digest(again) !== digest(before)) {
    throw new Failure('graph-uncompilable', { case: 'changing', step: names.name })
  }
  return before
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

/** A node that is fetched so that other nodes run. */
function doneNode(name: string, after: readonly GraphNode[]): GraphNode {
  return { ...constantNode({ dtype: DataTypes.bool, shape: [], values: Uint8Array.of(1) }, after), name }
}

function nameOf(node: GraphNode): string {
  if (node.name === undefined) throw new Error(`${node.op} has no name to feed or fetch it by.`)
  return node.name
}
