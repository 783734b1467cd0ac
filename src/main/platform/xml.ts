/**
 * Reads XML documents of other programs. The parser knows the entities of XML and HTML, each of which is one character, and
 * no others: what a document declares is not expanded and nothing that it names is opened, so none can grow in memory.
 */
import sax, { type QualifiedTag, type Tag } from 'sax'
import { decodeText } from './read-document.ts'

export interface XmlElement {
  name: string
  attributes: ReadonlyMap<string, string>
  children: readonly XmlElement[]
  /** All text that is directly in it, trimmed. */
  text: string
}

/** Documents of annotations are a few levels deep, and their elements have a few attributes. */
const deepest = 64
const mostAttributes = 500

interface Open {
  name: string
  attributes: Map<string, string>
  children: XmlElement[]
  text: string
}

const plainTag = (tag: Tag | QualifiedTag): [name: string, attributes: Map<string, string>] => [
  tag.name,
  new Map(
    Object.entries(tag.attributes).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : value.value,
    ]),
  ),
]

/** @throws SyntaxError where the text is no XML, or an element lies deeper than any document of annotations has it */
export function parseXml(bytes: Uint8Array): XmlElement {
  const root: Open = { name: '', attributes: new Map(), children: [], text: '' }
  const open: Open[] = [root]
  // Strict, so that an entity that a document declares is an error and not a text.
  const parser = sax.parser(true, { position: false })
  parser.onerror = (error) => {
    throw new SyntaxError(error.message.replaceAll(/\s+/g, ' '))
  }
  let attributes = 0
  // The parser compares each attribute with all before it: a million of them in one element would take hours.
  parser.onattribute = () => {
    attributes += 1
    if (attributes > mostAttributes) throw new SyntaxError('an element has too many attributes')
  }
  parser.onopentag = (tag) => {
    attributes = 0
    if (open.length > deepest) throw new SyntaxError('elements lie too deep in one another')
    const [name, values] = plainTag(tag)
    open.push({ name, attributes: values, children: [], text: '' })
  }
  const addText = (text: string): void => {
    const last = open.at(-1)
    if (last) last.text += text
  }
  parser.ontext = addText
  parser.oncdata = addText
  parser.onclosetag = () => {
    const done = open.pop()
    if (done) open.at(-1)?.children.push({ ...done, text: done.text.trim() })
  }
  parser.write(textOf(bytes)).close()
  const [first] = root.children
  if (first === undefined) throw new SyntaxError('there is no element')
  return first
}

/** In the encoding that the document says it has, where its bytes are of it. */
function textOf(bytes: Uint8Array): string {
  const head = Buffer.from(bytes.subarray(0, 200)).toString('latin1')
  const [, said] = /^<\?xml[^>]*?encoding\s*=\s*["']([\w.:-]+)["']/.exec(head) ?? []
  if (said !== undefined && !/^utf-?8$/i.test(said)) {
    try {
      return new TextDecoder(said, { fatal: true }).decode(bytes)
    } catch {
      // An encoding that is none, or other bytes than it has: the bytes themselves tell.
    }
  }
  return decodeText(bytes).text
}

/** The first element of a name in another one. */
export const childOf = (element: XmlElement, name: string): XmlElement | undefined =>
  element.children.find((child) => child.name === name)

/** The text of the first element of a name in another one; null where there is none, or no text in it. */
export function textIn(element: XmlElement, name: string): string | null {
  const text = childOf(element, name)?.text ?? ''
  return text === '' ? null : text
}
