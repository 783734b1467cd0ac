/**
 * What no call can use, wherever in its input it stands: data that is nested without end; the character NUL, which ends
 * a path for the operating system and a text for SQLite; and texts that are not well-formed, half of a pair of UTF-16
 * codes, which UTF-8 does not have, so that what is read back would differ from what was hashed.
 */
import { z } from 'zod'

/** Levels of lists and objects; the deepest call has six. Checks and JSON go down one level at a time and would end. */
const deepest = 100

/** A value that is still to be looked at, and where it stands. */
interface Place {
  value: unknown
  name: string | number
  within: Place | null
  depth: number
}

/** A problem in words, or the field of a text that is not well-formed. */
type UnusableInput = { problem: string } | { malformed: string }

/** The first of them; a text that is not well-formed is told where nothing else is wrong. Null where all is usable. */
export function unusableInput(input: unknown): UnusableInput | null {
  let malformed: string | null = null
  // A list instead of recursion, because a document may be nested deeper than calls can be.
  const open: Place[] = [{ value: input, name: '', within: null, depth: 0 }]
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    const { value, name, depth } = place
    if (typeof name === 'string' && name.includes('\0'))
      return { problem: 'A name must not have the character NUL' }
    if (typeof value === 'string' && value.includes('\0'))
      return { problem: 'A text must not have the character NUL' }
    if (!isWellFormed(name) || !isWellFormed(value)) malformed ??= pathOf(place)
    if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) continue
    if (depth === deepest) return { problem: `Too deep: expected at most ${deepest} levels` }
    const members = Array.isArray(value) ? [...value.entries()] : Object.entries(value)
    for (const [key, member] of members.reverse()) {
      open.push({ value: member, name: key, within: place, depth: depth + 1 })
    }
  }
  return malformed === null ? null : { malformed }
}

const isWellFormed = (value: unknown): boolean => typeof value !== 'string' || value.isWellFormed()

/** The most steps of a path that are named. */
const namedSteps = 20

/** The place in the notation of zod. */
function pathOf(place: Place): string {
  const path: (string | number)[] = []
  for (let at = place; at.within !== null; at = at.within) {
    path.push(typeof at.name === 'string' ? at.name.toWellFormed() : at.name)
  }
  return path.length === 0 ? 'input' : z.core.toDotPath(path.reverse().slice(0, namedSteps))
}
