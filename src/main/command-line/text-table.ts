import { elementAt } from '../../shared/element-at.ts'
import { printableLine } from './printable.ts'

/** Rows of text in columns, two spaces apart; the last column is not padded. Ends in a line break. */
export function textTable(cells: readonly (readonly string[])[]): string {
  // A line break in a cell, which the name of a file may have, would begin a false row.
  const rows = cells.map((row) => row.map(printableLine))
  const widths: number[] = []
  for (const row of rows) {
    for (const [column, cell] of row.entries()) {
      widths[column] = Math.max(widths[column] ?? 0, cell.length)
    }
  }
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) =>
        column === row.length - 1 ? cell : cell.padEnd(elementAt(widths, column, 'columns')),
      )
      .join('  ')
  return rows.map((row) => `${line(row)}\n`).join('')
}

/** Formats a figure in [0, 1] with four decimals; a dash for null. */
export const figure = (value: number | null): string => (value === null ? '-' : value.toFixed(4))
