/** Writes the audit to a file that can be read without Fanoscope. */
import { join, resolve } from 'node:path'
import { auditEntrySchema } from '../../../shared/audit.ts'
import { csvHead, csvLines } from '../../platform/csv.ts'
import { writeFileDurably } from '../../platform/durable-file.ts'
import { storedAsync } from '../../platform/storage-errors.ts'
import { type AuditFilter, canonicalJson, iterateAudit, type WholeAuditEntry } from '../../store/audit.ts'
import type { Database } from '../../store/database.ts'

export type AuditFormat = 'csv' | 'json'

export interface AuditExport {
  filter: AuditFilter
  format: AuditFormat
  folder: string
}

const columns = [...Object.keys(auditEntrySchema.shape), 'stored']

/**
 * Writes the rows, oldest first, with everything that their hashes are computed from, so that the chain can be
 * checked with the file alone.
 * @throws Failure `disk-full`
 */
export async function exportAudit(
  db: Database,
  { filter, format, folder }: AuditExport,
): Promise<{ file: string; rows: number }> {
  const time = new Date(db.now()).toISOString().slice(0, 19).replaceAll(/[:T]/g, '-')
  const file = join(resolve(folder), `audit-${time}.${format}`)
  const entries = [...iterateAudit(db, filter)]
  const text = format === 'json' ? jsonText(entries) : csvText(entries)
  await storedAsync(() => writeFileDurably(file, text))
  return { file, rows: entries.length }
}

const jsonText = (entries: readonly WholeAuditEntry[]): string =>
  `[\n${entries.map(canonicalJson).join('\n,')}\n]\n`

function csvText(entries: readonly WholeAuditEntry[]): string {
  const rows = entries.map(({ detail, stored, ...row }) => {
    const { id, at, action, operator, run, dataset, image, previous, hash } = row
    const told = stored === null ? null : canonicalJson(stored)
    return [id, at, action, operator, run, dataset, image, canonicalJson(detail), previous, hash, told]
  })
  return csvHead(columns) + csvLines(rows)
}
