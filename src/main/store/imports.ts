import { z } from 'zod'
import { type Layout, layoutSchema } from '../../shared/image.ts'
import { type ImportReport, importReportSchema } from '../../shared/import.ts'
import { type Id, timeSchema } from '../../shared/values.ts'
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
    recordAudit(db, {
      action: 'import.started',
      dataset: datasetOfImport(db, id),
      detail: { import: id, source: values.source, layout: values.layout },
    })
  })
  return id
}

/** The name of the dataset that an import fills. */
export function datasetOfImport(db: Database, id: Id): string | null {
  const row = db.get(
    z.object({ datasetId: z.string() }),
    'SELECT dataset_id AS datasetId FROM import WHERE id = $id',
    { id },
  )
  return row === undefined ? null : (datasetById(db, row.datasetId)?.name ?? null)
}

export function finishImport(db: Database, id: Id, report: ImportReport): void {
  db.transaction(() => {
    db.run(`UPDATE import SET state = 'done', finished_at = $now, report = $report WHERE id = $id`, {
      id,
      report: toJson(importReportSchema, report),
      now: db.now(),
    })
    const { imported, already, duplicates, refused, splits } = report
    recordAudit(db, {
      action: 'import.ended',
      dataset: datasetOfImport(db, id),
      detail: {
        import: id,
        state: 'done',
        imported,
        already,
        duplicates: duplicates.length,
        refused: refused.length,
        splits,
      },
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
    recordAudit(db, {
      action: 'import.ended',
      dataset: datasetOfImport(db, id),
      detail: { import: id, state },
    })
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
