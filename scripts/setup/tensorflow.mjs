/** The TensorFlow step: tries the plan's ways in their order, and writes down what it came to. */
import { existsSync, rmSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import {
  buildBinding,
  builtBinding,
  isInstalled,
  keepPackageLibrary,
  linkWheelLibrary,
  placeBinding,
  restorePackageLibrary,
  stampInstalled,
  tryBinding,
} from './binding.mjs'
import { lastWords, runCommand } from './command.mjs'
import { request, usualLimits } from './download.mjs'
import { readJson, writeJson } from './json-file.mjs'
import { libraryEnvironment, libraryIsWhole, provideLibrary } from './library.mjs'
import { currentNode, toolEnvironment } from './node.mjs'
import { describeWay } from './plan.mjs'
import { reasonOf, SetupProblem } from './problem.mjs'
import { bytesIn } from './tree.mjs'

/**
 * @typedef {object} Outcome
 * @property {string} wanted name of the plan's first way
 * @property {string} library name of the way that worked
 * @property {string | null} version of TensorFlow; null with plain JavaScript
 * @property {boolean} gpu whether the library can use a GPU
 * @property {{ name: string, code: string, reason: string, remedy: string }[]} tried ways that did not work
 * @property {string[]} compilerMissing
 * @property {string} root the project's folder, which `environment.json` names
 * @property {string} at ISO 8601
 */

const minute = 60_000
const day = 24 * 60 * minute

/** A network may be back soon; anything else takes a person. */
const networkCodes = new Set(['unreachable', 'pip-failed', 'wheel-broken', 'wheel-not-listed'])

/**
 * Whether nothing is to do: the library is in place, or what prevented it is as it was a short while ago.
 * @param {import('./places.mjs').Places} places
 * @param {import('./plan.mjs').Plan} plan
 * @param {import('./machine.mjs').Machine} machine
 * @param {{ now?: number, again?: boolean }} [options]
 */
export function tensorflowIsReady(places, plan, machine, { now = Date.now(), again = false } = {}) {
  /** @type {Outcome | null} */
  const outcome = readJson(places.outcome)
  const wanted = plan.tensorflow[0]
  if (outcome === null || wanted === undefined || outcome.wanted !== wanted.name) return false
  if (outcome.library !== 'javascript') {
    if (outcome.root !== places.root || !isInstalled(places, outcome.library)) return false
    const way = plan.tensorflow.find((candidate) => candidate.name === outcome.library)
    if (way?.way === 'wheel' && !libraryIsWhole(join(places.tensorflow, way.name))) return false
  }
  if (outcome.library === wanted.name) return true
  if (again || outcome.compilerMissing.join() !== machine.compilerMissing.join()) return false
  const patience = outcome.tried.some(({ code }) => networkCodes.has(code)) ? 10 * minute : day
  return now - Date.parse(outcome.at) < patience
}

/**
 * @param {import('./places.mjs').Places} places
 * @param {import('./plan.mjs').Plan} plan
 * @param {import('./machine.mjs').Machine} machine
 * @param {import('./report.mjs').Report} report
 */
export async function provideTensorflow(places, plan, machine, report) {
  const wanted = plan.tensorflow[0]
  /** @type {Outcome['tried']} */
  const tried = []
  for (const way of plan.tensorflow) {
    try {
      const version = await followWay(places, way, machine, report)
      /** @type {Outcome} */
      const outcome = {
        wanted: wanted?.name ?? way.name,
        library: way.name,
        version,
        gpu: way.gpu,
        tried,
        compilerMissing: machine.compilerMissing,
        root: places.root,
        at: new Date().toISOString(),
      }
      writeJson(places.outcome, outcome)
      const first = tried[0]
      if (first !== undefined) {
        report.notice({
          what: `${wanted === undefined ? 'TensorFlow' : describeWay(wanted)} could not be set up.`,
          why: first.reason,
          instead:
            way.way === 'javascript'
              ? 'plain JavaScript: everything works, training and scoring are many times slower.'
              : describeWay(way),
          remedy: `${first.remedy} To try again at once: npm run setup -- --again`,
        })
      }
      return
    } catch (error) {
      tried.push({
        name: way.name,
        code: error instanceof SetupProblem ? error.code : 'unexpected',
        reason: reasonOf(error),
        remedy: error instanceof SetupProblem ? error.remedy : 'Start again.',
      })
    }
  }
}

/**
 * @param {import('./places.mjs').Places} places
 * @param {import('./plan.mjs').TensorflowWay} way
 * @param {import('./machine.mjs').Machine} machine
 * @param {import('./report.mjs').Report} report
 * @returns {Promise<string | null>} TensorFlow's version as its library tells it
 */
async function followWay(places, way, machine, report) {
  if (way.way === 'javascript') {
    writeEnvironment(places, {})
    return null
  }
  return way.way === 'wheel'
    ? await byWheels(places, way, machine, report)
    : await byPackage(places, way, report)
}

/**
 * @param {import('./places.mjs').Places} places
 * @param {import('./plan.mjs').WheelWay} way
 * @param {import('./machine.mjs').Machine} machine
 * @param {import('./report.mjs').Report} report
 */
async function byWheels(places, way, machine, report) {
  const kept = builtBinding(places, way.name)
  if (!existsSync(kept) && machine.compilerMissing.length > 0) {
    throw new SetupProblem(
      'compiler-missing',
      `building TensorFlow's binding needs ${machine.compilerMissing.join(' and ')}.`,
      'Install them (Debian and Ubuntu: apt install build-essential python3; Fedora: dnf install gcc-c++ make python3).',
    )
  }
  await provideLibrary(places, way, report)
  const folder = join(places.tensorflow, way.name)
  const environment = libraryEnvironment(folder)
  linkWheelLibrary(places, way.name)
  if (existsSync(kept)) {
    placeBinding(places, way.name)
    try {
      return await finish(places, way, environment)
    } catch {
      // Built on another machine: build it here.
      rmSync(kept)
      if (machine.compilerMissing.length > 0) return byWheels(places, way, machine, report)
    }
  }
  const step = report.step("build TensorFlow's binding")
  try {
    await buildBinding(places, way.name, step)
    placeBinding(places, way.name)
    const version = await finish(places, way, environment)
    step.done(`TensorFlow ${version} loads`)
    return version
  } catch (error) {
    step.fail(reasonOf(error))
    throw error
  }
}

/**
 * @param {import('./places.mjs').Places} places
 * @param {import('./plan.mjs').TensorflowWay} way
 * @param {Record<string, string>} environment
 */
async function finish(places, way, environment) {
  const version = await tryBinding(places, merged(environment))
  stampInstalled(places, way.name)
  writeEnvironment(places, environment)
  return version
}

/**
 * `environment` in front of what this process has.
 * @param {Record<string, string>} environment
 */
function merged(environment) {
  return Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [
      name,
      process.env[name] ? `${value}${delimiter}${process.env[name]}` : value,
    ]),
  )
}

