/** Reads the JSON documents of other programs: in whatever encoding, and with the numbers that JSON does not have. */
import { type Message, message } from '../../shared/messages/message.ts'

/** The text of a file, and its encoding where that is not UTF-8. */
export function decodeText(bytes: Uint8Array): { text: string; encoding: string } {
  const marked = byteOrderMark(bytes)
  if (marked !== null) return { text: decoded(bytes, marked) ?? '', encoding: marked }
  const utf8 = decoded(bytes, 'utf-8')
  // A text of Latin letters in UTF-16 is also UTF-8, full of NUL characters.
  if (utf8 !== null && !utf8.includes('\0')) return { text: utf8, encoding: 'utf-8' }
  const [even, odd] = zerosIn(bytes)
  if (even + odd > 0) {
    const wide = odd > even ? 'utf-16le' : 'utf-16be'
    return { text: decoded(bytes, wide) ?? utf8 ?? '', encoding: wide }
  }
  const japanese = decoded(bytes, 'shift_jis')
  const chinese = decoded(bytes, 'gb18030')
  // Chinese text read as Shift-JIS is full of half-width katakana, which Japanese texts hardly have.
  if (japanese !== null && (chinese === null || !isMostlyHalfWidth(japanese))) {
    return { text: japanese, encoding: 'shift_jis' }
  }
  if (chinese !== null) return { text: chinese, encoding: 'gb18030' }
  return { text: new TextDecoder('windows-1252').decode(bytes), encoding: 'windows-1252' }
}

function byteOrderMark(bytes: Uint8Array): string | null {
  const [a, b, c] = bytes
  if (a === 0xef && b === 0xbb && c === 0xbf) return 'utf-8'
  if (a === 0xff && b === 0xfe) return 'utf-16le'
  if (a === 0xfe && b === 0xff) return 'utf-16be'
  return null
}

function decoded(bytes: Uint8Array, encoding: string): string | null {
  try {
    return new TextDecoder(encoding, { fatal: encoding !== 'utf-16le' && encoding !== 'utf-16be' }).decode(
      bytes,
    )
  } catch {
    return null
  }
}

/** Zeros at even and at odd places of the beginning. */
function zerosIn(bytes: Uint8Array): [even: number, odd: number] {
  const counts: [number, number] = [0, 0]
  for (const [i, byte] of bytes.subarray(0, 4096).entries()) if (byte === 0) counts[i % 2 === 0 ? 0 : 1] += 1
  return counts
}

function isMostlyHalfWidth(text: string): boolean {
  let halfWidth = 0
  let foreign = 0
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0
    if (code < 128) continue
    foreign += 1
    if (code >= 0xff61 && code <= 0xff9f) halfWidth += 1
  }
  return halfWidth * 5 > foreign
}

export interface ReadDocument {
  value: unknown
  /** Messages of the topic `warning`. */
  notes: Message[]
}

/** @throws SyntaxError where the text is no JSON */
export function parseDocument(bytes: Uint8Array): ReadDocument {
  const { text, encoding } = decodeText(bytes)
  const notes = encoding === 'utf-8' ? [] : [message('text-encoding', { encoding })]
  try {
    return { value: parsed(text), notes }
  } catch (error) {
    const plain = withoutNaN(text)
    if (plain === text) throw error
    return { value: parsed(plain), notes: [...notes, message('no-numbers')] }
  }
}

/** An escape such as \ud800 can stand for half a character, which no database stores; it is replaced. */
const parsed = (text: string): unknown =>
  /\\u[dD][89a-fA-F]/.test(text)
    ? JSON.parse(text, (_name, value: unknown) => (typeof value === 'string' ? value.toWellFormed() : value))
    : JSON.parse(text)

/** Python writes NaN and Infinity, which JSON does not have: they become null, outside of texts. */
const withoutNaN = (text: string): string =>
  text.replace(/"(?:[^"\\]|\\.)*"|-?\bInfinity\b|-?\bNaN\b/g, (part) =>
    part.startsWith('"') ? part : 'null',
  )
