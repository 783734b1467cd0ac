/** What the audit of a workspace says of updates: who asked for one, and how it ended. */
import { z } from 'zod'
import type { UpdateOffer } from '../../../shared/update.ts'
import { applicationVersion } from '../../platform/application-version.ts'
import { recordAudit } from '../../store/audit.ts'
import type { Database } from '../../store/database.ts'

export function recordStart(
  db: Database,
  { present: from, version: to, commit }: Pick<UpdateOffer, 'present' | 'version' | 'commit'>,
  whileWatching: boolean,
  operator: string | null = null,
): void {
  recordAudit(db, { action: 'update.started', operator, detail: { from, to, commit, whileWatching } })
}

const rowSchema = z.object({ action: z.string(), to: z.string().nullable() })

/**
 * The first time that a workspace is opened with the version that an update was to bring, its audit says so. Nobody can
 * write that before: the old version may not be able to read the workspace any more.
 */
export function recordDone(db: Database, version: string = applicationVersion()): void {
  if (db.copyOf !== null) return
  const last = db.get(
    rowSchema,
    `SELECT action, detail ->> '$.to' AS "to" FROM audit
     WHERE action IN ('update.started', 'update.done', 'update.failed') ORDER BY id DESC LIMIT 1`,
  )
  if (last?.action === 'update.started' && last.to === version)
    recordAudit(db, { action: 'update.done', detail: { version } })
}
