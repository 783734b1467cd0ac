/** How a row of the audit tells which rows of other tables it leaves behind. */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { jsonOf } from '../row.ts'
import { type ToldTable, toldTables } from './told-tables.ts'

const cellSchema = z.union([z.string(), z.number(), z.null()])
/** A value as the audit tells it: itself, or the digest of a long one. */
export type ToldCell = z.infer<typeof cellSchema>

/** Rows of one table of which the same columns are told. */
const groupSchema = z.object({
  table: z.string(),
  /** `new`: it was not there before. `gone`: it is not there any more. */
  how: z.enum(['new', 'changed', 'gone']),
  /** The columns that are told, after those of the key. */
  columns: z.array(z.string()),
  rows: z.array(z.array(cellSchema)),
})
export const storedRowsSchema = z.array(groupSchema)
export type StoredRows = z.infer<typeof storedRowsSchema>

/** Bytes of a digest: too many to be found twice, and few enough for thousands of rows. */
const digestBytes = 16

const cellSource = z.union([z.string(), z.number(), z.bigint(), z.null(), z.instanceof(Uint8Array)])

function digest(value: string | number | bigint | Uint8Array): string {
  const hash = createHash('sha256').update(value instanceof Uint8Array ? 'blob ' : `${typeof value} `)
  hash.update(value instanceof Uint8Array ? value : String(value))
  return hash.digest().subarray(0, digestBytes).toString('base64url')
}

/** What the audit tells of a value that is stored in a column of the table. */
export function toldCell({ sums }: ToldTable, column: string, stored: unknown): ToldCell {
  const value = cellSource.parse(stored)
  if (value === null) return null
  if (sums.includes(column) || value instanceof Uint8Array) return digest(value)
  // JSON has no infinite numbers and no integers of 64 bits.
  if (typeof value === 'string' || (typeof value === 'number' && Number.isFinite(value))) return value
  return String(value)
}

export const toldColumns = ({ values, sums }: ToldTable): string[] => [...values, ...sums]

const byName = new Map(toldTables.map((table) => [table.name, table]))
/** Undefined for one of which only a later version tells. */
export const toldTable = (name: string): ToldTable | undefined => byName.get(name)

/** A key as one text: unique within its table. */
export const keyText = (cells: readonly unknown[]): string => JSON.stringify(cells)

const keySchema = z.array(z.union([z.string(), z.number()]))
/** The values of a key, from its text; null where that is none. */
export const keyCells = (part: string): (string | number)[] | null =>
  keySchema.safeParse(jsonOf(part)).data ?? null
