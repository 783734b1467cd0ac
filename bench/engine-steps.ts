/** The engine's own steps as contestants: f-AnoGAN's and GANomaly's, compiled or eager. */
import {
  type CompileOptions,
  compile,
  compileAll,
  compilingWith,
  type Step,
} from '../src/main/engine/graph/compile.ts'
import type { StepStats } from '../src/main/engine/graph/program.ts'
import type { NetworkShape } from '../src/main/engine/networks/dcgan.ts'
import { disposeWeights } from '../src/main/engine/networks/stored-weights.ts'
import { createGanomalyWeights } from '../src/main/engine/systems/ganomaly/networks.ts'
import { createGanomalySteps } from '../src/main/engine/systems/ganomaly/steps.ts'
import { tf } from '../src/main/engine/tensorflow.ts'
import { ganomalyConfigSchema } from '../src/main/model/systems/ganomaly/config.ts'
import { createRandom } from '../src/main/platform/random.ts'
import { inRow, inTurn, type Sample, timed, timing } from './measure.ts'
import { fanoganInputs, fanoganPrograms } from './steps.ts'

export interface EngineSteps {
  /** So many calls in a row; what one of them took on average. */
  run(step: string, calls: number): Sample
  /** Operations that remain of a step, and its floating point operations. */
  stats: Readonly<Record<string, StepStats>>
  /** Milliseconds to compile all graphs of f-AnoGAN. */
  compileMilliseconds: number
  /** Bytes of these graphs. */
  bytes: number
  dispose(): void
}

/** f-AnoGAN's steps `critic`, `generator`, `encoder` and `score` for one size of batch. */
export function fanoganSteps(shape: NetworkShape, batch: number, options: CompileOptions): EngineSteps {
  const { gan, encoding, scoring, dispose } = fanoganPrograms(shape, batch, { trained: true })
  const start = performance.now()
  const programs = [
    compileAll(gan, options),
    compileAll(encoding, options),
    compileAll(scoring, options),
  ] as const
  const compileMilliseconds = performance.now() - start
  const steps: Record<string, Step> = Object.assign({}, ...programs.map((program) => program.steps))
  const inputs = fanoganInputs(shape, batch, 1)
  return {
    run: (step, calls) => timed(() => void steps[step]?.run(inputs), calls),
    stats: Object.assign({}, ...programs.map((program) => program.stats.steps)),
    compileMilliseconds,
    bytes: programs.reduce((sum, program) => sum + program.stats.bytes, 0),
    dispose() {
      for (const program of programs) program.dispose()
      dispose()
    },
  }
}

/** GANomaly's training step, `ganomaly`. */
export function ganomalyStep(shape: NetworkShape, batch: number, options: CompileOptions): EngineSteps {
  const config = ganomalyConfigSchema.parse({ ...shape, batch })
  const weights = createGanomalyWeights(config, createRandom(1))
  const start = performance.now()
  const { program, dispose } = compilingWith(options, () => createGanomalySteps(config, weights))
  const compileMilliseconds = performance.now() - start
  const { x } = fanoganInputs(shape, batch, 1)
  return {
    run: (_, calls) => timed(() => void program.steps.train.run({ x, rate: 2e-4 }), calls),
    stats: program.stats.steps.train ? { ganomaly: program.stats.steps.train } : {},
    compileMilliseconds,
    bytes: program.stats.bytes,
    dispose() {
      dispose()
      disposeWeights(...Object.values(weights))
    },
  }
}

/** Floating point operations of a large float32 matrix product in this process. */
export interface Peak {
  /** In a second, all cores together. */
  perSecond: number
  /** In a second of processor time, which other programs on the machine do not disturb. */
  perProcessorSecond: number
}

export async function measuredPeak(rounds: number): Promise<Peak> {
  const side = 2048
  const matrix = createRandom(1).fillNormal(new Float32Array(side * side))
  const product = compile({
    variables: {},
    inputs: { a: { shape: [side, side] } },
    step: ({ a }) => ({ y: tf.sum(tf.matMul(a.as2D(side, side), a.as2D(side, side))) }),
  })
  const { product: samples = [] } = await inTurn(
    { product: (calls) => timed(() => void product.run({ a: matrix }), calls) },
    rounds,
    inRow,
  )
  product.dispose()
  const flops = 2 * side ** 3
  // The fastest: a disturbance only ever makes it slower.
  const fastest = Math.min(...samples.map(({ wall }) => wall))
  return {
    perSecond: flops / (fastest / 1000),
    perProcessorSecond: flops / (timing(samples).processor / 1000),
  }
}
