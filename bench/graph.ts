/**
 * Measures the compiled steps of f-AnoGAN against the same steps run eagerly, alternately, in one process:
 *
 *     node bench/graph.ts [--json] [--rounds 15] [--size 64] [--width 32] [--latent 128] [--batch 64]
 *
 * Milliseconds are medians of wall clock time with the quartiles, and processor time of all threads. The
 * peak is what a 2048 x 2048 float32 matrix product reaches in the same process.
 */
import { parseArgs } from 'node:util'
import { compile, compileAll, type Step } from '../src/main/engine/graph/compile.ts'
import { provider, tf } from '../src/main/engine/tensorflow.ts'
import { createRandom } from '../src/main/random.ts'
import { fanoganInputs, fanoganPrograms } from './steps.ts'

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '15' },
    size: { type: 'string', default: '64' },
    width: { type: 'string', default: '32' },
    latent: { type: 'string', default: '128' },
    batch: { type: 'string', default: '64' },
  },
})
const rounds = Number(options.rounds)
const batch = Number(options.batch)
const shape = {
  size: Number(options.size),
  channels: 1,
  width: Number(options.width),
  latent: Number(options.latent),
}

interface Timing {
  median: number
  low: number
  high: number
  processor: number
}

const quantile = (sorted: readonly number[], q: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN

/** Runs every contestant in each round, so that a disturbance of the machine meets all of them. */
function measure(contestants: Readonly<Record<string, () => void>>): Record<string, Timing> {
  const samples = new Map(Object.keys(contestants).map((name) => [name, { wall: [0], processor: [0] }]))
  for (const run of Object.values(contestants)) run()
  for (const sample of samples.values()) {
    sample.wall.pop()
    sample.processor.pop()
  }
  for (let round = 0; round < rounds; round++) {
    for (const [name, run] of Object.entries(contestants)) {
      const before = process.cpuUsage()
      const start = performance.now()
      run()
      samples.get(name)?.wall.push(performance.now() - start)
      const { user, system } = process.cpuUsage(before)
      samples.get(name)?.processor.push((user + system) / 1000)
    }
  }
  const timings: Record<string, Timing> = {}
  for (const [name, { wall, processor }] of samples) {
    const sorted = wall.sort((a, b) => a - b)
    timings[name] = {
      median: quantile(sorted, 0.5),
      low: quantile(sorted, 0.25),
      high: quantile(sorted, 0.75),
      processor: quantile(
        processor.sort((a, b) => a - b),
        0.5,
      ),
    }
  }
  return timings
}

/** Floating point operations a second of a large matrix product. */
function measuredPeak(): number {
  const side = 2048
  const matrix = createRandom(1).fillNormal(new Float32Array(side * side))
  const product = compile(
    {
      variables: {},
      inputs: { a: { shape: [side, side] } },
      step: ({ a }) => ({ y: tf.sum(tf.matMul(a.as2D(side, side), a.as2D(side, side))) }),
    },
    { mode: 'auto' },
  )
  const { product: timing } = measure({ product: () => void product.run({ a: matrix }) })
  product.dispose()
  return timing === undefined ? Number.NaN : (2 * side ** 3) / (timing.median / 1000)
}

function programs(mode: 'compiled' | 'eager', sizeOfBatch: number) {
  const { gan, encoding, scoring, dispose } = fanoganPrograms(shape, sizeOfBatch)
  const start = performance.now()
  const all = [
    compileAll(gan, { mode }),
    compileAll(encoding, { mode }),
    compileAll(scoring, { mode }),
  ] as const
  const milliseconds = performance.now() - start
  const steps: Record<string, Step> = { ...all[0].steps, ...all[1].steps, ...all[2].steps }
  const inputs = fanoganInputs(shape, sizeOfBatch, 1)
  const first = performance.now()
  for (const step of Object.values(steps)) step.run(inputs)
  return {
    steps,
    inputs,
    milliseconds,
    firstRuns: performance.now() - first,
    stats: Object.assign({}, ...all.map((program) => program.stats.steps)),
    parts: all.map((program) => program.stats.milliseconds),
    bytes: all.reduce((sum, program) => sum + program.stats.bytes, 0),
    dispose() {
      for (const program of all) program.dispose()
      dispose()
    },
  }
}

const round = (value: number, digits = 1): number => Number(value.toFixed(digits))

const peak = measuredPeak()
const compiled = programs('compiled', batch)
const eager = programs('eager', batch)
const results: Record<string, unknown> = {}
for (const name of ['critic', 'generator', 'encoder', 'score']) {
  const timings = measure({
    compiled: () => void compiled.steps[name]?.run(compiled.inputs),
    eager: () => void eager.steps[name]?.run(eager.inputs),
  })
  const flops = Number(compiled.stats[name]?.flops)
  const ours = timings.compiled?.median ?? Number.NaN
  results[name] = {
    ...timings,
    speedup: (timings.eager?.median ?? Number.NaN) / ours,
    gigaflop: flops / 1e9,
    shareOfPeak: flops / (ours / 1000) / peak,
  }
}
compiled.dispose()
eager.dispose()
const single = { compiled: programs('compiled', 1), eager: programs('eager', 1) }
results['score one image'] = measure({
  compiled: () => void single.compiled.steps.score?.run(single.compiled.inputs),
  eager: () => void single.eager.steps.score?.run(single.eager.inputs),
})
const report = {
  provider,
  shape,
  batch,
  rounds,
  peakGigaflopsPerSecond: peak / 1e9,
  compileMilliseconds: {
    compile: compiled.milliseconds,
    parts: compiled.parts,
    firstRuns: compiled.firstRuns,
  },
  bytes: compiled.bytes,
  steps: results,
  residentMegabytes: process.memoryUsage.rss() / 2 ** 20,
}
if (options.json) {
  process.stdout.write(`${JSON.stringify(report, null, 2)}\n`)
} else {
  const lines = Object.entries(results).map(([name, timings]) => {
    const { compiled, eager, shareOfPeak } = Object(timings)
    const cell = (timing: Timing) =>
      `${round(timing.median)} (${round(timing.low)}-${round(timing.high)}), processor ${round(timing.processor)}`
    const share = shareOfPeak === undefined ? '' : `, ${round(100 * shareOfPeak)} % of the peak`
    return `${name}: compiled ${cell(compiled)}; eager ${cell(eager)}; ${round(eager.median / compiled.median, 2)}x${share}`
  })
  process.stdout.write(
    [
      `TensorFlow ${provider.version}, ${provider.gpu ? 'GPU' : 'CPU'}; peak ${round(peak / 1e9)} GFLOP/s`,
      `compile ${round(compiled.milliseconds, 0)} ms, first runs ${round(compiled.firstRuns, 0)} ms, graph ${round(compiled.bytes / 2 ** 20)} MiB`,
      ...lines,
      `resident ${round(report.residentMegabytes, 0)} MiB`,
      '',
    ].join('\n'),
  )
}