/**
 * @param {import('./places.mjs').Places} places
 * @param {Record<string, string>} environment
 */
function writeEnvironment(places, environment) {
  if (Object.keys(environment).length === 0) rmSync(places.environment, { force: true })
  else writeJson(places.environment, environment)
}

/**
 * @param {import('./places.mjs').Places} places
 * @param {import('./plan.mjs').PackageWay} way
 * @param {import('./report.mjs').Report} report
 */
async function byPackage(places, way, report) {
  const kept = join(places.tensorflow, way.name)
  if (existsSync(kept)) {
    restorePackageLibrary(places, way.name)
    return await finish(places, way, {})
  }
  const step = report.step(`TensorFlow ${way.version} by tfjs-node's installer`)
  try {
    await checkPackageHost(process.env)
    const stalled = stallWatch(3 * minute)
    const folders = ['deps', 'lib', 'scripts', 'build'].map((name) => join(places.tfjs, name))
    const result = await runCommand(currentNode(places), ['scripts/install.js', way.build, 'download'], {
      cwd: places.tfjs,
      env: toolEnvironment(places),
      tick: 1000,
      onTick: () => {
        const bytes = folders.reduce((sum, folder) => sum + bytesIn(folder), 0)
        step.bytes(bytes, null)
        return stalled(bytes)
      },
    })
    if (!result.ok) {
      throw new SetupProblem(
        'installer-failed',
        `tfjs-node's installer failed. ${lastWords(result, 2)}`,
        'Check that storage.googleapis.com can be reached, then start again.',
      )
    }
    const version = await finish(places, way, {})
    keepPackageLibrary(places, way.name)
    step.done(`TensorFlow ${version} loads`)
    return version
  } catch (error) {
    step.fail(reasonOf(error))
    throw error
  }
}

/**
 * The installer itself waits for minutes where nothing answers.
 * @param {NodeJS.ProcessEnv} env
 */
async function checkPackageHost(env) {
  // It goes through a proxy, which this look would not.
  if (env.HTTPS_PROXY || env.https_proxy || env.HTTP_PROXY || env.http_proxy) return
  const host =
    env.TFJS_NODE_BASE_URI ??
    env.TFJS_NODE_CDN_STORAGE ??
    env.CDN_STORAGE ??
    'https://storage.googleapis.com/'
  const limits = { ...usualLimits, connect: 5_000 }
  try {
    const response = await request(host, { method: 'HEAD', limits })
    response.resume()
  } catch (error) {
    // Any answer will do: the host's front page may well be refused.
    if (!/ answered \d/.test(reasonOf(error))) throw error
  }
}

/**
 * @param {number} patience ms without a change
 * @returns {(value: number) => string | undefined} why to stop
 */
export function stallWatch(patience, now = Date.now) {
  let last = -1
  let since = now()
  return (value) => {
    if (value !== last) {
      last = value
      since = now()
    }
    return now() - since > patience ? `nothing came for ${Math.round(patience / 1000)} s` : undefined
  }
}
