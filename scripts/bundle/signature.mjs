/** What proves that a bundle is whole and ours: SHA256SUMS of all its files, and an Ed25519 signature of that file. */
import { createHash, createPrivateKey, createPublicKey, sign, verify } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { sha256Of } from '../setup/checksum.mjs'
import { SetupProblem } from '../setup/problem.mjs'
import { contentOf, inOrder } from './archive.mjs'
import { filesIn } from './package-files.mjs'

export const sumsFile = 'SHA256SUMS'
export const signatureFile = 'SHA256SUMS.sig'

/**
 * As `sha256sum --check` reads it.
 * @param {readonly import('./archive.mjs').Entry[]} entries
 * @returns {Promise<string>}
 */
export async function sumsOf(entries) {
  const lines = []
  for (const entry of inOrder(entries)) {
    if (entry.link !== undefined) continue
    const sum =
      entry.source === undefined
        ? createHash('sha256').update(contentOf(entry)).digest('hex')
        : await sha256Of(entry.source)
    lines.push(`${sum}  ${entry.path}\n`)
  }
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
 * Whether an unpacked bundle is as it was made.
 * @param {string} folder
 * @param {string | null} publicKeyFile PEM; null: the signature is not looked at
 * @returns {Promise<string[]>} what is wrong
 */
export async function faultsOf(folder, publicKeyFile) {
  const file = join(folder, sumsFile)
  if (!existsSync(file)) return [`${sumsFile} is missing.`]
  const text = readFileSync(file, 'utf8')
  const faults = publicKeyFile === null ? [] : signatureFaults(folder, text, publicKeyFile)
  const listed = new Map(
    text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => [line.slice(66), line.slice(0, 64)]),
  )
  for (const path of filesIn(folder)) {
    // The last is the administrator's.
    if (path === sumsFile || path === signatureFile || path === 'fanoscope.json') continue
    const expected = listed.get(path)
    listed.delete(path)
    if (expected === undefined) faults.push(`${path} is not in ${sumsFile}.`)
    else if ((await sha256Of(join(folder, ...path.split('/')))) !== expected)
      faults.push(`${path} is another file.`)
  }
  return [...faults, ...[...listed.keys()].map((path) => `${path} is missing.`)]
}

/** @param {string} folder @param {string} text @param {string} publicKeyFile */
function signatureFaults(folder, text, publicKeyFile) {
  const file = join(folder, signatureFile)
  if (!existsSync(file)) return ['The bundle is not signed.']
  const remedy = 'Make one with: openssl pkey -in KEY.pem -pubout -out PUBLIC.pem'
  const key = readKey(publicKeyFile, remedy, (pem) => createPublicKey(pem))
  const signature = Buffer.from(readFileSync(file, 'utf8'), 'base64')
  return verify(null, Buffer.from(text), key, signature) ? [] : ['The signature is not of this key.']
}
