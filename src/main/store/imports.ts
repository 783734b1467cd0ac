import { z } from 'zod'
import { type Layout, layoutSchema } from '../../shared/image.ts'
import { type ImportReport, importReportSchema } from '../../shared/import.ts'
import { type Id, type JsonObject, timeSchema } from '../../shared/values.ts'
import { recordAudit } from './audit.ts'
import type { Database } from './database.ts'
import { datasetById } from './datasets.ts'
import { newId } from './ids.ts'
import { jsonText, toJson } from './row.ts'

const importRow = z.object({
  id: z.string(),
  datasetId: z.string(),
  source: z.string(),
  layout: layoutSchema,
  state: z.enum(['running', 'done', 'cancelled', 'failed', 'interrupted']),
  startedAt: timeSchema,
  finishedAt: timeSchema.nullable(),
  report: jsonText(importReportSchema).nullable(),
})
export type ImportRow = z.output<typeof importRow>

/** Records that images of `source` are being imported. */
export function beginImport(db: Database, values: { datasetId: Id; source: string; layout: Layout }): Id {
  const id = newId(db.now())
  db.transaction(() => {
    db.run(
      `INSERT INTO import (id, dataset_id, source, layout, state, started_at)
       VALUES ($id, $datasetId, $source, $layout, 'running', $now)`,
      { id, ...values, now: db.now() },
    )
    recordImport(db, 'import.started', id, { source: values.source, layout: values.layout })
  })
  return id
}

/** Adds a row to the audit about an import, with the name of its dataset. */
export function recordImport(
  db: Database,
  action: 'import.started' | 'import.images' | 'import.ended',
  id: Id,
  detail: JsonObject,
): void {
  const row = db.get(
    z.object({ datasetId: z.string() }),
    'SELECT dataset_id AS datasetId FROM import WHERE id = $id',
    {
      id,
    },
  )
  const dataset = row === undefined ? undefined : datasetById(db, row.datasetId)
  recordAudit(db, { action, dataset: dataset?.name ?? null, detail: { import: id, ...detail } })
}

export function finishImport(db: Database, id: Id, report: ImportReport): void {
  db.transaction(() => {
    db.run(`UPDATE import SET state = 'done', finished_at = $now, report = $report WHERE id = $id`, {
      id,
      report: toJson(importReportSchema, report),
      now: db.now(),
    })
    const { imported, already, duplicates, refused, splits } = report
    recordImport(db, 'import.ended', id, {
      state: 'done',
      imported,
      already,
      duplicates: duplicates.length,
      refused: refused.length,
      splits,
    })
  })
}

export function stopImport(db: Database, id: Id, state: 'cancelled' | 'failed'): void {
  db.transaction(() => {
    db.run('UPDATE import SET state = $state, finished_at = $now WHERE id = $id', {
      id,
      state,
      now: db.now(),
    })
    recordImport(db, 'import.ended', id, { state })
  })
}

/** Newest first. */
export const listImports = (db: Database, datasetId: Id): ImportRow[] =>
  db.all(
    importRow,
    `SELECT id, dataset_id AS datasetId, source, layout, state, started_at AS startedAt,
       finished_at AS finishedAt, report
     FROM import WHERE dataset_id = $datasetId ORDER BY started_at DESC, id DESC`,
    { datasetId },
  )
