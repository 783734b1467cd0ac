/** Clears away the files of what was deleted more than thirty days ago. Its rows stay: the audit names them. */
import { rm } from 'node:fs/promises'
import { removedDays } from '../../../shared/removed.ts'
import type { Session } from '../../session/session.ts'
import {
  blobsOfCleared,
  datasetsToClear,
  markBlobsDiscarded,
  markDatasetCleared,
  markRunCleared,
  runsToClear,
} from '../../store/removed.ts'
import { runFolder } from '../../store/runs.ts'

/** Photographs in one transaction. */
const bite = 25

/**
 * @param time by which ages are told
 * @returns the number of datasets and runs
 */
export async function clearRemoved(
  { workspace, log, events }: Session,
  time: number,
  signal?: AbortSignal,
): Promise<number> {
  const { db, blobs } = workspace
  const before = time - removedDays * 86_400_000
  const datasets = datasetsToClear(db, before)
  for (const id of datasets) markDatasetCleared(db, id)
  for (;;) {
    const found = signal?.aborted ? [] : blobsOfCleared(db, bite)
    if (found.length === 0) break
    const withdrawal = blobs.withdraw(found)
    try {
      markBlobsDiscarded(db, found)
    } catch (error) {
      withdrawal.undo()
      throw error
    }
    withdrawal.confirm()
    await new Promise((resolve) => setImmediate(resolve))
  }
  const runs = runsToClear(db, before)
  for (const id of runs) {
    if (signal?.aborted) break
    await rm(workspace.path(runFolder(id)), { recursive: true, force: true })
    markRunCleared(db, id)
  }
  const cleared = datasets.length + runs.length
  if (cleared > 0) {
    log.info(`The files of ${datasets.length} deleted datasets and ${runs.length} runs were cleared away.`)
    events.emit('removed.changed', {})
  }
  return cleared
}
