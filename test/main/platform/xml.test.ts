import { describe, expect, it } from 'vitest'
import { childOf, parseXml, textIn, type XmlElement } from '../../../src/main/platform/xml.ts'

const read = (text: string, encoding: BufferEncoding = 'utf8'): XmlElement =>
  parseXml(Buffer.from(text, encoding))

describe('an XML document', () => {
  it('is read with attributes, texts and the entities of XML itself', () => {
    const root = read('<?xml version="1.0"?><a x="1 &amp; 2"><b> t &lt;<![CDATA[ <z>]]></b><b/></a>')
    expect(root.attributes.get('x')).toBe('1 & 2')
    expect(root.children).toHaveLength(2)
    expect(textIn(root, 'b')).toBe('t < <z>')
    expect(childOf(root, 'c')).toBeUndefined()
    expect(textIn(root, 'c')).toBeNull()
  })

  it.each([
    ['UTF-8 with a byte order mark', Buffer.from('\ufeff<a b="划痕"/>')],
    ['UTF-16', Buffer.from('\ufeff<a b="划痕"/>', 'utf16le')],
    [
      'GBK, as its first line says',
      Buffer.concat([
        Buffer.from('<?xml version="1.0" encoding="GBK"?><a b="'),
        Buffer.from([0xbb, 0xae, 0xba, 0xdb]),
        Buffer.from('"/>'),
      ]),
    ],
    [
      'another encoding than its first line says',
      Buffer.from('<?xml version="1.0" encoding="x-none"?><a b="划痕"/>'),
    ],
  ])('is read in %s', (_, bytes) => {
    expect(parseXml(bytes).attributes.get('b')).toBe('划痕')
  })

  it('may have a long attribute, as the runs of a mask are', () => {
    expect(read(`<a b="${'1, '.repeat(200_000)}"/>`).attributes.get('b')).toHaveLength(600_000)
  })

  it.each([
    [
      'entities that grow',
      '<!DOCTYPE l [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;">]><l>&c;</l>',
    ],
    ['an entity that is a file', '<!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/passwd">]><l>&x;</l>'],
    ['elements deep in one another', '<a>'.repeat(100_000)],
    ['a million attributes', `<a ${Array.from({ length: 1e6 }, (_, i) => `a${i}=""`).join(' ')}/>`],
    ['an end that is missing', '<a><b></a>'],
    ['a text', 'hello'],
    ['nothing', ''],
  ])('is refused at once with %s', (_, text) => {
    expect(() => read(text)).toThrow(SyntaxError)
  })

  it('may have a document type, which is not looked at', () => {
    expect(read('<!DOCTYPE annotation SYSTEM "http://127.0.0.1/x.dtd"><annotation/>').name).toBe('annotation')
  })
})
