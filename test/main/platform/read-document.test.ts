import { describe, expect, it } from 'vitest'
import { meaningOf } from '../../../src/main/features/label/label-words.ts'
import { decodeText, parseDocument } from '../../../src/main/platform/read-document.ts'

const codes = (notes: readonly { code: string }[]): string[] => notes.map(({ code }) => code)

describe('a document', () => {
  it.each([
    ['UTF-8', Buffer.from('{"a":"划痕 ü"}', 'utf8'), []],
    ['UTF-8 with a byte order mark', Buffer.from('\ufeff{"a":"划痕 ü"}', 'utf8'), []],
    ['UTF-16 with a byte order mark', Buffer.from('\ufeff{"a":"划痕 ü"}', 'utf16le'), ['text-encoding']],
    ['UTF-16 without one', Buffer.from('{"a":"划痕 ü"}', 'utf16le'), ['text-encoding']],
    ['big-endian UTF-16', Buffer.from('\ufeff{"a":"划痕 ü"}', 'utf16le').swap16(), ['text-encoding']],
  ])('is read as %s', (_, bytes, noted) => {
    const { value, notes } = parseDocument(bytes)
    expect(value).toEqual({ a: '划痕 ü' })
    expect(codes(notes)).toEqual(noted)
  })

  // The bytes of GB 18030 and Shift-JIS, from their tables: 划 BB AE, 痕 BA DB; 傷 8F 9D, キ 83 4C, ズ 83 59.
  it('is read as GB 18030 and as Shift-JIS', () => {
    const around = (...bytes: number[]) =>
      Buffer.concat([Buffer.from('{"a":"'), Buffer.from(bytes), Buffer.from('"}')])
    expect(decodeText(around(0xbb, 0xae, 0xba, 0xdb))).toEqual({ text: '{"a":"划痕"}', encoding: 'gb18030' })
    expect(decodeText(around(0x8f, 0x9d, 0x83, 0x4c, 0x83, 0x59))).toEqual({
      text: '{"a":"傷キズ"}',
      encoding: 'shift_jis',
    })
  })

  it('may have the NaN and the Infinity of Python, but not in its texts', () => {
    const { value, notes } = parseDocument(Buffer.from('{"a":NaN,"b":[-Infinity,1],"c":"NaN \\" Infinity"}'))
    expect(value).toEqual({ a: null, b: [null, 1], c: 'NaN " Infinity' })
    expect(codes(notes)).toEqual(['no-numbers'])
  })

  it('has no half characters, and whole ones of two escapes', () => {
    const { value } = parseDocument(Buffer.from('{"a":"x\\ud800","b":"\\ud83d\\ude00"}'))
    expect(value).toEqual({ a: 'x\ufffd', b: '\u{1f600}' })
  })

  it('that is none is refused', () => {
    expect(() => parseDocument(Buffer.from('{"a":'))).toThrow(SyntaxError)
  })
})

describe('the label of a shape', () => {
  it.each([
    '__ignore__',
    '_background_',
    '__background__',
    'Ignore',
    'VOID',
    'Hintergrund',
    '背景',
    '忽略',
    'ignore region',
  ])('marks no object as %s', (label) => expect(meaningOf(label)).toBe('ignored'))
  it.each(['good', 'OK', ' Normal ', 'ＯＫ', '良品'])('says that the part is good as %s', (label) =>
    expect(meaningOf(label)).toBe('good'),
  )
  it.each(['crack', 'not ok', 'ng', 'background scratch', 'no good', '划痕', ''])(
    'is a defect as %j',
    (label) => expect(meaningOf(label)).toBe('defect'),
  )
})
