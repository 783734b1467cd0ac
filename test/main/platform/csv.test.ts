import { parse } from 'csv-parse/sync'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { csvHead, csvLines, unguarded } from '../../../src/main/platform/csv.ts'

describe('comma-separated values', () => {
  it('keep commas, quotes and line breaks inside their cell', () => {
    expect(csvLines([['b,c', 'd"e', 'f\ng', 'h\ri']])).toBe('"b,c","d""e","f\ng","h\ri"\r\n')
  })

  it('write numbers and truth values as they are, and nothing for what is not known', () => {
    expect(csvLines([[null, -0.5, true, false, '']])).toBe(',-0.5,true,false,\r\n')
  })

  it('end lines as a program expects it', () => {
    expect(csvLines([['a'], ['b']], { lineEnd: '\n' })).toBe('a\nb\n')
  })

  it('give no formula to a spreadsheet, and leave numbers and other texts alone', () => {
    const rows = [['=1+1', '+1', '-1', '@a', '\tb', '＝1', -1, 1e-7, "a'=", "it's", '划痕-1']]
    expect(csvLines(rows)).toBe("'=1+1,'+1,'-1,'@a,'\tb,'＝1,-1,1e-7,a'=,it's,划痕-1\r\n")
    expect(csvLines([['\r=1']])).toBe('"\'\r=1"\r\n')
  })

  it('are read back as they were, whatever they begin with', () => {
    const texts = ['', "'", "''", "'''"].flatMap((quotes) =>
      ['=', '+', '-', '@', '\t', '\r', '＝', 'a', '划', ''].map((first) => `${quotes}${first}1, "李\n雷"`),
    )
    const back = z.array(z.array(z.string())).parse(parse(csvLines(texts.map((text) => [text]))))
    const cells = back.map(([cell = '']) => cell)
    expect(cells.map(unguarded)).toEqual(texts)
    expect(cells.filter((cell) => /^[=+\-@\t\r＝]/.test(cell))).toEqual([])
  })

  it('begin with a byte order mark and the names of the columns', () => {
    expect(csvHead(['file', '判定'], { lineEnd: '\n' })).toBe('\ufefffile,判定\n')
  })
})
