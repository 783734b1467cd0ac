import { randomBytes } from 'node:crypto'
import type { Id } from '../../shared/values.ts'

/** Without letters that are mistaken for digits. */
const letters = '23456789abcdefghjkmnpqrstvwxyz'

/**
 * A new id, for instance 20260131-142501-k7m2x: sorts by time, readable, safe as a folder's name on every
 * system, and different on every machine. Identity is not part of a result, so it is not drawn from the seed.
 */
export function newId(now: number): Id {
  const time = new Date(now).toISOString()
  const day = time.slice(0, 10).replaceAll('-', '')
  const clock = time.slice(11, 19).replaceAll(':', '')
  const tail = Array.from(randomBytes(5), (byte) => letters[byte % letters.length]).join('')
  return `${day}-${clock}-${tail}`
}
