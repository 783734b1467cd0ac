/** Writes comma-separated values as RFC 4180 defines them. All CSV of Fanoscope is written by this file. */
import { stringify } from 'csv-stringify/sync'

export type CsvCell = string | number | boolean | null

export interface CsvOptions {
  /** The line ending; RFC 4180 requires CR LF. */
  lineEnd?: '\r\n' | '\n'
  /**
   * For a file that people open in a spreadsheet: a text that the spreadsheet would interpret as a formula gets an
   * apostrophe before it. Not set where programs read the file, because they would take the apostrophe for a part of
   * the text.
   */
  forSpreadsheets?: boolean
}

/** Without this mark at the beginning of a file, a spreadsheet does not read it as UTF-8. */
export const byteOrderMark = '\ufeff'

/** Rows as lines, each with its end. */
export function csvLines(rows: readonly (readonly CsvCell[])[], options: CsvOptions = {}): string {
  const { lineEnd = '\r\n', forSpreadsheets = false } = options
  return stringify(
    rows.map((row) => [...row]),
    {
      record_delimiter: lineEnd,
      escape_formulas: forSpreadsheets,
      // Values with any kind of line break are quoted, not only those with the line ending in use.
      quoted_match: /[\r\n]/,
      cast: { boolean: String },
    },
  )
}
