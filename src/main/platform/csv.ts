/** Comma-separated values as RFC 4180 has them, the one way in which Fanoscope writes them. */
import { stringify } from 'csv-stringify/sync'

export type CsvCell = string | number | boolean | null

export interface CsvOptions {
  /** What ends a line; RFC 4180 has CR LF. */
  lineEnd?: '\r\n' | '\n'
  /**
   * For a file that people open in a spreadsheet: a text that it would take for a formula gets an apostrophe before it.
   * Left out where programs read the file, which would take the apostrophe for a part of the text.
   */
  forSpreadsheets?: boolean
}

/** A spreadsheet takes a file that does not begin with this mark for one in another encoding than UTF-8. */
export const byteOrderMark = '\ufeff'

/** Rows as lines, each with its end. */
export function csvLines(rows: readonly (readonly CsvCell[])[], options: CsvOptions = {}): string {
  const { lineEnd = '\r\n', forSpreadsheets = false } = options
  return stringify(
    rows.map((row) => [...row]),
    {
      record_delimiter: lineEnd,
      escape_formulas: forSpreadsheets,
      // Any line break inside a value, not only the one that ends a line.
      quoted_match: /[\r\n]/,
      cast: { boolean: String },
    },
  )
}
