import type { Run } from '../../../shared/run.ts'
import type { Database } from '../../store/database.ts'
import { setRunState } from '../../store/runs.ts'

/** Writes the files that a new run needs. Where that fails, its row must not stay queued: the run is cancelled. */
export async function preparedOrCancelled(
  db: Database,
  run: Run,
  writeFiles: () => Promise<void>,
): Promise<void> {
  try {
    await writeFiles()
  } catch (error) {
    setRunState(db, run.id, 'cancelled')
    throw error
  }
}
