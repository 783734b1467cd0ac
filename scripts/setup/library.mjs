/**
 * A TensorFlow library out of Python wheels, in `.cache/tensorflow/<name>`: fetched, extracted and deleted
 * wheel by wheel, so that what was complete before an interruption is not done again.
 */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { isWhole } from './checksum.mjs'
import { downloadFile } from './download.mjs'
import { readJson, writeJson } from './json-file.mjs'
import { addressOfWheel } from './package-index.mjs'
import { reasonOf, SetupProblem } from './problem.mjs'
import { downloadByPip, findPip, pipHasSettings } from './python.mjs'
import { megabytes } from './report.mjs'
import { isNeeded, wheelFile, wheelLibraries } from './wheels.mjs'
import { extractZip } from './zip.mjs'

/**
 * Puts a wheel into a folder by one way or another; throws when that way is closed.
 * @typedef {(wheel: import('./wheels.mjs').Wheel, folder: string, onBytes: (done: number) => void) => Promise<void>} FetchWheel
 */

const completeFile = '.complete.json'

/**
 * Whether the library is there as it was written: each shared library with its size.
 * @param {string} folder
 */
export function libraryIsWhole(folder) {
  /** @type {{ files?: { name: string, size: number }[] } | null} */
  const complete = readJson(join(folder, completeFile))
  return (
    complete?.files?.every(({ name, size }) => {
      const path = join(folder, name)
      return existsSync(path) && statSync(path).size === size
    }) ?? false
  )
}

/** @type {FetchWheel} */
async function fetchByNode(wheel, folder, onBytes) {
  await downloadFile(await addressOfWheel(wheel), join(folder, wheelFile(wheel)), { ...wheel, onBytes })
}

/**
 * Node, which goes on where a download broke; and Python's installer where it does not get through, or where
 * this site gave that installer settings of its own (a mirror, a proxy, a certificate).
 * @param {{
 *   pip?: import('./python.mjs').Pip | null,
 *   hasSettings?: typeof pipHasSettings,
 *   byNode?: FetchWheel,
 *   byPip?: typeof downloadByPip,
 * }} [options]
 * @returns {Promise<FetchWheel>}
 */
export async function usualFetch(options = {}) {
  const { hasSettings = pipHasSettings, byNode = fetchByNode, byPip = downloadByPip } = options
  const pip = options.pip === undefined ? await findPip() : options.pip
  if (pip === null) return byNode
  /** @type {FetchWheel} */
  const throughPip = (wheel, folder, onBytes) => byPip(pip, wheel, folder, onBytes)
  if (await hasSettings(pip)) return throughPip
  return async (wheel, folder, onBytes) => {
    try {
      await byNode(wheel, folder, onBytes)
    } catch (first) {
      try {
        await throughPip(wheel, folder, onBytes)
      } catch {
        throw first
      }
    }
  }
}

/**
 * @param {import('./places.mjs').Places} places
 * @param {import('./plan.mjs').WheelWay} way
 * @param {import('./report.mjs').Report} report
 * @param {{ fetch?: FetchWheel, wheels?: import('./wheels.mjs').Wheel[], free?: (folder: string) => number }} [options]
 */
