/** Writes a table as Apache Parquet; every column may have missing values. */
import { parquetWriteBuffer } from 'hyparquet-writer'
import { writeFileDurably } from '../../platform/durable-file.ts'
import type { Cell, Table } from './score-table.ts'

/** @returns the number of rows */
export async function writeParquet(
  file: string,
  { columns, rows }: Table,
  metadata: Readonly<Record<string, string>>,
): Promise<number> {
  const data: (Cell | bigint)[][] = columns.map(() => [])
  let count = 0
  for (const row of rows) {
    for (const [i, cell] of row.entries()) {
      const isWhole = columns[i]?.type === 'INT64' && typeof cell === 'number'
      data[i]?.push(isWhole ? BigInt(cell) : cell)
    }
    count++
  }
  const buffer = parquetWriteBuffer({
    columnData: columns.map(({ name, type }, i) => ({ name, type, data: data[i] ?? [], nullable: true })),
    kvMetadata: Object.entries(metadata).map(([key, value]) => ({ key, value })),
  })
  await writeFileDurably(file, new Uint8Array(buffer))
  return count
}
