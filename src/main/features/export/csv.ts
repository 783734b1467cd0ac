/** Comma-separated values as RFC 4180 has them, in UTF-8. */
import { open } from 'node:fs/promises'
import type { Cell, Table } from './score-table.ts'

const cellText = (cell: Cell): string => {
  if (cell === null) return ''
  const text = String(cell)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

export const csvLine = (cells: readonly Cell[]): string => `${cells.map(cellText).join(',')}\r\n`

/** Lines in one write. */
const linesAtOnce = 500

/** @returns the number of rows */
export async function writeCsv(file: string, { columns, rows }: Table): Promise<number> {
  const handle = await open(file, 'w')
  try {
    let lines = [csvLine(columns.map(({ name }) => name))]
    let count = 0
    for (const row of rows) {
      lines.push(csvLine(row))
      count++
      if (lines.length < linesAtOnce) continue
      await handle.write(lines.join(''))
      lines = []
    }
    await handle.write(lines.join(''))
    await handle.sync()
    return count
  } finally {
    await handle.close()
  }
}
