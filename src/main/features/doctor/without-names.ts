/** Takes people, this computer and secrets out of a text before it is sent to somebody who helps. */

export interface Known {
  /** The home folder of the user. */
  home: string
  user: string
  computer: string
  /** Names of operators. */
  people: readonly string[]
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** Words after which something secret may stand: in an address, in JSON, in a header. */
const secret =
  /\b(ticket|token|pin|badge|secret|password|passwd|authorization|api[-_]?key)(["']?\s*[:=]\s*(?:Bearer\s+)?["']?)[^"'&\s,}]+/gi

/** A name as a word of its own; letters of any alphabet and digits belong to a word. */
const word = (text: string): RegExp =>
  new RegExp(`(?<![\\p{L}\\p{N}_])${escaped(text)}(?![\\p{L}\\p{N}_])`, 'giu')

/** Chinese is written without spaces, so that a name of such characters may stand in the middle of others. */
const isWithoutSpaces = (name: string): boolean => /\p{Script=Han}/u.test(name)

export function withoutNames({ home, user, computer, people }: Known): (text: string) => string {
  // In JSON, a backslash of a path is written twice.
  const homes = [home, home.replaceAll('\\', '\\\\')].filter((path) => path.length > 1)
  // The longest first: "Li Na" before "Li".
  const operators = people
    .map((name, index) => ({ name, instead: `operator ${index + 1}` }))
    .sort((a, b) => b.name.length - a.name.length)
  return (text) => {
    let result = text.replace(secret, '$1$2(removed)')
    for (const path of homes) result = result.replaceAll(path, '~')
    for (const { name, instead } of operators) {
      const pattern = isWithoutSpaces(name) && name.length > 1 ? new RegExp(escaped(name), 'gu') : word(name)
      result = result.replace(pattern, instead)
    }
    // It is on every computer, and tells nothing.
    if (user !== '' && user !== 'root') result = result.replace(word(user), '(user)')
    if (computer !== '' && computer !== 'localhost') result = result.replace(word(computer), '(computer)')
    return result
  }
}
