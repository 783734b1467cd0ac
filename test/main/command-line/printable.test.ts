import { describe, expect, it } from 'vitest'
import { printableJson, printableLine, printableLines } from '../../../src/main/command-line/printable.ts'
import { textTable } from '../../../src/main/command-line/text-table.ts'

describe('what a terminal is given', () => {
  it('has no escape sequence of a name', () => {
    expect(printableLine('\u001b[31mred\u001b[0m.png')).toBe('\\x1B[31mred\\x1B[0m.png')
    expect(printableLines('a\u009b2J\u0007\n')).toBe('a\\x9B2J\\x07\n')
  })

  it('has no name that reads backwards', () => {
    expect(printableLine('\u202egnp.exe')).toBe('\\u202Egnp.exe')
  })

  it('has names of other languages as they are', () => {
    for (const name of ['裂纹 检测 01.png', 'قطعة.png', '🔩 bolt 👍🏽.png', 'é.png'])
      expect(printableLine(name)).toBe(name)
  })

  it('has no false row of a name with a line break', () => {
    expect(
      textTable([
        ['line\nbreak.png', 'ok'],
        ['tab\there.png', 'ok'],
      ]),
    ).toBe('line\\nbreak.png  ok\ntab\\there.png    ok\n')
  })

  it('is the same document as JSON', () => {
    const document = { file: 'a\u009b\u202e\u007f\u001b.png' }
    const line = printableJson(document)
    expect(line).toMatch(/^[\x20-\x7e]+\n$/)
    expect(JSON.parse(line)).toEqual(document)
  })
})
