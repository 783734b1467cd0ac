/** Writes a table as a file of comma-separated values for other programs. */
import { open } from 'node:fs/promises'
import { csvLines } from '../../platform/csv.ts'
import type { Cell, Table } from './score-table.ts'

/** Number of lines written at once. */
const linesAtOnce = 500

/** @returns the number of rows */
export async function writeCsv(file: string, { columns, rows }: Table): Promise<number> {
  const handle = await open(file, 'w')
  try {
    let lines: (readonly Cell[])[] = [columns.map(({ name }) => name)]
    let count = 0
    for (const row of rows) {
      lines.push(row)
      count++
      if (lines.length < linesAtOnce) continue
      await handle.write(csvLines(lines))
      lines = []
    }
    await handle.write(csvLines(lines))
    await handle.sync()
    return count
  } finally {
    await handle.close()
  }
}
