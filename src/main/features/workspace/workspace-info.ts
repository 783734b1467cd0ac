import { basename } from 'node:path'
import { z } from 'zod'
import type { WorkspaceInfo } from '../../../shared/workspace.ts'
import { freeBytes } from '../../platform/free-bytes.ts'
import { clockJump } from '../../store/clock.ts'
import { lossFailure } from '../../store/database-backups.ts'
import type { Workspace } from '../../store/workspace.ts'

const countsRow = z.object({ datasets: z.int(), images: z.int(), runs: z.int() })

/** What an open workspace contains, and how much free space its disk has. */
export async function workspaceInfo({ dir, db, lost, copy }: Workspace): Promise<WorkspaceInfo> {
  const counts = db.get(
    countsRow,
    `SELECT (SELECT count(*) FROM dataset) AS datasets,
       (SELECT count(*) FROM image WHERE removed_at IS NULL) AS images, (SELECT count(*) FROM run) AS runs`,
  ) ?? { datasets: 0, images: 0, runs: 0 }
  // Read before the first wait: meanwhile somebody may open another workspace.
  const clock = copy === null ? clockJump(db) : null
  return {
    dir,
    name: basename(dir),
    ...counts,
    isReadOnly: copy !== null,
    freeBytes: await freeBytes(dir),
    lost: lossFailure(lost),
    clock,
  }
}
