/** Photographs that this station wrote into a watched folder itself, because a program had posted them. */
import { z } from 'zod'
import { timeSchema } from '../../shared/values.ts'
import type { Database } from './database.ts'
import { countRow } from './row.ts'

const depositRow = z.object({
  file: z.string(),
  point: z.string(),
  folder: z.string(),
  partNumber: z.string().nullable(),
  view: z.string().nullable(),
  cameAt: timeSchema,
})
export type Deposit = z.output<typeof depositRow>
const columns = 'file, point, folder, part_number AS partNumber, view, came_at AS cameAt'

/** What names of such files begin with: no other file has to be looked up. */
export const depositPrefix = 'posted-'

export function addDeposit(db: Database, deposit: Deposit): void {
  db.run(
    `INSERT INTO deposit (file, point, folder, part_number, view, came_at)
     VALUES ($file, $point, $folder, $partNumber, $view, $cameAt)`,
    deposit,
  )
}

export const depositOf = (db: Database, file: string): Deposit | undefined =>
  file.startsWith(depositPrefix)
    ? db.get(depositRow, `SELECT ${columns} FROM deposit WHERE file = $file`, { file })
    : undefined

export const listDeposits = (db: Database): Deposit[] =>
  db.all(depositRow, `SELECT ${columns} FROM deposit ORDER BY file`)

/** @param folder null for those of all folders */
export const countDeposits = (db: Database, folder: string | null = null): number =>
  db.get(countRow, 'SELECT count(*) AS n FROM deposit WHERE $folder IS NULL OR folder = $folder', { folder })
    ?.n ?? 0

export function removeDeposit(db: Database, file: string): void {
  db.run('DELETE FROM deposit WHERE file = $file', { file })
}
