/** The datasets in which live parts are filed: each beside that from which their model learned. */
import type { Dataset } from '../../../shared/dataset.ts'
import type { Run } from '../../../shared/run.ts'
import type { Id } from '../../../shared/values.ts'
import type { Database } from '../../store/database.ts'
import { createDataset, datasetById, datasetByName } from '../../store/datasets.ts'
import { beginImport } from '../../store/imports.ts'
import type { WatchedLine } from './watched-line.ts'

export function liveDatasetOf(db: Database, run: Run, folder: string): Dataset {
  const name = `live ${datasetById(db, run.datasetId)?.name ?? run.id}`.slice(0, 100)
  return datasetByName(db, name) ?? createDataset(db, { name, layout: 'flat', source: folder })
}

/** Stores that photographs of the line come into a dataset. */
export function beginImportInto({ session, watch, imports }: WatchedLine, datasetId: Id): void {
  if (imports.has(datasetId)) return
  const { db } = session.workspace
  imports.set(datasetId, beginImport(db, { datasetId, source: watch.folder, layout: 'flat' }))
}
