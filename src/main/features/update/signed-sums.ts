/**
 * What proves that a bundle is whole and from whom it should be: SHA256SUMS, a line for each file as `sha256sum` writes
 * it, and an Ed25519 signature of that text. `npm run bundle` writes both.
 */
import { createPublicKey, verify } from 'node:crypto'

export const sumsFile = 'SHA256SUMS'
export const signatureFile = 'SHA256SUMS.sig'
/** The public half of the key that signed a bundle, in the bundle: whose updates it takes. */
export const keyFile = 'program/update-key.pem'

/**
 * @param text of SHA256SUMS
 * @returns the sum of each path
 */
export function listedSums(text: string): Map<string, string> {
  const lines = text.split('\n').filter((line) => line !== '')
  return new Map(lines.map((line) => [line.slice(66), line.slice(0, 64)]))
}

/**
 * @param text of SHA256SUMS
 * @param signature of SHA256SUMS.sig: Base64
 * @param publicKey PEM
 */
export function isSignedBy(text: string, signature: string, publicKey: string): boolean {
  const key = createPublicKey(publicKey)
  return (
    key.asymmetricKeyType === 'ed25519' &&
    verify(null, Buffer.from(text), key, Buffer.from(signature, 'base64'))
  )
}
