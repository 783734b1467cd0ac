/**
 * The fonts of reports, all of which are installed with Fanoscope: Roboto for Latin, Greek and Cyrillic letters, and
 * Noto Sans SC for Chinese. Noto Sans SC comes in about a hundred slices, and those with frequent characters are
 * tried first. A report embeds only the slices that its words need, so it is small, and it looks the same on a
 * computer without these fonts.
 */
import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import type { ReportLanguage } from './words.ts'

/** The files of one font family. */
export interface FontFamily {
  name: string
  normal: string
  bold: string
}

interface Slice extends FontFamily {
  /** For HTML, in the compressed format. */
  woff2: string
  ranges: readonly (readonly [number, number])[]
}

const latin = 'Roboto'

/** The family of the characters that a page embeds; all others are in the reader's fonts. */
export const pageFont = 'Fanoscope Chinese'

// The folder of a font package, found through its package.json.
const packageFolder = (name: string): string =>
  dirname(createRequire(import.meta.url).resolve(`${name}/package.json`))

function parsedRanges(text: string): [number, number][] {
  return text.split(',').map((range) => {
    const [from = '', to = from] = range.trim().replace(/^U\+/i, '').split('-')
    return [Number.parseInt(from, 16), Number.parseInt(to, 16)]
  })
}

let known: readonly Slice[] | null = null

function slices(): readonly Slice[] {
  if (known !== null) return known
  const folder = packageFolder('@fontsource/noto-sans-sc')
  const listed = z
    .record(z.string(), z.string())
    .parse(JSON.parse(readFileSync(join(folder, 'unicode.json'), 'utf8')))
  known = Object.entries(listed).map(([key, unicodeRange]) => {
    const slice = key.replace(/[[\]]/g, '')
    const file = (weight: number, form: string): string =>
      join(folder, 'files', `noto-sans-sc-${slice}-${weight}-normal.${form}`)
    return {
      name: `Noto Sans SC ${slice}`,
      // Of the two formats in the package, the PDF writer can read glyphs from this one only.
      normal: file(400, 'woff'),
      bold: file(500, 'woff'),
      woff2: file(400, 'woff2'),
      ranges: parsedRanges(unicodeRange),
    }
  })
  return known
}

const found = new Map<number, Slice | undefined>()

function sliceOf(code: number): Slice | undefined {
  if (!found.has(code)) {
    const holds = ({ ranges }: Slice): boolean => ranges.some(([from, to]) => from <= code && code <= to)
    found.set(code, slices().find(holds))
  }
  return found.get(code)
}

/** The default font family of a PDF, and all others. */
export function reportFonts(): { base: string; families: FontFamily[] } {
  const folder = join(packageFolder('pdfmake'), 'fonts', 'Roboto')
  const roboto = {
    name: latin,
    normal: join(folder, 'Roboto-Regular.ttf'),
    bold: join(folder, 'Roboto-Medium.ttf'),
  }
  return { base: latin, families: [roboto, ...slices()] }
}

/**
 * The code point from which on characters are set in Noto. In English it begins later, because quotation marks and
 * dashes are as wide as a character in Chinese only.
 */
const chineseFrom = { 'zh-CN': 0x2000, en: 0x2070 } as const

/** In a Chinese PDF all is set in Noto, so that a line with Chinese characters stands as high as one without. */
const pdfFrom = { ...chineseFrom, 'zh-CN': 0 } as const

/** A space takes the font of the text before it. */
const joinsAny = /^\s$/

/** A place where a word may be broken, which only Roboto has. */
const breakingPlace = '\u200b'

/**
 * Splits a text into parts of one font each. A character that no font has is left to Roboto, which shows a box for
 * it.
 */
export function inFonts(text: string, language: ReportLanguage): { text: string; font: string }[] {
  const from = pdfFrom[language]
  const pieces: { text: string; font: string }[] = []
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0
    const last = pieces.at(-1)
    const font =
      last && joinsAny.test(character)
        ? last.font
        : code < from || character === breakingPlace
          ? latin
          : (sliceOf(code)?.name ?? latin)
    if (last?.font === font) last.text += character
    else pieces.push({ text: character, font })
  }
  return pieces
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/** About as wide as a space, in parts of the size of the font. */
const space = 0.25

/**
 * The content of a `text` of an SVG, and the size of that element. A PDF takes the font that each piece names; a page,
 * which has none of that name, takes its own. The PDF writer puts white space between the pieces, which has no width in
 * an element without a size, and takes away the white space at the ends of each piece.
 */
export const inSvg =
  (language: ReportLanguage) =>
  (text: string, fontSize: number): { size: number; markup: string } => {
    let gap = ''
    const pieces = inFonts(text, language).map((piece) => {
      const look = `font-size="${fontSize}" font-family="${piece.font}, ${pageFont}"`
      const markup = `<tspan ${look}${gap}>${escaped(piece.text.trim())}</tspan>`
      gap = piece.text.endsWith(' ') ? ` dx="${space * fontSize}"` : ''
      return markup
    })
    return { size: 0.01, markup: pieces.join('') }
  }

/**
 * CSS rules that embed the slices for a page's Chinese characters; empty for a page without any. The family must be
 * named before all others: Chromium does not redraw a text for an embedded font that comes second.
 */
export async function fontRules(family: string, page: string, language: ReportLanguage): Promise<string> {
  const least = chineseFrom[language]
  const needed = new Set<Slice>()
  for (const character of new Set(page)) {
    const code = character.codePointAt(0) ?? 0
    const slice = code < least ? undefined : sliceOf(code)
    if (slice) needed.add(slice)
  }
  const rules = await Promise.all(
    [...needed].map(async ({ woff2, ranges }) => {
      const own = ranges.filter(([from]) => from >= least)
      const unicodeRange = own.map(([from, to]) => `U+${from.toString(16)}-${to.toString(16)}`).join()
      const data = await readFile(woff2, 'base64')
      return `@font-face { font-family: "${family}"; unicode-range: ${unicodeRange}; src: url(data:font/woff2;base64,${data}) format("woff2"); }`
    }),
  )
  return rules.join('\n')
}
