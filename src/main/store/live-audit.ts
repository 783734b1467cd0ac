/**
 * What the audit tells of live parts: a row for many of them, with a checksum over all that was stored about each.
 * A shift has hundreds of thousands of parts, and a change of any of them must be found all the same.
 */
import { z } from 'zod'
import type { Id } from '../../shared/values.ts'
import { recordAudit } from './audit.ts'
import type { Database } from './database.ts'
import { findDataset } from './datasets.ts'
import { judgedChecksum } from './live-checksum.ts'
import { idRanges } from './scores.ts'

/** Parts in one row at most. */
export const partsPerRow = 500

const untoldRow = z.object({ id: z.int(), verdict: z.string() })

/**
 * Adds rows to the audit for the verdicts that it does not tell of yet.
 * @returns how many parts they tell of
 */
export function recordJudgedParts(db: Database, watch: { id: Id; datasetId: Id }): number {
  let told = 0
  for (;;) {
    const count = db.transaction(() => {
      const parts = db.all(
        untoldRow,
        `SELECT id, verdict FROM live_part WHERE watch_id = $watch AND verdict IS NOT NULL AND audit_id IS NULL
         ORDER BY id LIMIT $partsPerRow`,
        { watch: watch.id, partsPerRow },
      )
      if (parts.length === 0) return 0
      const ids = parts.map(({ id }) => id)
      const of = (verdict: string): number => parts.filter((part) => part.verdict === verdict).length
      const ranges = idRanges(ids)
      const row = recordAudit(db, {
        action: 'live.judged',
        dataset: findDataset(db, watch.datasetId).name,
        detail: {
          watch: watch.id,
          parts: ranges,
          good: of('good'),
          flagged: of('flagged'),
          refused: of('refused'),
          sha256: judgedChecksum(db, ranges),
        },
      })
      for (const { id } of parts) db.run('UPDATE live_part SET audit_id = $row WHERE id = $id', { id, row })
      return parts.length
    })
    told += count
    if (count < partsPerRow) return told
  }
}
