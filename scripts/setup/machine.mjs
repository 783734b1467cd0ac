/** What set-up has to know about this machine. */
import { accessSync, constants, existsSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/**
 * @typedef {'linux' | 'win32' | 'darwin'} Platform
 * @typedef {'x64' | 'arm64'} Arch
 *
 * @typedef {object} Machine
 * @property {string} platform
 * @property {string} arch
 * @property {string} nodeVersion of the Node that runs set-up, without the v
 * @property {{ driver: string | null } | null} gpu an NVIDIA GPU with its driver (null: version not known)
 * @property {string | null} glibc version of the C library; null on another system or another C library
 * @property {string[]} compilerMissing programs that building the binding needs and that are not there
 * @property {boolean} python whether a Python is there
 */

/** @typedef {(path: string) => string | null} ReadText null where the file cannot be read */

/** @type {ReadText} */
function readText(path) {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}

/**
 * The full path of a program, as a shell would find it.
 * @param {string} name
 * @param {NodeJS.ProcessEnv} [env]
 * @param {string} [platform]
 * @returns {string | null}
 */
export function findProgram(name, env = process.env, platform = process.platform) {
  const endings = platform === 'win32' ? (env.PATHEXT ?? '.EXE;.CMD;.BAT').split(';') : ['']
  for (const folder of (env.PATH ?? env.Path ?? '').split(delimiter)) {
    if (folder === '') continue
    for (const ending of endings) {
      const path = join(folder, name + ending.toLowerCase())
      try {
        accessSync(path, platform === 'win32' ? constants.F_OK : constants.X_OK)
        return path
      } catch {
        // Not in this folder.
      }
    }
  }
  return null
}

/**
 * An NVIDIA GPU that programs here may use. Looks at files only, so that it costs nothing at every start.
 * @param {{ platform: string, env?: NodeJS.ProcessEnv, exists?: (path: string) => boolean, read?: ReadText }} options
 * @returns {{ driver: string | null } | null}
 */
export function detectGpu({ platform, env = process.env, exists = existsSync, read = readText }) {
  if (env.FANOSCOPE_GPU === '0') return null
  if (platform === 'win32') {
    const system = join(env.SystemRoot ?? 'C:\\Windows', 'System32')
    return exists(join(system, 'nvcuda.dll')) ? { driver: null } : null
  }
  if (platform !== 'linux') return null
  const loaded = read('/proc/driver/nvidia/version')
  if (loaded !== null && (exists('/dev/nvidiactl') || exists('/dev/nvidia0'))) {
    return { driver: /Kernel Module(?: for \S+)?\s+(\d+\.\d+(?:\.\d+)?)\s/.exec(loaded)?.[1] ?? null }
  }
  // Linux inside Windows: the driver belongs to Windows.
  if (exists('/dev/dxg') && exists('/usr/lib/wsl/lib/libcuda.so.1')) return { driver: null }
  return null
}

/** @returns {string | null} */
function detectGlibc() {
  if (process.platform !== 'linux') return null
  // The report would otherwise look up the name of every network neighbor.
  Object.assign(process.report, { excludeNetwork: true })
  const report = process.report.getReport()
  const header = typeof report === 'object' && report !== null && 'header' in report ? report.header : null
  if (typeof header !== 'object' || header === null || !('glibcVersionRuntime' in header)) return null
  return typeof header.glibcVersionRuntime === 'string' ? header.glibcVersionRuntime : null
}

/**
 * What node-gyp cannot do without. On Windows it looks for Visual Studio by itself, and the binding comes
 * ready-made there.
 * @param {string} platform
 * @param {(name: string) => string | null} [find]
 * @returns {string[]}
 */
export function missingCompiler(platform, find = findProgram) {
  if (platform === 'win32') return []
  /** @type {[string, string[]][]} */
  const needed = [
    ['a C++ compiler', ['c++', 'g++', 'clang++']],
    ['make', ['make', 'gmake']],
    ['Python', ['python3', 'python']],
  ]
  return needed
    .filter(([, programs]) => programs.every((program) => find(program) === null))
    .map(([name]) => name)
}

/** @returns {Machine} */
export function detectMachine() {
  const platform = process.platform
  return {
    platform,
    arch: process.arch,
    nodeVersion: process.versions.node,
    gpu: detectGpu({ platform }),
    glibc: detectGlibc(),
    compilerMissing: missingCompiler(platform),
    python: ['python3', 'python', 'py'].some((name) => findProgram(name) !== null),
  }
}

/**
 * Whether version `a` is at least `b`; both as in 1.2.3, missing parts count as 0.
 * @param {string} a
 * @param {string} b
 */
export function isAtLeast(a, b) {
  const left = a.split('.').map(Number)
  const right = b.split('.').map(Number)
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0)
    if (difference !== 0) return difference > 0
  }
  return true
}
