/** TensorFlow's library and binding for a bundle, where the tfjs package looks for them, with their licences. */
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { builtBinding } from '../setup/binding.mjs'
import { isWhole } from '../setup/checksum.mjs'
import { fetchWheel, libraryIsWhole, usualFetch } from '../setup/library.mjs'
import { planSetup } from '../setup/plan.mjs'
import { isLicence, wheelFile, wheelLibraries } from '../setup/wheels.mjs'
import { extractZip } from '../setup/zip.mjs'
import { filesIn } from './package-files.mjs'
import { isThisSystem } from './systems.mjs'

/**
 * @typedef {{ path: string, source: string, link?: string }} LibraryFile path: below the tfjs package
 * @typedef {object} Library
 * @property {string} version
 * @property {LibraryFile[]} files empty where it is missing
 * @property {{ name: string, text: string }[]} texts of licences
 * @property {string} from where it was fetched
 * @property {string | null} missing why it is not here, and what to do
 */

const binding = 'lib/napi-v8/tfjs_binding.node'

/**
 * The way of set-up whose library goes into the bundle: for the processor; CUDA alone would be 4 GB.
 * @param {import('./systems.mjs').System} system
 */
export function libraryWay({ platform, arch }) {
  const [way] = planSetup({ platform, arch, gpu: null }).tensorflow
  if (way === undefined || way.way === 'javascript')
    throw new Error(`Set-up has no TensorFlow for ${platform} ${arch}.`)
  return way
}

/**
 * @param {import('../setup/places.mjs').Places} places
 * @param {import('./systems.mjs').System} system
 * @param {string | null} folder a folder `.cache/tensorflow/<name>` from a computer of that system
 * @returns {Library}
 */
export function findLibrary(places, system, folder) {
  const way = libraryWay(system)
  const from =
    way.way === 'wheel'
      ? wheelLibraries[way.library].wheels
          .map((wheel) => `${wheelFile(wheel)} (SHA-256 ${wheel.sha256})`)
          .join(', ')
      : `the installer of @tensorflow/tfjs-node-gpu (storage.googleapis.com, TensorFlow ${way.version}; it publishes no checksum)`
  const known = { version: way.version, from }
  const kept = folder ?? (isThisSystem(system) ? join(places.tensorflow, way.name) : null)
  if (kept === null) {
    return {
      ...known,
      files: [],
      texts: [],
      missing: `TensorFlow ${way.version} and its binding for ${system.name}: the binding is built or fetched on such a computer. Run "FANOSCOPE_GPU=0 npm run setup" there, bring its folder .cache/tensorflow/${way.name}${way.way === 'wheel' ? ` with its .cache/bindings/*/tfjs_binding.node inside` : ''} here, and name it by --tensorflow.`,
    }
  }
  const files = way.way === 'wheel' ? wheelFiles(places, kept, way.name, folder !== null) : keptFiles(kept)
  const complete = files.some(({ path }) => path === binding) && files.length > 1
  return {
    ...known,
    files,
    texts: licenceTexts(kept),
    missing: complete
      ? null
      : `TensorFlow ${way.version} is not whole in ${kept}: run "FANOSCOPE_GPU=0 npm run setup -- --again".`,
  }
}

/**
 * @param {import('../setup/places.mjs').Places} places
 * @param {string} kept
 * @param {string} name
 * @param {boolean} isBrought the binding is in the folder, too
 * @returns {LibraryFile[]}
 */
function wheelFiles(places, kept, name, isBrought) {
  if (!libraryIsWhole(kept)) return []
  const built = isBrought ? join(kept, 'tfjs_binding.node') : builtBinding(places, name)
  // The binding asks for these two names; the others of the folder are links to them, for the compiler.
  return [
    ...['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'].map((file) => ({
      path: `deps/lib/${file}`,
      source: join(kept, 'tensorflow', file),
    })),
    ...(existsSync(built) ? [{ path: binding, source: built }] : []),
  ]
}

/** @param {string} kept @returns {LibraryFile[]} */
function keptFiles(kept) {
  return ['deps/lib', 'lib'].flatMap((below) => {
    const folder = join(kept, below)
    if (!existsSync(folder)) return []
    return readdirSync(folder, { recursive: true, encoding: 'utf8' }).flatMap((found) => {
      const source = join(folder, found)
      const path = `${below}/${found.replaceAll('\\', '/')}`
      const status = lstatSync(source)
      if (status.isSymbolicLink()) return [{ path, source, link: readlinkSync(source) }]
      return status.isFile() ? [{ path, source }] : []
    })
  })
}

/** @param {string} kept */
function licenceTexts(kept) {
  return filesIn(kept)
    .filter((file) => isLicence(file) || /^deps\/(?:LICENSE|THIRD_PARTY)[^/]*$/.test(file))
    .sort()
    .map((file) => ({ name: file, text: readFileSync(join(kept, file), 'utf8') }))
}

/**
 * Libraries that an older set-up extracted came without the licences in their wheel.
 * @param {import('../setup/places.mjs').Places} places
 * @param {import('./systems.mjs').System} system
 * @param {import('../setup/report.mjs').Report} report
 */
export async function provideLicences(places, system, report) {
  const way = libraryWay(system)
  const kept = join(places.tensorflow, way.name)
  if (way.way !== 'wheel' || !existsSync(kept) || licenceTexts(kept).length > 0) return
  for (const wheel of wheelLibraries[way.library].wheels) {
    const file = join(places.downloads, wheelFile(wheel))
    if (!(await isWhole(file, wheel))) {
      await fetchWheel(
        await usualFetch(),
        wheel,
        places.downloads,
        report.step(`download ${wheel.project}, for its licences`),
      )
    }
    await extractZip(file, { to: kept, choose: isLicence })
  }
}
