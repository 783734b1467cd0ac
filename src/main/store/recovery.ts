import { z } from 'zod'
import { type FailureInfo, failureInfoSchema } from '../../shared/failure-schema.ts'
import { message } from '../../shared/messages/message.ts'
import { removeLeftoversNow } from '../platform/durable-file.ts'
import { recordAudit } from './audit.ts'
import type { BlobStore } from './blob-store.ts'
import type { Database } from './database.ts'
import { hasBlob } from './images.ts'
import { datasetOfImport } from './imports.ts'
import { toJson } from './row.ts'
import { runFolder } from './runs.ts'

const interrupted: FailureInfo = message('interrupted')

const runRow = z.object({ run: z.string() })

/** The runs whose files a process that has ended may have been writing. */
const runsAtWork = (db: Database): string[] =>
  db
    .all(
      runRow,
      `SELECT id AS run FROM run WHERE state = 'training'
       UNION SELECT run_id FROM job WHERE state = 'running' AND run_id IS NOT NULL
       UNION SELECT run_id FROM live_watch
         WHERE active = 1 AND EXISTS (SELECT 1 FROM job WHERE kind = 'live' AND state = 'running')`,
    )
    .map(({ run }) => run)

/**
 * The first thing that a new owner of a workspace does: anything that is still marked as in progress belonged to a
 * process that has ended. Runs and jobs are marked as interrupted, and half-published files are removed.
 */
export function recover(
  db: Database,
  { blobs, path }: { blobs: BlobStore; path(relativePath: string): string },
): void {
  blobs.recover((sha256) => hasBlob(db, sha256))
  // Only where something was under way: a folder of a run can hold a hundred thousand maps.
  for (const run of runsAtWork(db)) removeLeftoversNow(path(runFolder(run)))
  const values = { now: db.now(), failure: toJson(failureInfoSchema, interrupted) }
  const idRow = z.object({ id: z.string() })
  db.transaction(() => {
    for (const { id } of db.all(idRow, `SELECT id FROM run WHERE state = 'training'`)) {
      recordAudit(db, { action: 'training.ended', run: id, detail: { state: 'interrupted' } })
    }
    db.run(
      `UPDATE job SET state = 'interrupted', finished_at = $now, failure = $failure, pid = NULL
       WHERE state = 'running'`,
      values,
    )
    db.run(`UPDATE run SET state = 'interrupted', failure = $failure WHERE state = 'training'`, {
      failure: values.failure,
    })
    for (const { id } of db.all(idRow, `SELECT id FROM import WHERE state = 'running'`)) {
      db.run(`UPDATE import SET state = 'interrupted', finished_at = $now WHERE id = $id`, {
        id,
        now: values.now,
      })
      recordAudit(db, {
        action: 'import.ended',
        dataset: datasetOfImport(db, id),
        detail: { import: id, state: 'interrupted' },
      })
    }
  })
}
