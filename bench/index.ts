/**
 * How fast the engine is, and against what: `npm run -s bench -- --help` tells the options. Progress goes to
 * standard error; the report, or with --json one document, to standard output.
 */

import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { hasBfloat16 } from '../src/main/engine/graph/bfloat16.ts'
import type { CompileOptions } from '../src/main/engine/graph/compile.ts'
import { provider } from '../src/main/engine/tensorflow.ts'
import { engineEnvironment } from '../src/main/engine-host/environment.ts'
import { processor } from '../src/main/features/doctor/processor.ts'
import { fanoganConfigSchema } from '../src/main/model/systems/fanogan/config.ts'
import { applicationRoot } from '../src/main/platform/application-root.ts'
import { askProgram } from '../src/main/platform/outside-program.ts'
import { writeFigures } from './charts.ts'
import { measureGrowth } from './growth.ts'
import { measurePipeline } from './pipeline.ts'
import { type PythonEnvironment, pythonEnvironment } from './pytorch/environment.ts'
import { joinedReport, printedReport, type Report, reportText } from './report.ts'
import { measureStability } from './stability.ts'
import { measureSteps, stepNames } from './step-figures.ts'
import { measureTraining } from './training.ts'

const parts = ['steps', 'growth', 'pipeline', 'training', 'stability'] as const

const help = `npm run -s bench -- [options]

  --only PARTS        some of ${parts.join(', ')} (default: all)
  --steps STEPS       some of ${stepNames.join(', ')} (default: all)
  --add FILES         what was printed with --json before, of the same networks: parts that are not measured now
  --json              one JSON document on standard output
  --charts            draw docs/images/performance-*.svg and fill in docs/performance.md
  --no-pytorch        leave PyTorch out; else it is fetched at the first use
  --no-torch-compile  leave torch.compile out, which takes minutes to compile
  --rounds N          rounds of each comparison (15)
  --size N --width N --latent N --batch N   the networks (64, 32, 128, 64)
  --threads LIST      numbers of threads that PyTorch may choose from (1 and all)
  --photographs N     for the pipeline (1000)
  --side N            of a photograph (256)
  --training-steps N  of each stage in the comparison of trainings; "preset" for all of them (200)
  --stability-steps N critic steps over which resident memory is watched (300; the issue's 10000 take a while)
`

const { values } = parseArgs({
  allowNegative: true,
  options: {
    help: { type: 'boolean', default: false },
    only: { type: 'string', default: parts.join() },
    steps: { type: 'string', default: stepNames.join() },
    add: { type: 'string', default: '' },
    json: { type: 'boolean', default: false },
    charts: { type: 'boolean', default: false },
    pytorch: { type: 'boolean', default: true },
    'torch-compile': { type: 'boolean', default: true },
    rounds: { type: 'string', default: '15' },
    size: { type: 'string', default: '64' },
    width: { type: 'string', default: '32' },
    latent: { type: 'string', default: '128' },
    batch: { type: 'string', default: '64' },
    threads: { type: 'string', default: [...new Set([1, availableParallelism()])].join() },
    photographs: { type: 'string', default: '1000' },
    side: { type: 'string', default: '256' },
    'training-steps': { type: 'string', default: '200' },
    'stability-steps': { type: 'string', default: '300' },
  },
})

const say = (text: string): void => void process.stderr.write(`${text}\n`)

async function main(): Promise<void> {
  if (values.help) {
    process.stdout.write(help)
    return
  }
  const wanted = new Set(values.only.split(','))
  const rounds = Number(values.rounds)
  const batch = Number(values.batch)
  const { size } = fanoganConfigSchema.pick({ size: true }).parse({ size: Number(values.size) })
  const shape = { size, channels: 1, width: Number(values.width), latent: Number(values.latent) }
  const threads = values.threads.split(',').map(Number)
  const compares = ['steps', 'training'].some((part) => wanted.has(part))
  const python: PythonEnvironment | null = values.pytorch && compares ? await pythonEnvironment(say) : null
  const precisions: CompileOptions['precision'][] = hasBfloat16() ? ['float32', 'bfloat16'] : ['float32']
  const { model } = await processor(askProgram)
  const measured: Report = {
    date: new Date().toISOString(),
    machine: { processor: model, cores: availableParallelism() },
    tensorflow: { version: provider.version, gpu: provider.gpu },
    networks: { ...shape, batch },
    rounds,
    steps: null,
    growth: null,
    pipeline: null,
    training: null,
    stability: null,
  }
  if (wanted.has('steps')) {
    const compile = values['torch-compile']
    const only = new Set(values.steps.split(','))
    const options = { shape, batch, rounds, precisions, python, threads, compile, wanted: only, say }
    measured.steps = await measureSteps(options)
  }
  if (wanted.has('growth')) measured.growth = await measureGrowth({ shape, batch, say })
  if (wanted.has('pipeline')) {
    const photographs = Number(values.photographs)
    measured.pipeline = []
    for (const count of [...new Set([Math.ceil(photographs / 10), photographs])]) {
      say(`pipeline: ${count} photographs`)
      const options = { photographs: count, side: Number(values.side), width: shape.width, rounds: 3 }
      measured.pipeline.push(await measurePipeline(options))
    }
  }
  if (wanted.has('training')) {
    say('training with the preset "quick"')
    const steps = values['training-steps'] === 'preset' ? null : Number(values['training-steps'])
    measured.training = await measureTraining({ steps, threads: Math.max(...threads), python })
  }
  if (wanted.has('stability')) {
    measured.stability = measureStability({ shape, batch, steps: Number(values['stability-steps']), say })
  }
  const before = values.add.split(',').filter((file) => file !== '')
  const report = [
    ...before.map((file) => printedReport.parse(JSON.parse(readFileSync(file, 'utf8')))),
    measured,
  ].reduce(joinedReport)
  if (values.charts) writeFigures(report)
  process.stdout.write(values.json ? `${JSON.stringify(report, null, 2)}\n` : reportText(report))
}

/** Memory as the engine's process has it, which is settled at its start; PyTorch's process has it from here. */
const environment = engineEnvironment(applicationRoot(), process.env)
if (environment.GLIBC_TUNABLES === process.env.GLIBC_TUNABLES) await main()
else {
  const again = [...process.execArgv, ...process.argv.slice(1)]
  process.exitCode = spawnSync(process.execPath, again, { env: environment, stdio: 'inherit' }).status ?? 1
}
