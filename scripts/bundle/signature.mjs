/** What proves that a bundle is whole and ours: SHA256SUMS of all its files, and an Ed25519 signature of that file. */
import { createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import {
  isSignedBy,
  listedSums,
  signatureFile,
  sumsFile,
} from '../../src/main/features/update/signed-sums.ts'
import { sha256Of } from '../setup/checksum.mjs'
import { SetupProblem } from '../setup/problem.mjs'
import { contentOf, inOrder } from './archive.mjs'
import { filesIn } from './package-files.mjs'

export { signatureFile, sumsFile } from '../../src/main/features/update/signed-sums.ts'

/**
 * As `sha256sum --check` reads it: of a link, the sum of the file that it leads to.
 * @param {readonly import('./archive.mjs').Entry[]} entries
 * @returns {Promise<string>}
 */
export async function sumsOf(entries) {
  const byPath = new Map(entries.map((entry) => [entry.path, entry]))
  /** @type {Map<string, string>} */
  const sums = new Map()
  /** @param {import('./archive.mjs').Entry} entry @returns {Promise<string>} */
  const sumOf = async (entry) => {
    if (entry.link !== undefined) {
      const target = byPath.get(posix.join(posix.dirname(entry.path), entry.link))
      if (target === undefined) throw new Error(`${entry.path} leads to nothing in the bundle.`)
      return sumOf(target)
    }
    const known = sums.get(entry.path)
    if (known !== undefined) return known
    const sum =
      entry.source === undefined
        ? createHash('sha256').update(contentOf(entry)).digest('hex')
        : await sha256Of(entry.source)
    sums.set(entry.path, sum)
    return sum
  }
  const lines = []
  for (const entry of inOrder(entries)) lines.push(`${await sumOf(entry)}  ${entry.path}\n`)
  return lines.join('')
}

/**
 * @template T
 * @param {string} file
 * @param {string} remedy
 * @param {(text: Buffer) => T} read
 * @returns {T}
 */
function readKey(file, remedy, read) {
  try {
    return read(readFileSync(file))
  } catch (cause) {
    throw new SetupProblem('key-unreadable', `${file} is not such a key.`, remedy, { cause })
  }
}

/**
 * @param {string} text
 * @param {string} keyFile private key, PEM
 * @returns {string} the signature in Base64, a line
 */
export function signatureOf(text, keyFile) {
  const remedy = 'Make one with: openssl genpkey -algorithm ed25519 -out KEY.pem'
  const key = readKey(keyFile, remedy, (pem) => createPrivateKey(pem))
  if (key.asymmetricKeyType !== 'ed25519')
    throw new SetupProblem('key-unreadable', `${keyFile} is no Ed25519 key.`, remedy)
  return `${sign(null, Buffer.from(text), key).toString('base64')}\n`
}

/**
 * @param {string} keyFile private key, PEM
 * @returns {string} its public half, PEM
 */
export function publicHalfOf(keyFile) {
  const key = readKey(keyFile, 'Give an Ed25519 key as PEM.', (pem) => createPublicKey(pem))
  return key.export({ type: 'spki', format: 'pem' }).toString()
}

/**
 * Whether an unpacked bundle is as it was made. What updates brought is in bundles of their own.
 * @param {string} folder
 * @param {string | null} publicKeyFile PEM; null: the signature is not looked at
 * @returns {Promise<string[]>} what is wrong
 */
export async function faultsOf(folder, publicKeyFile) {
  const file = join(folder, sumsFile)
  if (!existsSync(file)) return [`${sumsFile} is missing.`]
  const text = readFileSync(file, 'utf8')
  const faults = publicKeyFile === null ? [] : signatureFaults(folder, text, publicKeyFile)
  const listed = listedSums(text)
  for (const path of filesIn(folder)) {
    // The last is the administrator's.
    if (path === sumsFile || path === signatureFile || path === 'fanoscope.json') continue
    if (path.startsWith('versions/')) continue
    const expected = listed.get(path)
    listed.delete(path)
    if (expected === undefined) faults.push(`${path} is not in ${sumsFile}.`)
    else if ((await sha256Of(join(folder, ...path.split('/')))) !== expected)
      faults.push(`${path} is another file.`)
  }
  // What is left are links, and what is not there.
  for (const [path, expected] of listed) {
    const file = join(folder, ...path.split('/'))
    if (!existsSync(file)) faults.push(`${path} is missing.`)
    else if ((await sha256Of(file)) !== expected) faults.push(`${path} is another file.`)
  }
  return faults
}

/** @param {string} folder @param {string} text @param {string} publicKeyFile */
function signatureFaults(folder, text, publicKeyFile) {
  const file = join(folder, signatureFile)
  if (!existsSync(file)) return ['The bundle is not signed.']
  const remedy = 'Make one with: openssl pkey -in KEY.pem -pubout -out PUBLIC.pem'
  return readKey(publicKeyFile, remedy, (pem) =>
    isSignedBy(text, readFileSync(file, 'utf8'), pem.toString()) ? [] : ['The signature is not of this key.'],
  )
}
