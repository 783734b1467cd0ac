/**
 * Records live parts in the audit: one row for many parts, with a checksum over everything that was stored about
 * them. A shift has hundreds of thousands of parts, and a later change of any of them must still be found.
 */
import { z } from 'zod'
import type { Id } from '../../shared/values.ts'
import { recordAudit } from './audit.ts'
import type { Database } from './database.ts'
import { findDataset } from './datasets.ts'
import { judgedChecksum, picturesChecksum } from './live-checksum.ts'
import { idRanges } from './scores.ts'

/** The most parts in one row. */
export const partsPerRow = 500

const unrecordedRow = z.object({ id: z.int(), verdict: z.string() })

/**
 * Adds rows to the audit for verdicts that it does not contain yet.
 * @returns the number of parts that were added
 */
export function recordJudgedParts(db: Database, watch: { id: Id; datasetId: Id }): number {
  let recorded = 0
  for (;;) {
    const count = db.transaction(() => {
      const parts = db.all(
        unrecordedRow,
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
          pictures: picturesChecksum(db, ranges),
        },
      })
      for (const { id } of parts) db.run('UPDATE live_part SET audit_id = $row WHERE id = $id', { id, row })
      return parts.length
    })
    recorded += count
    if (count < partsPerRow) return recorded
  }
}
