/** What a report says of people: who trained, decided and put into use, and when. Parts are named by their files. */
import { z } from 'zod'
import type { AuditEntry } from '../../../shared/audit.ts'
import type { ModelUse } from '../../../shared/model.ts'
import type { Run } from '../../../shared/run.ts'
import type { Id } from '../../../shared/values.ts'
import { listAudit } from '../../store/audit.ts'
import type { Database } from '../../store/database.ts'
import { imageById } from '../../store/images.ts'
import { modelHistory } from '../../store/model-uses.ts'
import { runById } from '../../store/runs.ts'
import { runName } from '../runs/run-name.ts'

/** A use of a model, with what its run is called. */
export type NamedUse = ModelUse & { runName: string }

/** A row of the audit about the run. */
export interface ReportAct {
  at: number
  operator: string | null
  action: (typeof actions)[number]
  /** The files of the parts that it is about: all, or the first of `count`. */
  files: string[]
  count: number
  detail: AuditEntry['detail']
}

export interface ReportHistory {
  /** Who trained the model, or took it from another workstation, and when; null where the audit does not say. */
  made: { at: number; operator: string | null } | null
  decisions: { operator: string; accept: number; reject: number; unsure: number; undone: number }[]
  /** Newest first. */
  acts: ReportAct[]
  /** Of the dataset, newest first. */
  uses: NamedUse[]
}

/** What of the audit an auditor reads about a model. Jobs, scores and parts of the line stand in the audit itself. */
const actions = [
  'training.started',
  'training.ended',
  'model.imported',
  'threshold.set',
  'threshold.used',
  'model.promoted',
  'model.rolled-back',
  'decision.made',
  'decision.undone',
  'export.written',
] as const

/** The newest rows of each kind of act that are listed; files are written often, and say little. */
const rowLimit = 30
const fileLimit = 5

export function historyOf(db: Database, run: Run): ReportHistory {
  const rows = actions.flatMap((action) =>
    listAudit(
      db,
      { run: run.id, action },
      { offset: 0, limit: action === 'export.written' ? fileLimit : rowLimit },
    ).map((row) => ({ action, row })),
  )
  const made = rows.find(
    ({ action, row }) =>
      action === 'model.imported' || (action === 'training.ended' && row.detail.state === 'trained'),
  )
  return {
    made: made ? { at: made.row.at, operator: made.row.operator } : null,
    decisions: decisionsOf(db, run),
    acts: rows
      .sort((a, b) => b.row.id - a.row.id)
      .map(({ action, row: { at, operator, image, detail } }) => ({
        at,
        operator,
        action,
        ...filesOf(db, image, detail),
        detail,
      })),
    uses: modelHistory(db, run.datasetId).map((use) => ({ ...use, runName: nameOf(db, use.runId) })),
  }
}

/** The name also of a run that was deleted since. */
function nameOf(db: Database, id: Id): string {
  const run = runById(db, id)
  return run ? runName(db, run) : id
}

/** A row about many parts at once has their numbers as ranges, such as `3, 5-9`; only the first is named. */
function filesOf(
  db: Database,
  image: number | null,
  { images, count }: AuditEntry['detail'],
): { files: string[]; count: number } {
  const first = image ?? (typeof images === 'string' ? Number.parseInt(images, 10) : Number.NaN)
  const file = Number.isInteger(first) ? imageById(db, first)?.file : undefined
  if (file === undefined) return { files: [], count: 0 }
  return { files: [file], count: typeof count === 'number' ? count : 1 }
}

function decisionsOf(db: Database, run: Run): ReportHistory['decisions'] {
  const count = z.int()
  return db.all(
    z.object({ operator: z.string(), accept: count, reject: count, unsure: count, undone: count }),
    `SELECT operator.name AS operator,
       count(*) FILTER (WHERE decision = 'accept' AND undone_at IS NULL) AS accept,
       count(*) FILTER (WHERE decision = 'reject' AND undone_at IS NULL) AS reject,
       count(*) FILTER (WHERE decision = 'unsure' AND undone_at IS NULL) AS unsure,
       count(undone_at) AS undone
     FROM decision JOIN operator ON operator.id = decision.operator_id
     WHERE decision.run_id = $run GROUP BY operator.id ORDER BY operator.name`,
    { run: run.id },
  )
}
