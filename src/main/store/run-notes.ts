/** What people say about runs: a note, tags, and whether it is put away. */
import { z } from 'zod'
import type { Run, RunDescription } from '../../shared/run.ts'
import { runTagsSchema } from '../../shared/run.ts'
import type { Id } from '../../shared/values.ts'
import { recordAudit } from './audit.ts'
import type { Database } from './database.ts'
import { datasetById } from './datasets.ts'
import { toJson } from './row.ts'
import { findRun, renameRun } from './runs.ts'

/** Changes what is given, and records it where it changes something. */
export function describeRun(
  db: Database,
  id: Id,
  { name, note, tags, archived }: RunDescription,
  operator: string | null,
): Run {
  return db.transaction(() => {
    const before = findRun(db, id)
    const dataset = datasetById(db, before.datasetId)?.name ?? null
    const told = { operator, run: id, dataset }
    if (name !== undefined && name !== before.name) {
      renameRun(db, id, name)
      recordAudit(db, { ...told, action: 'run.renamed', detail: { from: before.name, to: name } })
    }
    const now = { note: note ?? before.note, tags: tags ?? before.tags }
    if (now.note !== before.note || toJson(z.array(z.string()), now.tags) !== JSON.stringify(before.tags)) {
      db.run('UPDATE run SET note = $note, tags = $tags WHERE id = $id', {
        id,
        note: now.note,
        tags: toJson(runTagsSchema, now.tags),
      })
      recordAudit(db, { ...told, action: 'run.described', detail: now })
    }
    if (archived !== undefined && archived !== (before.archivedAt !== null)) {
      db.run('UPDATE run SET archived_at = $at WHERE id = $id', { id, at: archived ? db.now() : null })
      recordAudit(db, { ...told, action: archived ? 'run.archived' : 'run.unarchived' })
    }
    return findRun(db, id)
  })
}
