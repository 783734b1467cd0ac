/** Rows of the audit with the names of what they are about, for people: a row itself has only numbers. */
import type { AuditEntry, NamedAuditEntry } from '../../../shared/audit.ts'
import type { Database } from '../../store/database.ts'
import { imageById } from '../../store/images.ts'
import { runById } from '../../store/runs.ts'
import { runName } from '../runs/run-name.ts'

export function namedRows(db: Database, entries: readonly AuditEntry[]): NamedAuditEntry[] {
  const names = new Map<string, string | null>()
  const nameOf = (id: string): string | null => {
    const known = names.get(id)
    if (known !== undefined) return known
    const run = runById(db, id)
    const name = run === undefined ? null : runName(db, run)
    names.set(id, name)
    return name
  }
  return entries.map((entry) => ({
    ...entry,
    file: entry.image === null ? null : (imageById(db, entry.image)?.file ?? null),
    runName: entry.run === null ? null : nameOf(entry.run),
  }))
}
