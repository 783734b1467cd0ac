/** Reads back what a PDF of pdfkit's says: its fonts, and its text by their own maps from glyphs to characters. */
import { inflateSync } from 'node:zlib'

interface PdfObject {
  dictionary: string
  stream: Buffer | null
}

function objectsOf(pdf: Buffer): Map<string, PdfObject> {
  const text = pdf.toString('latin1')
  const objects = new Map<string, PdfObject>()
  for (const match of text.matchAll(/(\d+) 0 obj\n([\s\S]*?)\n?(?:endobj|stream\n)/g)) {
    const [whole, number = '', dictionary = ''] = match
    const from = match.index + whole.length
    const length = Number(/\/Length (\d+)/.exec(dictionary)?.[1] ?? 0)
    const bytes = whole.endsWith('stream\n') ? pdf.subarray(from, from + length) : null
    const isDeflated = dictionary.includes('/FlateDecode') && !dictionary.includes('/Subtype /Image')
    objects.set(number, { dictionary, stream: bytes && (isDeflated ? inflateSync(bytes) : bytes) })
  }
  return objects
}

const fromHex = (hex: string): string => Buffer.from(hex, 'hex').swap16().toString('utf16le')

/** Characters by glyph, from a map as pdfkit writes it: in ranges that list their characters one by one. */
function charactersOf(map: string): Map<number, string> {
  const characters = new Map<number, string>()
  for (const [, first = '', , list = ''] of map.matchAll(/<([0-9a-f]{4})> <([0-9a-f]{4})> \[([^\]]*)\]/g)) {
    const listed = [...list.matchAll(/<([0-9a-f ]*)>/g)]
    for (const [i, [, hex = '']] of listed.entries()) {
      characters.set(Number.parseInt(first, 16) + i, fromHex(hex.replaceAll(' ', '')))
    }
  }
  return characters
}

export interface PdfContent {
  pages: number
  text: string
  /** Glyphs that no character is known for, and those that stand for one the font has not. */
  nameless: number
  fonts: { name: string; embedded: boolean }[]
}

export function pdfContent(pdf: Buffer): PdfContent {
  const objects = objectsOf(pdf)
  const at = (reference: string | undefined): PdfObject => {
    const found = objects.get(reference ?? '')
    if (!found) throw new Error(`The PDF has no object ${reference}.`)
    return found
  }
  const fonts = new Map<string, Map<number, string>>()
  const named: PdfContent['fonts'] = []
  for (const { dictionary } of objects.values()) {
    for (const [, name = '', reference] of dictionary.matchAll(/\/(F\d+) (\d+) 0 R/g)) {
      if (fonts.has(name)) continue
      const font = at(reference).dictionary
      const map = at(/\/ToUnicode (\d+) 0 R/.exec(font)?.[1]).stream?.toString('latin1') ?? ''
      const descendant = at(/\/DescendantFonts \[(\d+) 0 R\]/.exec(font)?.[1]).dictionary
      const descriptor = at(/\/FontDescriptor (\d+) 0 R/.exec(descendant)?.[1]).dictionary
      const file = /\/FontFile[23] (\d+) 0 R/.exec(descriptor)?.[1]
      fonts.set(name, charactersOf(map))
      named.push({
        name: /\/BaseFont \/(\S+)/.exec(font)?.[1] ?? '',
        embedded: (at(file).stream?.length ?? 0) > 0,
      })
    }
  }
  let text = ''
  let nameless = 0
  let pages = 0
  for (const { dictionary } of objects.values()) {
    if (!/\/Type \/Page\n/.test(`${dictionary}\n`)) continue
    pages++
    const content = at(/\/Contents (\d+) 0 R/.exec(dictionary)?.[1]).stream?.toString('latin1') ?? ''
    let font = new Map<number, string>()
    for (const [, name, list] of content.matchAll(/\/(F\d+) [\d.]+ Tf|\[([^\]]*)\] TJ/g)) {
      if (name !== undefined) font = fonts.get(name) ?? new Map()
      for (const [, hex = ''] of (list ?? '').matchAll(/<([0-9a-f]*)>/g)) {
        for (let i = 0; i < hex.length; i += 4) {
          const glyph = Number.parseInt(hex.slice(i, i + 4), 16)
          const character = font.get(glyph)
          if (glyph === 0 || character === undefined) nameless++
          text += character ?? ''
        }
      }
    }
    text += '\n'
  }
  return { pages, text, nameless, fonts: named }
}
