import { z } from 'zod'
import {
  type Id,
  type ImportReport,
  importReportSchema,
  type Layout,
  layoutSchema,
  timeSchema,
} from '../../shared/domain.ts'
import type { Database } from './database.ts'
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

/** Notes down that images of `source` are being imported. */
export function beginImport(db: Database, values: { datasetId: Id; source: string; layout: Layout }): Id {
  const id = newId(db.now())
  db.run(
    `INSERT INTO import (id, dataset_id, source, layout, state, started_at)
     VALUES ($id, $datasetId, $source, $layout, 'running', $now)`,
    { id, ...values, now: db.now() },
  )
  return id
}

export function finishImport(db: Database, id: Id, report: ImportReport): void {
  db.run(`UPDATE import SET state = 'done', finished_at = $now, report = $report WHERE id = $id`, {
    id,
    report: toJson(report),
    now: db.now(),
  })
}

export function stopImport(db: Database, id: Id, state: 'cancelled' | 'failed'): void {
  db.run('UPDATE import SET state = $state, finished_at = $now WHERE id = $id', { id, state, now: db.now() })
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
