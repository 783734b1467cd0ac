/**
 * The Node that runs Fanoscope: the one that came from npm, else the one of this machine. npm scripts find
 * it first, because npm puts node_modules/.bin in front of the path.
 */
import { existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { isAtLeast } from './machine.mjs'
import { nodePackageFor, oldestNode } from './plan.mjs'
import { SetupProblem } from './problem.mjs'

/**
 * @param {import('./places.mjs').Places} places
 * @param {{ platform?: string, arch?: string }} [machine]
 * @returns {string | null}
 */
export function bundledNode(places, { platform = process.platform, arch = process.arch } = {}) {
  const name = nodePackageFor(platform, arch)
  if (name === null) return null
  const path = join(places.modules, name, 'bin', platform === 'win32' ? 'node.exe' : 'node')
  return existsSync(path) ? path : null
}

/** @param {import('./places.mjs').Places} places */
export function currentNode(places) {
  return bundledNode(places) ?? process.execPath
}

/**
 * Environment in which `node` and the packages' programs are ours.
 * @param {import('./places.mjs').Places} places
 * @param {NodeJS.ProcessEnv} [base]
 * @returns {NodeJS.ProcessEnv}
 */
export function toolEnvironment(places, base = process.env) {
  const env = { ...base }
  const key = Object.keys(env).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH'
  env[key] = [dirname(currentNode(places)), join(places.modules, '.bin'), env[key]].join(delimiter)
  return env
}

/**
 * Folder that holds include/node for building the binding; null: node-gyp has to fetch the headers.
 * @param {import('./places.mjs').Places} places
 * @returns {string | null}
 */
export function headersFolder(places) {
  const folder = dirname(dirname(currentNode(places)))
  return existsSync(join(folder, 'include', 'node', 'node_api.h')) ? folder : null
}

/** @param {import('./places.mjs').Places} places */
const linkOf = (places) => join(places.modules, '.bin', 'node')

/**
 * Whether npm scripts find a Node that runs Fanoscope, wherever it is from.
 * @param {import('./places.mjs').Places} places
 * @param {import('./plan.mjs').Plan} plan
 * @param {{ platform?: string, version?: string }} [own]
 */
export function nodeIsThere(
  places,
  plan,
  { platform = process.platform, version = process.versions.node } = {},
) {
  const isBundled = bundledNode(places) !== null
  if (plan.node.from !== 'npm') return plan.node.from === 'system' && !isBundled
  if (!isBundled) return isAtLeast(version, oldestNode)
  return platform === 'win32' || existsSync(linkOf(places))
}

/**
 * @param {import('./places.mjs').Places} places
 * @param {import('./plan.mjs').Plan} plan
 * @param {{ version?: string }} [own]
 */
export function provideNode(places, plan, { version = process.versions.node } = {}) {
  if (plan.node.from === 'nowhere') {
    const notice = plan.notices.find((candidate) => candidate.instead === 'nothing.')
    throw new SetupProblem('no-node', `${notice?.what} ${notice?.why}`, notice?.remedy ?? '')
  }
  const bundled = bundledNode(places)
  if (plan.node.from === 'system') {
    // npm brings it to a Linux without glibc too, where it does not run.
    rmSync(linkOf(places), { force: true })
    if (bundled !== null) rmSync(dirname(dirname(bundled)), { recursive: true })
    return
  }
  if (bundled !== null) {
    // npm links a package's program itself, unless the optional package came without.
    mkdirSync(dirname(linkOf(places)), { recursive: true })
    symlinkSync(bundled, linkOf(places))
    return
  }
  throw new SetupProblem(
    'no-node',
    `npm did not bring ${plan.node.package}, and the Node of this machine (${version}) is older than ${oldestNode}.`,
    'Delete node_modules and start again; or install Node 24 from nodejs.org.',
  )
}
