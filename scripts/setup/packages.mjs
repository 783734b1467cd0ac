/** The npm packages of package-lock.json, without their install scripts. */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { dirname, join, sep } from 'node:path'
import { lastWords, runCommand } from './command.mjs'
import { readJson, writeJson } from './json-file.mjs'
import { SetupProblem } from './problem.mjs'

/** @param {import('./places.mjs').Places} places */
function lockHash(places) {
  return createHash('sha256').update(readFileSync(places.lockfile)).digest('hex')
}

/**
 * Whether node_modules is what package-lock.json says. npm leaves `.package-lock.json` once an install is
 * complete, so after a developer's `npm install` that file is compared and nothing is installed again.
 * @param {import('./places.mjs').Places} places
 */
export function packagesAreThere(places) {
  if (!existsSync(places.modules)) return false
  const hash = lockHash(places)
  if (readJson(places.packagesStamp)?.lock === hash) return true
  const installed = readJson(join(places.modules, '.package-lock.json'))
  if (installed === null || !agrees(readJson(places.lockfile), installed)) return false
  writeJson(places.packagesStamp, { lock: hash })
  return true
}

/**
 * @typedef {{ version?: string, integrity?: string, optional?: boolean, peer?: boolean, link?: boolean }} LockedPackage
 * @typedef {{ packages?: Record<string, LockedPackage> }} Lockfile
 */

/**
 * Whether an install has every package of the lock at its version, and none that the lock does not have.
 * Optional packages may be missing: most of them are for other machines.
 * @param {Lockfile | null} lock
 * @param {Lockfile} installed
 */
export function agrees(lock, installed) {
  const wanted = lock?.packages ?? {}
  const present = installed.packages ?? {}
  for (const [path, entry] of Object.entries(present)) {
    const locked = wanted[path]
    if (locked === undefined || locked.version !== entry.version || locked.integrity !== entry.integrity) {
      return false
    }
  }
  return Object.entries(wanted).every(
    ([path, entry]) => path === '' || entry.optional === true || present[path] !== undefined,
  )
}

/**
 * npm empties node_modules first, and Windows deletes no program that is running, but renames it: the Node in
 * node_modules that runs this goes aside.
 * @param {import('./places.mjs').Places} places
 * @param {{ program?: string, platform?: string }} [running]
 * @returns {{ program: string, comeBack: () => void }} where the running Node is now; `comeBack` after a failure
 */
export function stepAside(places, { program = process.execPath, platform = process.platform } = {}) {
  if (platform !== 'win32' || !program.startsWith(places.modules + sep)) {
    return { program, comeBack() {} }
  }
  mkdirSync(places.cache, { recursive: true })
  for (const name of readdirSync(places.cache)) {
    if (/^node-\d+\.exe$/.test(name)) rmSync(join(places.cache, name), { force: true })
  }
  const aside = join(places.cache, `node-${process.pid}.exe`)
  renameSync(program, aside)
  return {
    program: aside,
    comeBack() {
      if (!existsSync(program) && existsSync(dirname(program))) renameSync(aside, program)
    },
  }
}

/**
 * npm as it was started, or the one that the shell finds.
 * @param {NodeJS.ProcessEnv} env
 * @returns {{ program: string, before: string[], shell: boolean }}
 */
export function npmCommand(env = process.env, platform = process.platform, node = process.execPath) {
  const started = env.npm_execpath
  if (started !== undefined && /npm-cli\.c?js$/.test(started)) {
    return { program: node, before: [started], shell: false }
  }
  // On Windows npm is a batch file, which only a shell runs.
  return { program: 'npm', before: [], shell: platform === 'win32' }
}

/**
 * @param {import('./places.mjs').Places} places
 * @param {import('./report.mjs').Report} report
 */
export async function installPackages(places, report) {
  const count = Object.keys(readJson(places.lockfile)?.packages ?? {}).length
  const step = report.step(`npm packages (${count} in package-lock.json)`)
  const running = stepAside(places)
  const npm = npmCommand(process.env, process.platform, running.program)
  const parameters = [
    'ci',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--progress=false',
    '--loglevel=error',
  ]
  const result = await runCommand(npm.program, [...npm.before, ...parameters], {
    cwd: places.root,
    shell: npm.shell,
    onTick: () => step.working('npm ci'),
  })
  if (!result.ok) {
    running.comeBack()
    step.fail('npm ci failed')
    throw new SetupProblem(
      'npm-ci-failed',
      `npm could not install the packages.\n${lastWords(result, 12)}`,
      'Check that the npm registry can be reached and that the disk is not full, then start again.',
    )
  }
  writeJson(places.packagesStamp, { lock: lockHash(places) })
  step.done()
}
