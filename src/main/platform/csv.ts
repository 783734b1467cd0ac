/** Writes comma-separated values as RFC 4180 defines them. All CSV of Fanoscope is written by this file. */
import { stringify } from 'csv-stringify/sync'

export type CsvCell = string | number | boolean | null

export interface CsvOptions {
  /** The line ending; RFC 4180 requires CR LF. */
  lineEnd?: '\r\n' | '\n'
}

/** Without this mark at the beginning of a file, a spreadsheet does not read it as UTF-8. */
const byteOrderMark = '\ufeff'

/**
 * Texts that a spreadsheet would take for a formula, also with the wide forms of Chinese and Japanese keyboards, and
 * those that look like such a text with its guard.
 */
const formula = /^'*[=+\-@\t\r＝＋－＠]/u

/** With an apostrophe before it, a spreadsheet shows the text and computes nothing. */
const guarded = (cell: CsvCell): CsvCell =>
  typeof cell === 'string' && formula.test(cell) ? `'${cell}` : cell

/** The text as it was before it was written. */
export const unguarded = (cell: string): string =>
  cell.startsWith("'") && formula.test(cell) ? cell.slice(1) : cell

/** Rows as lines, each with its end. Numbers stay numbers. */
export const csvLines = (
  rows: readonly (readonly CsvCell[])[],
  { lineEnd = '\r\n' }: CsvOptions = {},
): string =>
  stringify(
    rows.map((row) => row.map(guarded)),
    {
      record_delimiter: lineEnd,
      // Values with any kind of line break are quoted, not only those with the line ending in use.
      quoted_match: /[\r\n]/,
      cast: { boolean: String },
    },
  )

/** The beginning of a file: the byte order mark and the names of the columns. */
export const csvHead = (columns: readonly string[], options: CsvOptions = {}): string =>
  byteOrderMark + csvLines([columns], options)
