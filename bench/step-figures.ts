/** Every step compiled, eager, in bfloat16 and in PyTorch, in turn. */
import type { CompileOptions } from '../src/main/engine/graph/compile.ts'
import type { NetworkShape } from '../src/main/engine/networks/dcgan.ts'
import { type EngineSteps, fanoganSteps, ganomalyStep, measuredPeak, type Peak } from './engine-steps.ts'
import {
  type Contestants,
  inRow,
  inTurn,
  type Pace,
  type Ratio,
  ratio,
  type Timing,
  timing,
} from './measure.ts'
import { type PyTorch, startPyTorch } from './pytorch/contestant.ts'
import type { PythonEnvironment } from './pytorch/environment.ts'

interface StepFigures {
  /** By contestant: `float32`, `bfloat16`, `eager`, `pytorch`. */
  timings: Readonly<Record<string, Timing>>
  /** How many times as fast as PyTorch, by contestant. */
  againstPyTorch: Readonly<Record<string, Ratio>>
  againstEager: Readonly<Record<string, Ratio>>
  /** Floating point operations of the graph, and the share of the measured peak by processor time; null where not counted. */
  flops: number | null
  shareOfPeak: number | null
  operations: number | null
  /** How PyTorch was fastest, and what it could not do. */
  pytorch: { variant: string | null; skipped: Readonly<Record<string, string>> } | null
}

export interface StepsReport {
  peak: Peak
  compile: { milliseconds: number; bytes: number }
  pytorchVersion: string | null
  steps: Readonly<Record<string, StepFigures>>
  /** Milliseconds for one image, by the size of the batch. */
  scoringByBatch: readonly { batch: number; milliseconds: number; processor: number }[]
  residentBytes: { ours: number; pytorch: number | null }
}

interface StepsOptions {
  shape: NetworkShape
  batch: number
  rounds: number
  precisions: readonly CompileOptions['precision'][]
  python: PythonEnvironment | null
  threads: readonly number[]
  /** Try torch.compile too. */
  compile: boolean
  /** Names of the steps that are measured. */
  wanted: ReadonlySet<string>
  say: (text: string) => void
}

/** A photograph arrives, and nothing was done for a while. */
const onTheLine: Pace = { rest: 50 }

/** Steps that only `batch` says how large they are, as both sides call them. */
const fanogan = ['critic', 'generator', 'encoder', 'score'] as const
const one = 'score one image'
const oneInRow = 'score one image, in a row'
const ganomaly = 'ganomaly'
const byBatch = 'score by batch'

export const stepNames: readonly string[] = [...fanogan, one, oneInRow, ganomaly, byBatch]

type Ways = Readonly<Record<string, EngineSteps>>

function waysOf(options: StepsOptions, make: (compile: CompileOptions) => EngineSteps): Ways {
  const ways: Record<string, EngineSteps> = {}
  for (const precision of options.precisions) {
    if (precision !== undefined) ways[precision] = make({ mode: 'compiled', precision })
  }
  ways.eager = make({ mode: 'eager' })
  return ways
}

const disposeAll = (ways: Ways): void => {
  for (const steps of Object.values(ways)) steps.dispose()
}

export async function measureSteps(options: StepsOptions): Promise<StepsReport> {
  const { shape, batch, rounds, python, threads, compile, wanted, say } = options
  const peak = await measuredPeak(Math.max(rounds, 9))
  const pytorch = python === null ? null : await startPyTorch({ python, shape, batch, threads, compile })
  const steps: Record<string, StepFigures> = {}
  const measure = async (ways: Ways, own: string, theirs: string, name: string) => {
    if (!wanted.has(name)) return
    say(`step: ${name}`)
    const pace = name === one ? onTheLine : inRow
    steps[name] = await figuresOf(ways, { own, theirs, rounds, pace, peak, pytorch })
  }
  try {
    const ways = waysOf(options, (compile) => fanoganSteps(shape, batch, compile))
    const { compileMilliseconds = Number.NaN, bytes = Number.NaN } = ways.float32 ?? {}
    for (const name of fanogan) await measure(ways, name, name, name)
    disposeAll(ways)
    if (wanted.has(one) || wanted.has(oneInRow)) {
      const single = waysOf(options, (compile) => fanoganSteps(shape, 1, compile))
      await measure(single, 'score', 'score-1', one)
      await measure(single, 'score', 'score-1', oneInRow)
      disposeAll(single)
    }
    if (wanted.has(ganomaly)) {
      const other = waysOf(options, (compile) => ganomalyStep(shape, batch, compile))
      await measure(other, ganomaly, ganomaly, ganomaly)
      disposeAll(other)
    }
    const scoringByBatch = []
    for (const size of wanted.has(byBatch) ? [1, 4, 16, 32, 64, 128] : []) {
      const own = fanoganSteps(shape, size, { mode: 'compiled' })
      const { score = [] } = await inTurn(
        { score: (calls) => own.run('score', calls) },
        Math.max(5, rounds),
        inRow,
      )
      const { median, processor } = timing(score)
      scoringByBatch.push({ batch: size, milliseconds: median / size, processor: processor / size })
      own.dispose()
    }
    return {
      peak,
      compile: { milliseconds: compileMilliseconds, bytes },
      pytorchVersion: pytorch?.version ?? null,
      steps,
      scoringByBatch,
      residentBytes: { ours: process.memoryUsage.rss(), pytorch: (await pytorch?.memory()) ?? null },
    }
  } finally {
    pytorch?.close()
  }
}

interface Comparison {
  /** The step's name on each side. */
  own: string
  theirs: string
  rounds: number
  pace: Pace
  peak: Peak
  pytorch: PyTorch | null
}

async function figuresOf(ways: Ways, comparison: Comparison): Promise<StepFigures> {
  const { own, theirs, rounds, pace, peak, pytorch } = comparison
  const prepared = (await pytorch?.prepare(theirs, pace)) ?? null
  const contestants: Contestants = {
    ...Object.fromEntries(
      Object.entries(ways).map(([way, steps]) => [way, (calls: number) => steps.run(own, calls)]),
    ),
    ...(pytorch !== null && prepared !== null && prepared.variant !== null
      ? { pytorch: (calls: number) => pytorch.run(theirs, calls) }
      : {}),
  }
  const samples = await inTurn(contestants, rounds, pace)
  await pytorch?.forget(theirs)
  const timings = Object.fromEntries(Object.entries(samples).map(([name, list]) => [name, timing(list)]))
  const against = (other: string): Record<string, Ratio> => {
    const base = samples[other]
    const others = Object.entries(samples).filter(([name]) => name !== other)
    return base === undefined
      ? {}
      : Object.fromEntries(others.map(([name, list]) => [name, ratio(list, base)]))
  }
  const stats = ways.float32?.stats[own]
  const processor = timings.float32?.processor
  return {
    timings,
    againstPyTorch: against('pytorch'),
    againstEager: against('eager'),
    flops: stats?.flops ?? null,
    shareOfPeak: stats && processor ? stats.flops / (processor / 1000) / peak.perProcessorSecond : null,
    operations: stats ? Object.values(stats.operations).reduce((sum, count) => sum + count, 0) : null,
    pytorch: prepared,
  }
}
