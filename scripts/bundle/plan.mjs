/**
 * What the bundle of a system is made of, from where, with which checksum, and what is missing: known from
 * package-lock.json and the plan of set-up alone, so that it can be printed and checked on any machine.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readJson } from '../setup/json-file.mjs'
import { formatOfFile } from './binary-format.mjs'
import { findLibrary } from './library-files.mjs'
import { forbidden, partOf } from './licences.mjs'
import { importedPackages, lockedPackage, packagesFor } from './locked-packages.mjs'
import { packageFiles } from './package-files.mjs'

/**
 * @typedef {object} BundlePlan
 * @property {import('./systems.mjs').System} system
 * @property {string} version of Fanoscope
 * @property {import('./locked-packages.mjs').LockedPackage[]} packages that are shipped as they are
 * @property {import('./locked-packages.mjs').LockedPackage[]} inlined packages that became part of the windows
 * @property {import('./library-files.mjs').Library} library
 * @property {string[]} backbones files
 * @property {string[]} faults what keeps the bundle from working on that system
 * @property {string[]} lacks what it could work without, at a cost
 */

/**
 * @param {import('../setup/places.mjs').Places} places
 * @param {import('./systems.mjs').System} system
 * @param {{ tensorflow: string | null }} options
 * @returns {BundlePlan}
 */
export function planBundle(places, system, { tensorflow }) {
  /** @type {import('./locked-packages.mjs').LockEntries} */
  const entries = readJson(places.lockfile)?.packages ?? {}
  const { packages, missing } = packagesFor(
    entries,
    [...importedPackages(join(places.out, 'main')), system.nodePackage],
    system,
  )
  const library = findLibrary(places, system, tensorflow)
  /** @type {Record<string, unknown>} */
  const known = readJson(places.backboneRegistry) ?? {}
  const names = Object.keys(known).map((name) => `${name}.safetensors`)
  const backbones = names.filter((name) => existsSync(join(places.backbones, name)))
  return {
    system,
    version: String(readJson(join(places.root, 'package.json'))?.version),
    packages,
    inlined: inlinedPackages(places, entries),
    library,
    backbones,
    faults: [
      ...missing.map((name) => `package-lock.json has no ${name} for ${system.name}.`),
      ...nativeFaults(packages, system),
      ...packages.filter(({ integrity }) => integrity === '').map(({ name }) => `${name} has no checksum.`),
    ],
    lacks: [
      ...(library.missing === null ? [] : [library.missing]),
      ...names
        .filter((name) => !backbones.includes(name))
        .map(
          (name) =>
            `The pretrained network ${name}: run "npm run setup -- --again" where there is a network.`,
        ),
    ],
  }
}

/**
 * @param {import('../setup/places.mjs').Places} places
 * @param {import('./locked-packages.mjs').LockEntries} entries
 */
function inlinedPackages(places, entries) {
  const paths = ['preload', 'windows'].flatMap((part) => {
    /** @type {string[]} */
    const listed = JSON.parse(readFileSync(join(places.out, `packages-of-${part}.json`), 'utf8'))
    return listed
  })
  return [...new Set(paths)].sort().map((path) => lockedPackage(path, entries[path] ?? {}))
}

/**
 * @param {readonly import('./locked-packages.mjs').LockedPackage[]} packages
 * @param {import('./systems.mjs').System} system
 */
function nativeFaults(packages, { name: system, platform, arch, nodePackage }) {
  const names = new Set(packages.map(({ name }) => name))
  const wanted = [nodePackage, 'better-sqlite3', `@img/sharp-${platform}-${arch}`]
  // On Windows the library is in the same package.
  if (platform !== 'win32') wanted.push(`@img/sharp-libvips-${platform}-${arch}`)
  return wanted
    .filter((name) => !names.has(name))
    .map((name) => `package-lock.json has no ${name} for ${system}.`)
}

/**
 * Looks at the packages themselves, once they are here: programs for another system, licences that forbid shipping.
 * @param {BundlePlan} plan
 * @param {(locked: import('./locked-packages.mjs').LockedPackage) => string} folderOf
 * @returns {string[]} what is wrong
 */
export function packageFaults(plan, folderOf) {
  const { system } = plan
  const faults = plan.packages.flatMap((locked) => {
    const folder = folderOf(locked)
    if (!existsSync(folder)) return [`${locked.path} was not fetched.`]
    // One of the packages that carry Node writes its version with the letter of Node's own.
    const installed = String(readJson(join(folder, 'package.json'))?.version).replace(/^v/, '')
    if (installed !== locked.version)
      return [`${locked.path} is version ${installed}, not ${locked.version}.`]
    return packageFiles(folder, locked.name, system)
      .filter((file) => /(?:\.node|\.so[.\d]*|\.dll|\.dylib|\.exe|bin\/node)$/.test(file))
      .filter((file) => {
        const found = formatOfFile(join(folder, file))
        return found !== null && (found.format !== system.format || found.arch !== system.arch)
      })
      .map((file) => `${locked.path}/${file} is for another system.`)
  })
  const natives = plan.packages.filter(({ name }) => name === 'better-sqlite3')
  const binary = `prebuilds/${system.platform}-${system.arch}.node`
  for (const locked of natives)
    if (!existsSync(join(folderOf(locked), binary))) faults.push(`${locked.path} has no ${binary}.`)
  const parts = [...plan.packages, ...plan.inlined].map((locked) => partOf(locked, folderOf(locked)))
  return [...faults, ...forbidden(parts).map((part) => `Its licence does not allow to ship ${part}`)]
}

/** @param {BundlePlan} plan */
export function formatPlan(plan) {
  const { system, version, packages, inlined, library, backbones } = plan
  return [
    `Fanoscope ${version} for ${system.name} (${system.archive})`,
    `${packages.length} npm packages, each checked by npm:`,
    ...packages.map(
      ({ path, version, licence, address, integrity }) =>
        `  ${path} ${version} ${licence}\n    ${address}\n    ${integrity}`,
    ),
    `In the windows: ${inlined.map(({ name, version }) => `${name} ${version}`).join(', ')}`,
    `TensorFlow ${library.version} from ${library.from}${library.missing === null ? '' : ' (missing)'}`,
    ...library.files.map(({ path }) => `  ${path}`),
    `Pretrained networks: ${backbones.join(', ') || 'none'}`,
  ].join('\n')
}
