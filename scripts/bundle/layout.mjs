/** Where everything lies in a bundle. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { keyFile as updateKeyFile } from '../../src/main/features/update/signed-sums.ts'
import { readJson } from '../setup/json-file.mjs'
import { noticeOf, partOf } from './licences.mjs'
import { filesIn, packageFiles } from './package-files.mjs'
import { sbomOfBundle } from './sbom.mjs'
import { publicHalfOf, signatureFile, signatureOf, sumsFile, sumsOf } from './signature.mjs'

/** @typedef {import('./archive.mjs').Entry} Entry */

/**
 * @typedef {object} Material
 * @property {import('../setup/places.mjs').Places} places
 * @property {import('./plan.mjs').BundlePlan} plan
 * @property {(locked: import('./locked-packages.mjs').LockedPackage) => string} folderOf
 * @property {string | null} sampleLine folder; null: leave it out
 * @property {import('./sbom.mjs').Sbom} lockSbom
 * @property {string} commit
 * @property {string | null} keyFile
 */

/** What of `out` runs: not the list of packages, nor the stamp of set-up. */
const runs = /^(?:main|preload|renderer)\//

/** @param {string} folder @param {string} below @param {(file: string) => boolean} [choose] @returns {Entry[]} */
const copies = (folder, below, choose = () => true) =>
  filesIn(folder)
    .filter(choose)
    .map((file) => ({ path: `${below}/${file}`, source: join(folder, ...file.split('/')) }))

/** @param {Material} material @returns {Entry[]} */
function packageEntries({ plan, folderOf }) {
  const { system } = plan
  const program = system.platform === 'win32' ? 'node.exe' : 'node'
  return plan.packages.flatMap((locked) => {
    const folder = folderOf(locked)
    if (locked.name === system.nodePackage)
      return [{ path: `program/${program}`, source: join(folder, 'bin', program), executable: true }]
    return packageFiles(folder, locked.name, system).map((file) => ({
      path: `program/${locked.path}/${file}`,
      source: join(folder, ...file.split('/')),
    }))
  })
}

/** @param {Material} material @returns {Entry[]} */
function programEntries({ places, plan, commit }) {
  const tfjs = 'program/node_modules/@tensorflow/tfjs-node-gpu'
  const { name, version, license } = readJson(join(places.root, 'package.json'))
  const bundle = { version, system: plan.system.name, commit, lacks: plan.lacks }
  return [
    ...copies(places.out, 'program/out', (file) => runs.test(file)),
    ...copies(join(places.root, 'resources'), 'program/resources'),
    ...plan.library.files.map(({ path, source, link }) => ({
      path: `${tfjs}/${path}`,
      ...(link === undefined ? { source } : { link }),
    })),
    ...plan.backbones.map((file) => ({
      path: `program/.cache/backbones/${file}`,
      source: join(places.backbones, file),
    })),
    {
      path: 'program/package.json',
      content: `${JSON.stringify({ name, version, license, private: true, type: 'module' }, null, 2)}\n`,
    },
    { path: 'program/bundle.json', content: `${JSON.stringify(bundle, null, 2)}\n` },
    { path: 'program/LICENSE', source: join(places.root, 'LICENSE') },
  ]
}

/** @param {Material} material @returns {Entry[]} what a person opens */
function personEntries({ places, plan, sampleLine }) {
  const folder = fileURLToPath(new URL('program/', import.meta.url))
  const start = plan.system.platform === 'win32' ? 'fanoscope.cmd' : 'fanoscope'
  const missing = plan.lacks.map((text) => `NOT IN THIS BUNDLE / 本包不含: ${text}\n`).join('')
  const readme = readFileSync(join(folder, 'README.txt'), 'utf8')
    .replace('@VERSION@', plan.version)
    .replace('@SYSTEM@', plan.system.name)
    .replace('@MISSING@', missing)
  return [
    { path: start, source: join(folder, start), executable: true },
    // Windows' own editor shows it right with a byte order mark and its line ends.
    {
      path: 'README.txt',
      content: plan.system.platform === 'win32' ? `\ufeff${readme.replaceAll('\n', '\r\n')}` : readme,
    },
    { path: 'LICENSE', source: join(places.root, 'LICENSE') },
    ...copies(join(places.root, 'docs'), 'docs'),
    ...(sampleLine === null ? [] : copies(sampleLine, 'sample-line')),
  ]
}

/**
 * The parts that no package of npm carries.
 * @param {Material} material
 * @returns {import('./licences.mjs').Part[]}
 */
export function partsBesideNpm({ places, plan }) {
  const { library, backbones } = plan
  /** @type {import('./licences.mjs').Part[]} */
  const parts = []
  if (library.files.length > 0) {
    parts.push({
      name: 'TensorFlow',
      version: library.version,
      licence: 'Apache-2.0',
      origin: 'https://github.com/tensorflow/tensorflow',
      author: 'The TensorFlow Authors',
      texts: library.texts,
    })
  }
  /** @type {Record<string, { title: string, licence: string, copyright: string, address: string, wheel: { version: string } }>} */
  const known = readJson(places.backboneRegistry) ?? {}
  for (const [name, { title, licence, copyright, address, wheel }] of Object.entries(known)) {
    if (!backbones.includes(`${name}.safetensors`)) continue
    parts.push({
      name: title,
      version: wheel.version,
      licence,
      origin: address,
      author: copyright,
      texts: [],
    })
  }
  return parts
}

/**
 * Everything in the bundle, with its licences, checksums and signature.
 * @param {Material} material
 * @returns {Promise<Entry[]>}
 */
export async function layOut(material) {
  const { places, plan, folderOf, lockSbom, keyFile } = material
  const shipped = [...plan.packages, ...plan.inlined]
  const byVersion = new Map(shipped.map((locked) => [`${locked.name}@${locked.version}`, locked]))
  const parts = [...byVersion.values()].map((locked) => partOf(locked, folderOf(locked)))
  const others = partsBesideNpm(material)
  const own = readFileSync(join(places.root, 'NOTICE'), 'utf8')
  const all = [...parts, ...others].sort((a, b) =>
    `${a.name}@${a.version}` < `${b.name}@${b.version}` ? -1 : 1,
  )
  const { notice, files } = noticeOf(own, all)
  const { sbom, missing } = sbomOfBundle(lockSbom, parts, others)
  if (missing.length > 0) throw new Error(`The list of parts lacks ${missing.join(', ')}.`)
  const entries = [
    ...packageEntries(material),
    ...programEntries(material),
    ...personEntries(material),
    { path: 'NOTICE', content: notice },
    ...files.map(({ name, text }) => ({ path: `LICENSES/${name}`, content: text })),
    { path: 'sbom.cdx.json', content: `${JSON.stringify(sbom, null, 2)}\n` },
  ]
  // Updates have to be signed with the same key.
  if (keyFile !== null) entries.push({ path: updateKeyFile, content: publicHalfOf(keyFile) })
  const sums = await sumsOf(entries)
  entries.push({ path: sumsFile, content: sums })
  if (keyFile !== null) entries.push({ path: signatureFile, content: signatureOf(sums, keyFile) })
  return entries
}
