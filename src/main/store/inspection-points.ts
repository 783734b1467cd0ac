/** The inspection points of the station: their names and settings. What is watched at one is in `live.ts`. */
import { z } from 'zod'
import { Failure } from '../../shared/failure.ts'
import { type PointSettings, pointSettingsSchema } from '../../shared/inspection-point.ts'
import { viewSettingsSchema } from '../../shared/part-views.ts'
import { recordAudit } from './audit.ts'
import type { Database } from './database.ts'
import { jsonText, toJsonOrNull } from './row.ts'

const columns = 'name, most_waiting AS mostWaiting, views'
const pointRow = pointSettingsSchema.extend({
  name: z.string(),
  views: jsonText(viewSettingsSchema).nullable(),
})
export type StoredPoint = z.output<typeof pointRow>

/** In the order in which they were added. */
export const listPoints = (db: Database): StoredPoint[] =>
  db.all(
    pointRow,
    `SELECT ${columns} FROM inspection_point WHERE removed_at IS NULL ORDER BY created_at, rowid`,
  )

/** Also those that were removed. */
export const everyPoint = (db: Database): string[] =>
  db.all(z.object({ name: z.string() }), 'SELECT name FROM inspection_point').map(({ name }) => name)

/** @throws Failure `inspection-unknown` */
export function findPoint(db: Database, name: string): StoredPoint {
  const found = listPoints(db).find((point) => point.name === name)
  if (found === undefined) throw new Failure('inspection-unknown', { point: name })
  return found
}

/** One of a name that was removed is the same point again. @throws Failure `inspection-name-taken` */
export function addPoint(
  db: Database,
  { name, mostWaiting, views }: StoredPoint,
  operator: string | null,
): StoredPoint {
  return db.transaction(() => {
    const alike = listPoints(db).find((point) => folded(point.name) === folded(name))
    if (alike !== undefined) throw new Failure('inspection-name-taken', { point: alike.name })
    db.run(
      `INSERT INTO inspection_point (name, most_waiting, views, created_at) VALUES ($name, $mostWaiting, $views, $now)
       ON CONFLICT (name) DO UPDATE SET removed_at = NULL, most_waiting = excluded.most_waiting,
         views = excluded.views, created_at = excluded.created_at`,
      { name, mostWaiting, views: toJsonOrNull(viewSettingsSchema, views), now: db.now() },
    )
    recordAudit(db, { action: 'inspection.added', operator, detail: { point: name, mostWaiting, views } })
    return findPoint(db, name)
  })
}

/** Folders of results have the names, and some file systems do not tell `Top` from `top`. */
const folded = (name: string): string => name.normalize('NFC').toLowerCase()

/** @throws Failure `inspection-unknown` */
export function changePoint(
  db: Database,
  { name, mostWaiting, views }: { name: string } & PointSettings,
  operator: string | null,
): void {
  db.transaction(() => {
    const before = findPoint(db, name)
    db.run('UPDATE inspection_point SET most_waiting = $mostWaiting, views = $views WHERE name = $name', {
      name,
      mostWaiting,
      views: toJsonOrNull(viewSettingsSchema, views),
    })
    recordAudit(db, {
      action: 'inspection.changed',
      operator,
      detail: {
        point: name,
        before: { mostWaiting: before.mostWaiting, views: before.views },
        after: { mostWaiting, views },
      },
    })
  })
}

/**
 * What it judged stays.
 * @throws Failure `inspection-unknown`, `inspection-last`, `inspection-runs`, `inspection-has-outputs`
 */
export function removePoint(db: Database, name: string, operator: string | null): void {
  db.transaction(() => {
    const point = findPoint(db, name)
    if (listPoints(db).length === 1) throw new Failure('inspection-last', { point: name })
    const watched = db.get(
      z.object({ folder: z.string() }),
      'SELECT folder FROM live_watch WHERE point = $name AND active = 1',
      { name },
    )
    if (watched !== undefined) throw new Failure('inspection-runs', { point: name, folder: watched.folder })
    const outputs = db.all(
      z.object({ name: z.string() }),
      'SELECT name FROM output WHERE point = $name AND removed_at IS NULL ORDER BY name',
      { name },
    )
    if (outputs.length > 0) {
      throw new Failure('inspection-has-outputs', {
        point: name,
        outputs: outputs.map((output) => output.name).join(', '),
      })
    }
    db.run('UPDATE inspection_point SET removed_at = $now WHERE name = $name', { name, now: db.now() })
    const { mostWaiting, views } = point
    recordAudit(db, { action: 'inspection.removed', operator, detail: { point: name, mostWaiting, views } })
  })
}
