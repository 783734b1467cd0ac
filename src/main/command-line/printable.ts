/**
 * What a terminal shows of a text, and nothing that it would do. Names of files come from other people: one with an
 * escape sequence could color, move or clear what is on the screen, and one with a line break could look like a row of
 * an answer.
 */

/** Control characters, and those that turn the direction of the text around them. */
const steering = /[\p{Cc}\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu

const escaped = (character: string): string => {
  const code = character.codePointAt(0) ?? 0
  return code <= 0xff
    ? `\\x${code.toString(16).toUpperCase().padStart(2, '0')}`
    : `\\u${code.toString(16).toUpperCase().padStart(4, '0')}`
}

/** A text on one line: line breaks and tabs are shown as such, too. */
export const printableLine = (text: string): string =>
  text.replaceAll(steering, (character) =>
    character === '\n' ? '\\n' : character === '\r' ? '\\r' : character === '\t' ? '\\t' : escaped(character),
  )

/** Whole lines: their ends and tabs stay. */
export const printableLines = (text: string): string =>
  text.replaceAll(steering, (character) =>
    character === '\n' || character === '\t' ? character : escaped(character),
  )

/** One line of JSON with the same values: what would steer a terminal is escaped as JSON does it. */
export const printableJson = (document: unknown): string =>
  `${JSON.stringify(document).replaceAll(
    steering,
    (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  )}\n`
