import { createHash } from 'node:crypto'
import { createReadStream, existsSync, statSync } from 'node:fs'

/**
 * SHA-256 of a file, in lower-case hexadecimal.
 * @param {string} file
 * @returns {Promise<string>}
 */
export async function sha256Of(file) {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(chunk)
  return hash.digest('hex')
}

/**
 * Whether a file is there, whole and the right one.
 * @param {string} file
 * @param {{ bytes: number, sha256: string }} expected
 */
export async function isWhole(file, expected) {
  if (!existsSync(file) || statSync(file).size !== expected.bytes) return false
  return (await sha256Of(file)) === expected.sha256
}
