/**
 * The native binding of @tensorflow/tfjs-node-gpu and the library that it links to. Both live in `.cache`,
 * because `npm ci` empties node_modules; the package gets links to the library and a copy of the binding.
 */
import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { lastWords, runCommand } from './command.mjs'
import { readJson, writeJson } from './json-file.mjs'
import { currentNode, headersFolder, toolEnvironment } from './node.mjs'
import { SetupProblem } from './problem.mjs'
import { linkTree } from './tree.mjs'

/** Node-API version that the binding asks for; the package's loader looks for it in a folder of that name. */
const nodeApi = 8
const bindingFile = 'tfjs_binding.node'

/** @param {import('./places.mjs').Places} places @returns {string} */
export function tfjsVersion(places) {
  return String(readJson(join(places.tfjs, 'package.json'))?.version ?? 'missing')
}

/** @param {import('./places.mjs').Places} places */
function bindingFolder(places) {
  return join(places.tfjs, 'lib', `napi-v${nodeApi}`)
}

/**
 * Folder that keeps the binding built against a library.
 * @param {import('./places.mjs').Places} places
 * @param {string} library name of the library's folder
 */
export function builtBinding(places, library) {
  return join(
    places.bindings,
    `${tfjsVersion(places)}-${library}-${process.platform}-${process.arch}`,
    bindingFile,
  )
}

/**
 * Whether the package holds this library and binding now.
 * @param {import('./places.mjs').Places} places
 * @param {string} library
 */
export function isInstalled(places, library) {
  const stamp = readJson(places.tfjsStamp)
  return (
    stamp?.library === library &&
    stamp?.tfjs === tfjsVersion(places) &&
    existsSync(join(bindingFolder(places), bindingFile))
  )
}

/**
 * A link in the place of whatever is there, in one step where something was there.
 * @param {string} target
 * @param {string} path
 */
function replaceByLink(target, path) {
  mkdirSync(dirname(path), { recursive: true })
  const fresh = `${path}.${process.pid}.new`
  // Relative, so that the project's folder can be moved.
  symlinkSync(relative(dirname(path), target), fresh, 'dir')
  replace(fresh, path)
}

/**
 * @param {string} fresh
 * @param {string} path
 */
function replace(fresh, path) {
  try {
    renameSync(fresh, path)
  } catch {
    // A folder cannot be replaced by something that is not one; it goes aside first.
    const aside = `${path}.${process.pid}.old`
    renameSync(path, aside)
    renameSync(fresh, path)
    rmSync(aside, { recursive: true, force: true })
  }
}

/**
 * Gives the package a library that came from wheels. Its folder as a whole is linked: the libraries look for
 * CUDA's in `../nvidia` next to the folder that they are in.
 * @param {import('./places.mjs').Places} places
 * @param {string} library
 */
export function linkWheelLibrary(places, library) {
  const folder = join(places.tensorflow, library, 'tensorflow')
  for (const [name, target] of [
    ['libtensorflow.so', 'libtensorflow_cc.so.2'],
    ['libtensorflow_framework.so', 'libtensorflow_framework.so.2'],
  ]) {
    const path = join(folder, name ?? '')
    if (!existsSync(path)) symlinkSync(target ?? '', path)
  }
  const deps = join(places.tfjs, 'deps')
  replaceByLink(folder, join(deps, 'lib'))
  replaceByLink(join(folder, 'include'), join(deps, 'include'))
}

/**
 * Builds the binding against the library that the package links to now, and keeps it.
 * @param {import('./places.mjs').Places} places
 * @param {string} library
 * @param {import('./report.mjs').Step} step
 */
export async function buildBinding(places, library, step) {
  const kept = builtBinding(places, library)
  const output = `${dirname(kept)}.${process.pid}.new`
  rmSync(output, { recursive: true, force: true })
  mkdirSync(output, { recursive: true })
  const headers = headersFolder(places)
  const gyp = join(places.modules, 'node-gyp', 'bin', 'node-gyp.js')
  const configure = [
    'configure',
    ...(headers === null ? [] : [`--nodedir=${headers}`]),
    '--module_name=tfjs_binding',
    `--module_path=${output}`,
    `--napi_build_version=${nodeApi}`,
  ]
  try {
    for (const parameters of [configure, ['build']]) {
      const result = await runCommand(currentNode(places), [gyp, ...parameters], {
        cwd: places.tfjs,
        env: toolEnvironment(places),
        onTick: () => step.working(parameters[0] ?? ''),
        timeout: 15 * 60_000,
      })
      if (!result.ok) {
        throw new SetupProblem(
          'binding-build-failed',
          `building TensorFlow's binding failed.\n${lastWords(result, 12)}`,
          'Install a C++ compiler, make and Python (Debian and Ubuntu: apt install build-essential python3), then start again.',
        )
      }
    }
    rmSync(dirname(kept), { recursive: true, force: true })
    renameSync(output, dirname(kept))
  } finally {
    rmSync(output, { recursive: true, force: true })
    rmSync(join(places.tfjs, 'build'), { recursive: true, force: true })
  }
}

/**
 * Puts the kept binding where the package looks for it.
 * @param {import('./places.mjs').Places} places
 * @param {string} library
 */
export function placeBinding(places, library) {
  const folder = bindingFolder(places)
  mkdirSync(folder, { recursive: true })
  const fresh = join(folder, `${bindingFile}.${process.pid}.new`)
  copyFileSync(builtBinding(places, library), fresh)
  renameSync(fresh, join(folder, bindingFile))
}

/**
 * The same for a library and binding that the package's own installer made: both folders are kept whole.
 * @param {import('./places.mjs').Places} places
 * @param {string} library
 */
export function keepPackageLibrary(places, library) {
  const kept = join(places.tensorflow, library)
  const fresh = `${kept}.${process.pid}.new`
  rmSync(fresh, { recursive: true, force: true })
  linkTree(join(places.tfjs, 'deps'), join(fresh, 'deps'))
  linkTree(join(places.tfjs, 'lib'), join(fresh, 'lib'))
  rmSync(kept, { recursive: true, force: true })
  renameSync(fresh, kept)
}

/**
 * @param {import('./places.mjs').Places} places
 * @param {string} library
 */
export function restorePackageLibrary(places, library) {
  for (const part of ['deps', 'lib']) {
    const path = join(places.tfjs, part)
    rmSync(path, { recursive: true, force: true })
    linkTree(join(places.tensorflow, library, part), path)
  }
}

/**
 * @param {import('./places.mjs').Places} places
 * @param {string} library
 */
export function stampInstalled(places, library) {
  writeJson(places.tfjsStamp, { library, tfjs: tfjsVersion(places) })
}

/**
 * Loads the binding in a process of its own, the way the application will.
 * @param {import('./places.mjs').Places} places
 * @param {Record<string, string>} environment
 * @returns {Promise<string>} TensorFlow's version
 */
export async function tryBinding(places, environment) {
  const script = `process.stdout.write('version ' + require(${JSON.stringify(
    join(bindingFolder(places), bindingFile),
  )}).TF_Version)`
  const result = await runCommand(currentNode(places), ['--eval', script], {
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3', ...environment },
    timeout: 120_000,
  })
  const version = /version (\S+)/.exec(result.stdout)?.[1]
  if (!result.ok || version === undefined) {
    throw new SetupProblem(
      'binding-does-not-load',
      `TensorFlow's binding does not load. ${lastWords(result, 3)}`,
      'Delete .cache/tensorflow and .cache/bindings, then start again.',
    )
  }
  return version
}
