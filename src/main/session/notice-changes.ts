/** Sends events about models, thresholds and inspection points that another process (a command on this machine) has put into use. */
import { z } from 'zod'
import { failureDocument } from '../../shared/failure.ts'
import type { EventHub } from '../platform/events.ts'
import type { Log } from '../platform/log.ts'
import type { Database } from '../store/database.ts'

/** Milliseconds between two checks. A check costs very little while no other process has written. */
const lookEvery = 1000

const versionRow = z.tuple([z.object({ data_version: z.int() })])
const newestRow = z.object({ model: z.int(), point: z.int(), inspections: z.string() })
const modelRow = z.object({ dataset: z.string() })
const pointRow = z.object({ run: z.string() })

/** @returns a function that stops checking */
export function noticeChanges(db: Database, events: EventHub, log: Log, every = lookEvery): () => void {
  const version = (): number => versionRow.parse(db.pragma('data_version'))[0].data_version
  const newest = () =>
    db.get(
      newestRow,
      `SELECT (SELECT coalesce(max(id), 0) FROM model_use) AS model,
         (SELECT coalesce(max(id), 0) FROM operating_point_use) AS point,
         (SELECT coalesce(json_group_array(json_array(name, most_waiting, views, removed_at)), '')
            || coalesce((SELECT max(id) FROM recipe), 0) || ' ' || coalesce((SELECT max(id) FROM recipe_use), 0)
          FROM inspection_point) AS inspections`,
    ) ?? { model: 0, point: 0, inspections: '' }
  let seenVersion = version()
  let seen = newest()
  const look = (): void => {
    try {
      compare()
    } catch (error) {
      // The next look compares again.
      log.warn('Whether another process changed something could not be read.', failureDocument(error))
    }
  }
  const compare = (): void => {
    const now = version()
    if (now === seenVersion) return
    const { model, point, inspections } = seen
    const next = newest()
    const models = db.all(
      modelRow,
      'SELECT DISTINCT dataset_id AS dataset FROM model_use WHERE id > $model',
      { model },
    )
    const points = db.all(
      pointRow,
      'SELECT DISTINCT run_id AS run FROM operating_point_use WHERE id > $point',
      { point },
    )
    seenVersion = now
    seen = next
    for (const { dataset } of models) events.emit('model.changed', { dataset })
    for (const { run } of points) events.emit('point.changed', { run })
    if (next.inspections !== inspections) events.emit('inspection.changed', {})
  }
  // Changes made by this process were announced already.
  const note = (): void => {
    seen = newest()
  }
  const stops = (['model.changed', 'point.changed', 'inspection.changed'] as const).map((name) =>
    events.on(name, note),
  )
  const timer = setInterval(look, every)
  timer.unref()
  return () => {
    clearInterval(timer)
    for (const stop of stops) stop()
  }
}
