/**
 * Everything that Fanoscope needs, set up from a fresh clone: npm packages, Node, TensorFlow's library and
 * binding, pretrained networks, Electron, the bundles. Runs before `npm start`, `npm test` and `npm run fanoscope`, under any Node
 * from 18.18 on, with Node's built-in modules only. Says what it does on standard error; what it is, see
 * `setup/run.mjs`.
 *
 *   node scripts/setup.mjs [--for start|test|command] [--again] [--electron]
 *   node scripts/setup.mjs --dry-run [--all | --platform P --arch A --gpu|--no-gpu] [--json]
 */
import { parseArgs } from 'node:util'
import { stopCommands } from './setup/command.mjs'
import { readJson } from './setup/json-file.mjs'
import { detectMachine } from './setup/machine.mjs'
import { placesIn, projectRoot } from './setup/places.mjs'
import { formatPlan, machines, planSetup } from './setup/plan.mjs'
import { SetupProblem } from './setup/problem.mjs'
import { createReport, duration } from './setup/report.mjs'
import { runSetup } from './setup/run.mjs'

const usage = `Usage: npm run setup -- [options]
  --for start|test|command   what to set up for (start)
  --again                    try once more what could not be had last time
  --electron                 try once more to fetch Electron
  --dry-run                  print the plan and do nothing
    --platform linux|win32|darwin  --arch x64|arm64  --gpu | --no-gpu   the plan of another machine
    --all                          the plans of all machines
    --json                         the plan as JSON
FANOSCOPE_GPU=0 in the environment leaves an NVIDIA GPU alone; FANOSCOPE_BACKEND=cpu leaves out TensorFlow.
`

const started = Date.now()
const places = placesIn(projectRoot)

/** @param {string} message @returns {never} */
function wrongUse(message) {
  process.stderr.write(`${message}\n${usage}`)
  process.exit(2)
}

function readArguments() {
  try {
    return parseArgs({
      options: {
        for: { type: 'string', default: 'start' },
        again: { type: 'boolean', default: false },
        electron: { type: 'boolean', default: false },
        'dry-run': { type: 'boolean', default: false },
        all: { type: 'boolean', default: false },
        platform: { type: 'string' },
        arch: { type: 'string' },
        gpu: { type: 'boolean', default: false },
        'no-gpu': { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values
  } catch (error) {
    return wrongUse(error instanceof Error ? error.message : String(error))
  }
}

/** @param {string | undefined} value @returns {import('./setup/plan.mjs').Target} */
function readTarget(value) {
  if (value === 'start' || value === 'test' || value === 'command') return value
  return wrongUse(`--for is start, test or command, not ${value}.`)
}

/** @param {ReturnType<typeof readArguments>} values @param {import('./setup/plan.mjs').Target} target */
function printPlans(values, target) {
  const electronVersion = String(
    readJson(places.lockfile)?.packages?.['node_modules/electron']?.version ?? '',
  )
  const own = detectMachine()
  const plans = values.all
    ? machines.flatMap(({ platform, arch }) => {
        const gpus = platform === 'darwin' ? [null] : [null, { driver: null }]
        const { nodeVersion } = own
        return gpus.map((gpu) => planSetup({ platform, arch, gpu, nodeVersion, electronVersion, target }))
      })
    : [planOf(values, own, electronVersion, target)]
  if (values.json) process.stdout.write(`${JSON.stringify(values.all ? plans : plans[0], null, 2)}\n`)
  else process.stdout.write(`${plans.map(formatPlan).join('\n\n')}\n`)
}

/**
 * @param {ReturnType<typeof readArguments>} values
 * @param {import('./setup/machine.mjs').Machine} own
 * @param {string} electronVersion
 * @param {import('./setup/plan.mjs').Target} target
 */
function planOf(values, own, electronVersion, target) {
  const platform = values.platform ?? own.platform
  const arch = values.arch ?? own.arch
  if (!['linux', 'win32', 'darwin'].includes(platform)) wrongUse(`--platform does not know ${platform}.`)
  if (!['x64', 'arm64'].includes(arch)) wrongUse(`--arch does not know ${arch}.`)
  if (values.gpu && values['no-gpu']) wrongUse('--gpu and --no-gpu exclude each other.')
  const isOwn = platform === own.platform && arch === own.arch
  const gpu = values['no-gpu'] ? null : values.gpu ? { driver: null } : isOwn ? own.gpu : null
  const facts = isOwn
    ? { ...own, env: process.env }
    : // Another machine is taken for one with the usual C library and Node.
      { nodeVersion: own.nodeVersion }
  return planSetup({ ...facts, platform, arch, gpu, electronVersion, target })
}

const values = readArguments()
if (values.help) {
  process.stdout.write(usage)
  process.exit(0)
}
const target = readTarget(values.for)
if (values['dry-run']) {
  printPlans(values, target)
  process.exit(0)
}
if (
  values.platform ??
  values.arch ??
  (values.gpu || values['no-gpu'] || values.all || values.json || undefined)
) {
  wrongUse('--platform, --arch, --gpu, --no-gpu, --all and --json go with --dry-run.')
}

const report = createReport({
  write: (text) => process.stderr.write(text),
  live: process.stderr.isTTY === true && process.env.CI === undefined,
  columns: process.stderr.columns ?? 80,
  heading: 'Setting up Fanoscope (once; later starts skip this)',
})

/** @type {(() => void) | undefined} */
let release
for (const [signal, code] of /** @type {const} */ ([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
])) {
  process.on(signal, () => {
    stopCommands()
    release?.()
    report.line('Set-up was stopped. The next start goes on from here.')
    process.exit(code)
  })
}

try {
  const options = { target, again: values.again, electron: values.electron }
  await runSetup(places, options, report, {
    onLock: (give) => {
      release = give
    },
  })
  if (report.steps() > 0) report.line(`Set up in ${duration(Date.now() - started)}.`)
} catch (error) {
  if (!(error instanceof SetupProblem)) throw error
  report.line(`Set-up failed: ${error.message}`)
  report.line(`What to do: ${error.remedy}`)
  process.exitCode = 1
}
