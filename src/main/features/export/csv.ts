/** Writes a table as a file of comma-separated values for other programs. */
import { csvHead, csvLines } from '../../platform/csv.ts'
import { writePartsDurably } from '../../platform/durable-file.ts'
import type { Cell, Table } from './score-table.ts'

/** Number of lines written at once. */
const linesAtOnce = 500

/** @returns the number of rows */
export function writeCsv(file: string, { columns, rows }: Table): Promise<number> {
  return writePartsDurably(file, async (handle) => {
    await handle.write(csvHead(columns.map(({ name }) => name)))
    let lines: (readonly Cell[])[] = []
    let count = 0
    for (const row of rows) {
      lines.push(row)
      count++
      if (lines.length < linesAtOnce) continue
      await handle.write(csvLines(lines))
      lines = []
    }
    await handle.write(csvLines(lines))
    return count
  })
}
