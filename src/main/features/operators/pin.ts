/** What a PIN may be, and how it is stored: as its scrypt hash with a salt for each operator. */
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { Failure } from '../../../shared/failure.ts'

/** Cost of checking one PIN: 32 MiB and about a tenth of a second. */
const cost = { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 2 ** 20 }
const keyBytes = 32
/** Characters that a new PIN has at least. Earlier versions allowed four. */
const shortest = 6

const stretched = (pin: string, salt: Buffer): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    scrypt(pin.normalize('NFKC'), salt, keyBytes, cost, (error, key) =>
      error ? reject(error) : resolve(key),
    )
  })

export async function pinHash(pin: string): Promise<string> {
  const salt = randomBytes(16)
  const key = await stretched(pin, salt)
  return `scrypt$${cost.N}$${cost.r}$${cost.p}$${salt.toString('base64')}$${key.toString('base64')}`
}

export async function isPin(pin: string, stored: string): Promise<boolean> {
  const [, , , , salt = '', key = ''] = stored.split('$')
  return timingSafeEqual(await stretched(pin, Buffer.from(salt, 'base64')), Buffer.from(key, 'base64'))
}

export const isShortPin = (pin: string): boolean => [...pin.normalize('NFKC')].length < shortest

/** Whether each character follows the one before by the same step of 0, 1 or -1, as in 111111, 123456 and 987654. */
function isRow(pin: string): boolean {
  const codes = Array.from(pin.normalize('NFKC'), (character) => character.codePointAt(0) ?? 0)
  const steps = new Set(codes.slice(1).map((code, at) => code - (codes[at] ?? 0)))
  const [step = 0] = steps
  return steps.size <= 1 && Math.abs(step) <= 1
}

/** @throws Failure `pin-short`, `pin-simple` */
export function requireGoodPin(pin: string): void {
  if (isShortPin(pin)) throw new Failure('pin-short', { count: shortest })
  if (isRow(pin)) throw new Failure('pin-simple')
}
