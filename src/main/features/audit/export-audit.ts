/** The audit as a file for whoever reads it elsewhere, and as a check of its chain. */
import { join, resolve } from 'node:path'
import { auditEntrySchema } from '../../../shared/audit.ts'
import { writeFileDurably } from '../../platform/durable-file.ts'
import { storedAsync } from '../../platform/storage-errors.ts'
import { type AuditFilter, canonicalJson, iterateAudit } from '../../store/audit.ts'
import type { Database } from '../../store/database.ts'

export type AuditFormat = 'csv' | 'json'

export interface AuditExport {
  filter: AuditFilter
  format: AuditFormat
  folder: string
}

const columns = Object.keys(auditEntrySchema.shape)

/** As RFC 4180 has it; a text that a spreadsheet would take for a formula gets an apostrophe before it. */
export function csvField(value: string | number | null): string {
  if (value === null) return ''
  if (typeof value === 'number') return String(value)
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/**
 * Writes the rows, oldest first, with everything that their hashes are made of: the chain can be followed from
 * the file alone. @throws Failure `disk-full`
 */
export async function exportAudit(
  db: Database,
  { filter, format, folder }: AuditExport,
): Promise<{ file: string; rows: number }> {
  const time = new Date(db.now()).toISOString().slice(0, 19).replaceAll(/[:T]/g, '-')
  const file = join(resolve(folder), `audit-${time}.${format}`)
  const lines: string[] = []
  let rows = 0
  for (const entry of iterateAudit(db, filter)) {
    rows++
    if (format === 'json') {
      lines.push(`${rows === 1 ? '' : ','}${canonicalJson(entry)}`)
      continue
    }
    const { id, at, action, operator, run, dataset, image, detail, previous, hash } = entry
    const fields = [id, at, action, operator, run, dataset, image, canonicalJson(detail), previous, hash]
    lines.push(fields.map(csvField).join(','))
  }
  const text =
    format === 'json'
      ? `[\n${lines.join('\n')}\n]\n`
      : // A spreadsheet takes a file without the mark for one in another encoding.
        `\ufeff${[columns.join(','), ...lines].join('\r\n')}\r\n`
  await storedAsync(() => writeFileDurably(file, text))
  return { file, rows }
}
