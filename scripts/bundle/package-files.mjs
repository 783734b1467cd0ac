/** Which files of an npm package a bundle holds: what runs, and the licence; no sources in C, no types, no maps. */
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

const notRun =
  /\.(?:map|d\.[cm]?ts|[cm]?ts|tsx|flow|gyp|gypi|cc|cpp|h|hpp|markdown|tsbuildinfo)$|(?:^|\/)(?:CHANGELOG|HISTORY)[^/]*$/i
const notRunFolder = /^(?:\.github|\.vscode|__tests__|tests?|benchmarks?|examples?|coverage)$/
export const licenceFile = /^(?:licen[cs]e|copying|notice|third[-_]party|ofl)(?:[-_.][^/]*)?$/i

/**
 * What is said of single packages, each with the reason.
 * @type {Record<string, (file: string, system: import('./systems.mjs').System) => boolean>}
 */
const rules = {
  // SQLite's own source is in the package, and a binary for every system.
  'better-sqlite3': (file, { platform, arch }) =>
    !file.startsWith('deps/') &&
    !file.startsWith('src/') &&
    (!file.startsWith('prebuilds/') || file === `prebuilds/${platform}-${arch}.node`),
  // `modbus-serial` loads it where it is, for serial lines; its binaries are of all systems, and of two C libraries.
  '@serialport/bindings-cpp': (file, { platform, arch }) =>
    !file.startsWith('src/') &&
    (!file.startsWith('prebuilds/') ||
      (isOfSystem(file.split('/')[1] ?? '', platform, arch) && !file.includes('.musl.'))),
  // The library and the binding are placed by the bundle; the rest is for building the binding.
  '@tensorflow/tfjs-node-gpu': (file) =>
    file === 'package.json' || (file.startsWith('dist/') && !/(?:_test|run_tests)\.js$/.test(file)),
  '@tensorflow/tfjs': nodeFormOnly,
  '@tensorflow/tfjs-core': nodeFormOnly,
  '@tensorflow/tfjs-layers': nodeFormOnly,
  '@tensorflow/tfjs-converter': nodeFormOnly,
  '@tensorflow/tfjs-data': nodeFormOnly,
  '@tensorflow/tfjs-backend-cpu': nodeFormOnly,
  '@tensorflow/tfjs-backend-webgl': nodeFormOnly,
  // Reports embed two weights (src/main/features/report/fonts.ts); the windows have their own copies.
  '@fontsource/noto-sans-sc': (file) =>
    !file.endsWith('.css') &&
    (!file.startsWith('files/') || /-(?:400-normal\.woff2?|500-normal\.woff)$/.test(file)),
  // tfjs names it for old browsers; its form for Node loads nothing of it.
  'core-js': (file) => file === 'package.json',
  // `build` is for web pages.
  pdfmake: (file) => !file.startsWith('build/'),
}

/**
 * @param {string} name as `node-gyp-build` has it: of one processor, or of several
 * @param {string} platform
 * @param {string} arch
 */
function isOfSystem(name, platform, arch) {
  const [system, processors = ''] = name.split('-')
  return system === platform && processors.split('+').includes(arch)
}

/**
 * Of the forms of tfjs in `dist` (for pages, for bundlers, for Node, whole or minified), the one that Node loads.
 * @param {string} file
 */
function nodeFormOnly(file) {
  return file === 'package.json' || /^dist\/tf[^/]*\.node\.js$/.test(file)
}

/**
 * @param {string} folder
 * @param {string} [below]
 * @returns {string[]} paths of files with forward slashes, links left out
 */
export function filesIn(folder, below = '') {
  return readdirSync(join(folder, below), { withFileTypes: true }).flatMap((entry) => {
    const path = below === '' ? entry.name : `${below}/${entry.name}`
    if (entry.isDirectory()) return filesIn(folder, path)
    return entry.isFile() ? [path] : []
  })
}

/**
 * @param {string} folder of the package
 * @param {string} name
 * @param {import('./systems.mjs').System} system
 * @returns {string[]} paths in the package, in their order
 */
export function packageFiles(folder, name, system) {
  const rule = rules[name] ?? (() => true)
  return listed(folder, '')
    .filter((file) => licenceFile.test(file) || (!notRun.test(file) && rule(file, system)))
    .sort()
}

/** @param {string} folder @param {string} below @returns {string[]} */
function listed(folder, below) {
  return readdirSync(join(folder, below), { withFileTypes: true }).flatMap((entry) => {
    const path = below === '' ? entry.name : `${below}/${entry.name}`
    // Packages inside have lines of their own in package-lock.json.
    if (entry.isDirectory())
      return entry.name === 'node_modules' || notRunFolder.test(entry.name) ? [] : listed(folder, path)
    return entry.isFile() ? [path] : []
  })
}

/** @param {string} folder @returns {string[]} the files with the licence of a package */
export function licenceFiles(folder) {
  return readdirSync(folder)
    .filter((name) => licenceFile.test(name) && statSync(join(folder, name)).isFile())
    .sort()
}
