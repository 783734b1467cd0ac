import { randomBytes } from 'node:crypto'
import type { Id } from '../../shared/values.ts'

/** Digits and letters, without those that are easily confused. */
const letters = '23456789abcdefghjkmnpqrstvwxyz'

/**
 * Makes an id, for instance 20260131-142501-k7m2x: it sorts by time, is readable and safe as a folder's name on every
 * system, and differs between machines. Ids are not part of a result, so they are not drawn from the seed.
 */
export function newId(now: number): Id {
  const time = new Date(now).toISOString()
  const day = time.slice(0, 10).replaceAll('-', '')
  const clock = time.slice(11, 19).replaceAll(':', '')
  const tail = Array.from(randomBytes(5), (byte) => letters[byte % letters.length]).join('')
  return `${day}-${clock}-${tail}`
}
