/** The application's folder for electron-builder: the offline bundle's program, without Node, which Electron has. */
import { cpSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { contentOf } from '../bundle/archive.mjs'

const program = 'program/'

/**
 * @param {readonly import('../bundle/archive.mjs').Entry[]} entries of the bundle
 * @returns {import('../bundle/archive.mjs').Entry[]}
 */
export function stagedEntries(entries) {
  const inApp = entries
    .filter(({ path, executable }) => path.startsWith(program) && executable !== true)
    // Where it is, doctor takes the program for an unpacked bundle.
    .filter(({ path }) => path !== 'program/bundle.json' && path !== 'program/package.json')
    .map((entry) => ({ ...entry, path: entry.path.slice(program.length) }))
  const licences = entries.filter(({ path }) => /^(?:NOTICE|LICENSES\/.+|sbom\.cdx\.json)$/.test(path))
  return [...inApp, ...licences]
}

/**
 * @param {readonly import('../bundle/archive.mjs').Entry[]} entries
 * @param {string} folder
 * @param {Record<string, unknown>} manifest package.json of the application
 */
export function stage(entries, folder, manifest) {
  rmSync(folder, { recursive: true, force: true })
  for (const entry of stagedEntries(entries)) {
    const path = join(folder, ...entry.path.split('/'))
    mkdirSync(dirname(path), { recursive: true })
    if (entry.link !== undefined) symlinkSync(entry.link, path)
    else if (entry.source === undefined) writeFileSync(path, contentOf(entry))
    else cpSync(entry.source, path)
  }
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
}
