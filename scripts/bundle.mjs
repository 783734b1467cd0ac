/**
 * `npm run bundle`: one archive with everything, for a computer without a network, npm, a compiler or Python.
 *
 *   npm run bundle -- --for linux-x64 [--key FILE] [--to DIR] [--tensorflow DIR] [--partial]
 *   npm run bundle -- --for win-x64 --plan [--json]
 *   npm run bundle -- --verify DIR [--public-key FILE]
 */
import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { writeTar, writeZip } from './bundle/archive.mjs'
import { layOut } from './bundle/layout.mjs'
import { provideLicences } from './bundle/library-files.mjs'
import { commitOf, providePackages, provideSampleLine } from './bundle/make.mjs'
import { formatPlan, packageFaults, planBundle } from './bundle/plan.mjs'
import { sbomOfLock } from './bundle/sbom.mjs'
import { faultsOf } from './bundle/signature.mjs'
import { isThisSystem, systemNamed, systems } from './bundle/systems.mjs'
import { mostBytes } from './installers/size-guard.mjs'
import { sha256Of } from './setup/checksum.mjs'
import { placesIn, projectRoot } from './setup/places.mjs'
import { SetupProblem } from './setup/problem.mjs'
import { createReport, duration, megabytes } from './setup/report.mjs'

const names = systems.map(({ name }) => name).join('|')
const usage = `Usage: npm run bundle -- --for ${names} [options]
  --key FILE          sign with this Ed25519 key (PEM)
  --to DIR            where the archive goes (dist)
  --tensorflow DIR    TensorFlow's library and binding of another system, brought from there
  --partial           make it without what is missing, and say so in it
  --plan              print what it would be made of, and check that; --json: as JSON
Usage: npm run bundle -- --verify DIR [--public-key FILE]
  whether an unpacked bundle is whole, and signed by that key
`
const started = Date.now()
const places = placesIn(projectRoot)
const report = createReport({
  write: (text) => process.stderr.write(text),
  live: process.stderr.isTTY === true && process.env.CI === undefined,
  columns: process.stderr.columns ?? 80,
  heading: 'Making an offline bundle',
})

/** @param {string} message @returns {never} */
function wrongUse(message) {
  process.stderr.write(`${message}\n${usage}`)
  process.exit(2)
}

function readArguments() {
  try {
    return parseArgs({
      options: {
        for: { type: 'string' },
        key: { type: 'string' },
        to: { type: 'string', default: 'dist' },
        tensorflow: { type: 'string' },
        partial: { type: 'boolean', default: false },
        plan: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        verify: { type: 'string' },
        'public-key': { type: 'string' },
      },
    }).values
  } catch (error) {
    return wrongUse(error instanceof Error ? error.message : String(error))
  }
}

/** @param {string} folder @param {string | null} publicKey */
async function verify(folder, publicKey) {
  const faults = await faultsOf(resolve(folder), publicKey)
  for (const fault of faults) process.stderr.write(`${fault}\n`)
  if (faults.length > 0) process.exitCode = 1
  else
    process.stdout.write(
      `${folder} is whole${publicKey === null ? '; its signature was not looked at' : ' and signed by this key'}.\n`,
    )
}

/**
 * @param {import('./bundle/plan.mjs').BundlePlan} plan
 * @param {boolean} isPartial whether it may lack what costs
 */
function refuseFaults({ faults, lacks, system }, isPartial) {
  const stops = isPartial ? faults : [...faults, ...lacks]
  if (stops.length === 0) return
  throw new SetupProblem(
    'bundle-incomplete',
    `the bundle for ${system.name} would not be whole.\n${stops.join('\n')}`,
    isPartial ? 'Correct what is named.' : 'Bring what is named, or add --partial.',
  )
}

/**
 * @param {import('./bundle/systems.mjs').System} system
 * @param {ReturnType<typeof readArguments>} options
 */
async function make(system, options) {
  const { commit, time, isClean } = await commitOf(places)
  if (!isClean) report.line('The project has changes that no commit has: the bundle names them as "changed".')
  if (isThisSystem(system)) await provideLicences(places, system, report)
  const plan = planBundle(places, system, { tensorflow: options.tensorflow ?? null })
  refuseFaults(plan, options.partial)
  const folderOf = await providePackages(places, system, report)
  plan.faults.push(...packageFaults(plan, folderOf))
  refuseFaults(plan, options.partial)
  const [lockSbom, sampleLine] = [await sbomOfLock(places), await provideSampleLine(places, report)]
  const keyFile = options.key ?? null
  const entries = await layOut({
    places,
    plan,
    folderOf,
    sampleLine,
    lockSbom,
    commit: isClean ? commit : `${commit} changed`,
    keyFile,
  })
  const top = `fanoscope-${plan.version}-${system.name}${plan.lacks.length > 0 ? '-partial' : ''}`
  const folder = resolve(options.to)
  const file = join(folder, `${top}.${system.archive}`)
  mkdirSync(folder, { recursive: true })
  const step = report.step(`write ${top}.${system.archive}`)
  if (system.archive === 'zip') await writeZip(entries, top, time, file)
  else await writeTar(entries, top, time, file, (done) => step.bytes(done, null))
  const { size } = statSync(file)
  step.done(megabytes(size))
  if (size > mostBytes) {
    rmSync(file)
    throw new SetupProblem(
      'bundle-too-large',
      `${file} would have ${megabytes(size)}.`,
      'Leave out what made it so large.',
    )
  }
  writeFileSync(`${file}.sha256`, `${await sha256Of(file)}  ${top}.${system.archive}\n`)
  for (const lack of plan.lacks) report.line(`Not in the bundle: ${lack}`)
  report.line(keyFile === null ? 'It is not signed: no --key was given.' : 'It is signed.')
  report.line(`Made in ${duration(Date.now() - started)}.`)
  process.stdout.write(`${file}\n`)
}

/**
 * @param {import('./bundle/systems.mjs').System} system
 * @param {ReturnType<typeof readArguments>} options
 */
function printPlan(system, options) {
  const plan = planBundle(places, system, { tensorflow: options.tensorflow ?? null })
  process.stdout.write(`${options.json ? JSON.stringify(plan, null, 2) : formatPlan(plan)}\n`)
  for (const text of [...plan.faults, ...plan.lacks]) process.stderr.write(`Missing: ${text}\n`)
  if (plan.faults.length > 0) process.exitCode = 1
}

const options = readArguments()
try {
  if (options.verify !== undefined) await verify(options.verify, options['public-key'] ?? null)
  else {
    const system = systemNamed(options.for ?? '')
    if (system === undefined) wrongUse(`--for takes one of ${names}.`)
    if (options.plan) printPlan(system, options)
    else await make(system, options)
  }
} catch (error) {
  if (!(error instanceof SetupProblem)) throw error
  report.line(`The bundle was not made: ${error.message}`)
  report.line(`What to do: ${error.remedy}`)
  process.exitCode = 1
}
