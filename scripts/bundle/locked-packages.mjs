/** Which npm packages a bundle holds: what main's bundle imports, and all that these packages need on a system. */
import { readdirSync, readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { join } from 'node:path'

/**
 * @typedef {object} LockEntry an entry of package-lock.json
 * @property {string} [name] where the package is installed under another one
 * @property {string} [version]
 * @property {string} [resolved]
 * @property {string} [integrity]
 * @property {string} [license]
 * @property {string[] | string} [os]
 * @property {string[] | string} [cpu]
 * @property {string[]} [libc]
 * @property {Record<string, string>} [dependencies]
 * @property {Record<string, string>} [optionalDependencies]
 * @property {Record<string, string>} [peerDependencies]
 * @property {Record<string, { optional?: boolean }>} [peerDependenciesMeta]
 *
 * @typedef {Record<string, LockEntry>} LockEntries by path: `node_modules/a/node_modules/b`
 *
 * @typedef {object} LockedPackage
 * @property {string} path as in package-lock.json
 * @property {string} name
 * @property {string} version
 * @property {string} address where npm fetches it
 * @property {string} integrity
 * @property {string | null} licence
 */

/** Packages whose files main reads by their path, without an import. */
const readByPath = ['@fontsource/noto-sans-sc']

/** Comes with Electron, which an offline bundle does without. */
const givenByElectron = new Set(['electron'])

/** @param {string} specifier @returns {string} the package of `package/file` */
export function packageOf(specifier) {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}

/**
 * The packages that programs import.
 * @param {string} folder of JavaScript files
 * @returns {string[]}
 */
export function importedPackages(folder) {
  const found = new Set(readByPath)
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile() || !entry.name.endsWith('.js')) continue
    const text = readFileSync(join(entry.parentPath, entry.name), 'utf8')
    const imports = text.matchAll(
      /(?:\bfrom|\bimport|\brequire\(|\bimport\()\s*["']([@a-z0-9][\w@/.:-]*)["']/g,
    )
    for (const [, specifier = ''] of imports) {
      const name = packageOf(specifier)
      if (specifier.startsWith('node:') || builtinModules.includes(name) || givenByElectron.has(name))
        continue
      found.add(name)
    }
  }
  return [...found].sort()
}

/** @param {string[] | string | undefined} allowed @param {string} value */
function allows(allowed, value) {
  if (allowed === undefined) return true
  const list = typeof allowed === 'string' ? [allowed] : allowed
  if (list.includes(`!${value}`)) return false
  const positive = list.filter((name) => !name.startsWith('!'))
  return positive.length === 0 || positive.includes(value)
}

/**
 * @param {LockEntry} entry
 * @param {import('./systems.mjs').System} system
 */
export function isFor(entry, { platform, arch, libc }) {
  return (
    allows(entry.os, platform) &&
    allows(entry.cpu, arch) &&
    (libc === null || entry.libc === undefined || allows(entry.libc, libc))
  )
}

/**
 * Where Node finds a package from another one.
 * @param {LockEntries} entries
 * @param {string} from path of the package that asks; empty for the application
 * @param {string} name
 * @returns {string | null}
 */
function find(entries, from, name) {
  for (let folder = from; ; ) {
    const path = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`
    if (entries[path] !== undefined) return path
    if (folder === '') return null
    folder = folder.includes('/node_modules/') ? folder.slice(0, folder.lastIndexOf('/node_modules/')) : ''
  }
}

/** @param {string} path @param {LockEntry} entry @returns {LockedPackage} */
export function lockedPackage(path, entry) {
  const name = entry.name ?? path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)
  const version = entry.version ?? ''
  return {
    path,
    name,
    version,
    // The lock names no address of what is in the usual registry.
    address:
      entry.resolved ?? `https://registry.npmjs.org/${name}/-/${name.split('/').at(-1)}-${version}.tgz`,
    integrity: entry.integrity ?? '',
    licence: entry.license ?? null,
  }
}

/** @param {LockEntry} entry @returns {{ name: string, mayBeMissing: boolean }[]} */
function needs(entry) {
  const optional = Object.keys(entry.optionalDependencies ?? {})
  const peers = Object.keys(entry.peerDependencies ?? {}).filter(
    (name) => entry.peerDependenciesMeta?.[name]?.optional !== true,
  )
  return [
    ...Object.keys(entry.dependencies ?? {})
      .filter((name) => !optional.includes(name))
      .map((name) => ({ name, mayBeMissing: false })),
    ...[...optional, ...peers].map((name) => ({ name, mayBeMissing: true })),
  ]
}

/**
 * @param {LockEntries} entries of package-lock.json
 * @param {readonly string[]} roots names of packages
 * @param {import('./systems.mjs').System} system
 * @returns {{ packages: LockedPackage[], missing: string[] }} by path; missing: what the lock does not have
 */
export function packagesFor(entries, roots, system) {
  /** @type {Map<string, LockedPackage>} */
  const chosen = new Map()
  /** @type {string[]} */
  const missing = []
  /** @param {string} from @param {string} name @param {boolean} mayBeMissing */
  const add = (from, name, mayBeMissing) => {
    // Types are read by the compiler alone.
    if (name.startsWith('@types/')) return
    const path = find(entries, from, name)
    const entry = path === null ? undefined : entries[path]
    if (path === null || entry === undefined || !isFor(entry, system)) {
      if (!mayBeMissing) missing.push(from === '' ? name : `${name} (for ${from})`)
      return
    }
    if (chosen.has(path)) return
    chosen.set(path, lockedPackage(path, entry))
    for (const need of needs(entry)) add(path, need.name, need.mayBeMissing)
  }
  for (const root of roots) add('', root, false)
  const packages = [...chosen.values()].sort((a, b) => (a.path < b.path ? -1 : 1))
  return { packages, missing }
}