export async function provideLibrary(places, way, report, options = {}) {
  const wheels = options.wheels ?? wheelLibraries[way.library].wheels
  const folder = join(places.tensorflow, way.name)
  if (libraryIsWhole(folder)) return
  checkDisk(places, way, options.free ?? freeBytes)
  const partial = `${folder}.partial`
  /** @type {FetchWheel | undefined} */
  let fetch = options.fetch
  for (const [index, wheel] of wheels.entries()) {
    const mark = join(partial, '.extracted', `${wheelFile(wheel)}.json`)
    if (existsSync(mark)) continue
    const file = join(places.downloads, wheelFile(wheel))
    const count = wheels.length === 1 ? '' : ` (${index + 1} of ${wheels.length})`
    if (!(await isWhole(file, wheel))) {
      fetch ??= await usualFetch()
      await fetchWheel(fetch, wheel, places.downloads, report.step(`download ${wheel.project}${count}`))
    }
    const step = report.step(`extract ${wheel.project}${count}`)
    try {
      const { bytes } = await extractZip(file, {
        to: partial,
        choose: isNeeded,
        onBytes: (done, total) => step.bytes(done, total),
      })
      step.done(megabytes(bytes))
    } catch (error) {
      step.fail(reasonOf(error))
      // A wheel that is whole and cannot be extracted is not fetched a second time for nothing.
      if (error instanceof SetupProblem && error.code === 'archive-broken') rmSync(file, { force: true })
      throw error
    }
    mkdirSync(join(partial, '.extracted'), { recursive: true })
    writeFileSync(mark, '{}\n')
    rmSync(file, { force: true })
  }
  const files = sharedLibraries(partial).map((name) => ({ name, size: statSync(join(partial, name)).size }))
  writeJson(join(partial, completeFile), { version: way.version, gpu: way.gpu, files })
  rmSync(folder, { recursive: true, force: true })
  renameSync(partial, folder)
}

/**
 * Fetches a wheel and compares its checksum; what does not have it is deleted.
 * @param {FetchWheel} fetch
 * @param {import('./wheels.mjs').Wheel} wheel
 * @param {string} folder
 * @param {import('./report.mjs').Step} step
 */
export async function fetchWheel(fetch, wheel, folder, step) {
  mkdirSync(folder, { recursive: true })
  const file = join(folder, wheelFile(wheel))
  // What is there is not whole, and pip would keep it for its name.
  rmSync(file, { force: true })
  try {
    await fetch(wheel, folder, (done) => step.bytes(done, wheel.bytes))
    if (!(await isWhole(file, wheel))) {
      rmSync(file, { force: true })
      throw new SetupProblem(
        'wheel-broken',
        `${wheelFile(wheel)} did not arrive whole, or is another file: its SHA-256 is not ${wheel.sha256}.`,
        'Start again: what is complete is kept.',
      )
    }
  } catch (error) {
    step.fail(reasonOf(error))
    throw error
  }
  step.done(megabytes(wheel.bytes))
}

/** @param {string} folder */
function freeBytes(folder) {
  const { bavail, bsize } = statfsSync(folder)
  return bavail * bsize
}

/**
 * @param {import('./places.mjs').Places} places
 * @param {import('./plan.mjs').WheelWay} way
 * @param {(folder: string) => number} free
 */
function checkDisk(places, way, free) {
  const available = free(places.root)
  if (available >= way.disk) return
  throw new SetupProblem(
    'disk-full',
    `TensorFlow ${way.gpu ? 'for the GPU ' : ''}needs ${megabytes(way.disk)} of disk while it is set up, and ${megabytes(available)} are free.`,
    'Free some disk space, then start again.',
  )
}

/**
 * Shared libraries below a folder, as paths with forward slashes.
 * @param {string} folder
 * @param {string} [below]
 * @returns {string[]}
 */
function sharedLibraries(folder, below = '') {
  return readdirSync(join(folder, below), { withFileTypes: true }).flatMap((entry) => {
    const name = below === '' ? entry.name : `${below}/${entry.name}`
    if (entry.isDirectory()) return entry.name === 'include' ? [] : sharedLibraries(folder, name)
    return entry.isFile() && /\.so(\.|$)/.test(entry.name) ? [name] : []
  })
}

/**
 * Variables that a process needs to find CUDA's libraries and compiler.
 * @param {string} folder of the library
 * @returns {Record<string, string>}
 */
export function libraryEnvironment(folder) {
  const nvidia = join(folder, 'nvidia')
  if (!existsSync(nvidia)) return {}
  const libraries = readdirSync(nvidia)
    .map((name) => join(nvidia, name, 'lib'))
    .filter((path) => existsSync(path))
  return { LD_LIBRARY_PATH: libraries.join(':'), PATH: join(nvidia, 'cuda_nvcc', 'bin') }
}
