import { describe, expect, it } from 'vitest'
import { csvLines } from '../../../src/main/platform/csv.ts'

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

  it('give no formula to a spreadsheet, and leave numbers and names for programs alone', () => {
    const rows = [['=1+1', '+1', '-1', '@a', '\tb', -1]]
    expect(csvLines(rows, { forSpreadsheets: true })).toBe("'=1+1,'+1,'-1,'@a,'\tb,-1\r\n")
    expect(csvLines(rows)).toBe('=1+1,+1,-1,@a,\tb,-1\r\n')
  })
})
