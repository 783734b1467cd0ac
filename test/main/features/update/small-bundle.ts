/** Bundles as `npm run bundle` lays them out, signed with keys of a test, whose program is a small script. */
import { generateKeyPairSync } from 'node:crypto'
import { chmodSync, copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Entry, writeTar, writeZip } from '../../../../scripts/bundle/archive.mjs'
import {
  publicHalfOf,
  signatureFile,
  signatureOf,
  sumsFile,
  sumsOf,
} from '../../../../scripts/bundle/signature.mjs'
import { type Installation, installationOf } from '../../../../src/main/platform/installation.ts'

export interface Keys {
  /** A file with the private key. */
  secret: string
}

export function newKeys(folder: string, name = 'release'): Keys {
  const secret = join(folder, `${name}.pem`)
  const { privateKey } = generateKeyPairSync('ed25519')
  writeFileSync(secret, privateKey.export({ type: 'pkcs8', format: 'pem' }))
  return { secret }
}

const system = `linux-${process.arch}`
const cli = fileURLToPath(new URL('../../../../src/main/cli.ts', import.meta.url))

/** How the program of a bundle answers `start-check`. */
export const programs = {
  /** Starts; with the workspace, as the program of this commit does. */
  works: `
    const { spawnSync } = await import('node:child_process')
    const dir = process.argv[process.argv.indexOf('--workspace') + 1]
    if (process.argv.includes('--workspace')) {
      const done = spawnSync(process.execPath, [${JSON.stringify(cli)}, 'runs', '--workspace', dir, '--json'], { encoding: 'utf8' })
      if (done.status !== 0) { process.stdout.write(done.stdout); process.exit(1) }
    }`,
  fails: `process.stderr.write('TensorFlow is missing'); process.exit(1)`,
  /** Changes the database into one of a later version, as migrations do, and then fails. */
  migratesAndFails: `
    const { default: Sqlite } = await import(${JSON.stringify(import.meta.resolve('better-sqlite3'))})
    const db = new Sqlite(process.argv[process.argv.indexOf('--workspace') + 1] + '/fanoscope.db')
    db.exec('CREATE TABLE of_later (a ANY) STRICT; PRAGMA user_version = 9999')
    db.close()
    process.exit(1)`,
  migrates: `
    const { default: Sqlite } = await import(${JSON.stringify(import.meta.resolve('better-sqlite3'))})
    const db = new Sqlite(process.argv[process.argv.indexOf('--workspace') + 1] + '/fanoscope.db')
    db.exec('CREATE TABLE of_later (a ANY) STRICT; PRAGMA user_version = 9999')
    db.close()`,
  anotherVersion: `process.stdout.write(JSON.stringify({ ok: true, version: '9.9.9' })); process.exit(0)`,
} as const

export interface BundleOptions {
  version: string
  keys?: Keys | null
  program?: string
  system?: string
  lacks?: string[]
  /** More files, beside those that every bundle has. */
  more?: Entry[]
}

const starter = fileURLToPath(new URL('../../../../scripts/bundle/program/fanoscope', import.meta.url))

/** Everything in a bundle. */
export async function bundleEntries({
  version,
  keys = null,
  program = programs.works,
  lacks = [],
  more = [],
  ...other
}: BundleOptions): Promise<Entry[]> {
  const answer = `
    if (process.argv[2] === 'start-check') {
      // As the real one: whoever asked may have ended.
      await new Promise((resolve) => setImmediate(resolve))
      if (process.send !== undefined && !process.connected) process.exit(1)
      ${program}
      process.stdout.write(JSON.stringify({ ok: true, version: '${version}' }))
    } else process.stdout.write('${version}')`
  const entries: Entry[] = [
    { path: 'fanoscope', source: starter, executable: true },
    // As a script, so that a bundle is small.
    { path: 'program/node', content: `#!/bin/sh\nexec '${process.execPath}' "$@"\n`, executable: true },
    { path: 'program/out/main/cli.js', content: answer },
    { path: 'program/package.json', content: JSON.stringify({ version, type: 'module' }) },
    {
      path: 'program/bundle.json',
      content: JSON.stringify({ version, system: other.system ?? system, commit: 'a'.repeat(40), lacks }),
    },
    { path: 'program/lib/library.so.2', content: 'a library' },
    { path: 'program/lib/library.so', link: 'library.so.2' },
    { path: `docs/指南/${'a very long name of a chapter '.repeat(5)}.md`, content: '良品' },
    ...more,
  ]
  if (keys !== null) entries.push({ path: 'program/update-key.pem', content: publicHalfOf(keys.secret) })
  const sums = await sumsOf(entries)
  entries.push({ path: sumsFile, content: sums })
  if (keys !== null) entries.push({ path: signatureFile, content: signatureOf(sums, keys.secret) })
  return entries
}

/** Lays a bundle out as it is after unpacking. */
export async function unpackedBundle(folder: string, options: BundleOptions): Promise<string> {
  const linked: [from: string, to: string][] = []
  for (const entry of await bundleEntries(options)) {
    const file = join(folder, entry.path)
    mkdirSync(dirname(file), { recursive: true })
    // Windows lets not everybody make links; a stick with FAT has copies in their place, too.
    if (entry.link !== undefined && process.platform === 'win32')
      linked.push([join(dirname(file), entry.link), file])
    else if (entry.link !== undefined) symlinkSync(entry.link, file)
    else if (entry.source !== undefined) copyFileSync(entry.source, file)
    else writeFileSync(file, entry.content ?? '')
    if (entry.executable) chmodSync(file, 0o755)
  }
  for (const [from, to] of linked) copyFileSync(from, to)
  return folder
}

/** Writes the archive of a bundle. @returns the folder that it is in */
export async function packedBundle(
  folder: string,
  options: BundleOptions,
  change: (entries: Entry[]) => Entry[] = (entries) => entries,
): Promise<string> {
  mkdirSync(folder, { recursive: true })
  const entries = change(await bundleEntries(options))
  const top = `fanoscope-${options.version}-${options.system ?? system}`
  await writeTar(entries, top, new Date(0), join(folder, `${top}.tar.gz`), () => undefined)
  return folder
}

/** The same as the archive for Windows. */
export async function zippedBundle(folder: string, options: BundleOptions): Promise<string> {
  mkdirSync(folder, { recursive: true })
  const entries = (await bundleEntries(options)).filter(({ link }) => link === undefined)
  const sums = await sumsOf(entries.filter(({ path }) => path !== sumsFile && path !== signatureFile))
  const top = `fanoscope-${options.version}-${options.system ?? system}`
  const whole = entries.map((entry) => {
    if (entry.path === sumsFile) return { path: sumsFile, content: sums }
    if (entry.path !== signatureFile || !options.keys) return entry
    return { path: signatureFile, content: signatureOf(sums, options.keys.secret) }
  })
  await writeZip(whole, top, new Date(0), join(folder, `${top}.zip`))
  return folder
}

/** The bundle that is to be updated, as it was installed. */
export async function installed(folder: string, options: BundleOptions): Promise<Installation> {
  await unpackedBundle(folder, options)
  return installationOf(join(folder, 'program')) ?? Promise.reject(new Error('No bundle was laid out.'))
}
