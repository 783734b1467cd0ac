/**
 * The Node that runs Fanoscope: the one that came from npm, else the one of this machine. npm scripts find
 * it first, because npm puts node_modules/.bin in front of the path.
 */
import { existsSync, mkdirSync, symlinkSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
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

/**
 * @param {import('./places.mjs').Places} places
 * @param {import('./plan.mjs').Plan} plan
 */
export function checkNode(places, plan) {
  if (plan.node.from === 'nowhere') {
    const notice = plan.notices.find((candidate) => candidate.instead === 'nothing.')
    throw new SetupProblem('no-node', `${notice?.what} ${notice?.why}`, notice?.remedy ?? '')
  }
  if (plan.node.from === 'system') return
  const bundled = bundledNode(places)
  if (bundled !== null) {
    linkNode(places, bundled)
    return
  }
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const [oldestMajor = 0, oldestMinor = 0] = oldestNode.split('.').map(Number)
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return
  throw new SetupProblem(
    'no-node',
    `npm did not bring ${plan.node.package}, and the Node of this machine (${process.versions.node}) is older than ${oldestNode}.`,
    'Delete node_modules and start again; or install Node 24 from nodejs.org.',
  )
}

/**
 * npm links a package's program itself; where an optional package came without, do it here.
 * @param {import('./places.mjs').Places} places
 * @param {string} bundled
 */
function linkNode(places, bundled) {
  const bin = join(places.modules, '.bin')
  if (process.platform === 'win32' || existsSync(join(bin, 'node'))) return
  mkdirSync(bin, { recursive: true })
  symlinkSync(bundled, join(bin, 'node'))
}
