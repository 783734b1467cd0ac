/** Makes the next version of an unpacked bundle: the same program under another number, signed with the same key. */
import { spawnSync } from 'node:child_process'
import { lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { signatureFile, signatureOf, sumsFile, sumsOf } from '../signature.mjs'

/** @param {string} folder @param {string} [below] @returns {import('../archive.mjs').Entry[]} */
function entriesOf(folder, below = '') {
  return readdirSync(join(folder, below)).flatMap((name) => {
    const path = below === '' ? name : `${below}/${name}`
    const file = join(folder, path)
    const stats = lstatSync(file)
    if (stats.isDirectory()) return entriesOf(folder, path)
    return [stats.isSymbolicLink() ? { path, link: readlinkSync(file) } : { path, source: file }]
  })
}

/**
 * @param {string} bundle
 * @param {string} folder where it goes, on the same disk
 * @param {string} key private, PEM
 * @param {Record<string, string>} [changed] content of files that are other ones
 * @returns {Promise<string>} the new version
 */
export async function makeNextVersion(bundle, folder, key, changed = {}) {
  mkdirSync(dirname(folder), { recursive: true })
  // Files that stay are not copied.
  const copied = spawnSync('cp', ['-al', bundle, folder], { encoding: 'utf8' })
  if (copied.status !== 0) throw new Error(`cp failed: ${copied.stderr}`)
  const [major, minor, patch] = versionOf(bundle).split('.')
  const version = `${major}.${minor}.${Number.parseInt(patch ?? '', 10) + 1}`
  /** @param {string} path @param {string} text */
  const replace = (path, text) => {
    rmSync(join(folder, path))
    writeFileSync(join(folder, path), text)
  }
  for (const path of ['program/package.json', 'program/bundle.json'])
    replace(path, JSON.stringify({ ...JSON.parse(readFileSync(join(bundle, path), 'utf8')), version }))
  for (const [path, text] of Object.entries(changed)) replace(path, text)
  const listed = entriesOf(folder).filter(({ path }) => path !== sumsFile && path !== signatureFile)
  const sums = await sumsOf(listed)
  replace(sumsFile, sums)
  replace(signatureFile, signatureOf(sums, key))
  return version
}

/** @param {string} bundle @returns {string} */
export const versionOf = (bundle) =>
  JSON.parse(readFileSync(join(bundle, 'program', 'bundle.json'), 'utf8')).version
