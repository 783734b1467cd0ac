/** Sends events about models and thresholds that another process (a command on this machine) has put into use. */
import { z } from 'zod'
import { failureDocument } from '../../shared/failure.ts'
import type { EventHub } from '../platform/events.ts'
import type { Log } from '../platform/log.ts'
import type { Database } from '../store/database.ts'

/** Milliseconds between two checks. A check costs very little while no other process has written. */
const lookEvery = 1000

const versionRow = z.tuple([z.object({ data_version: z.int() })])
const newestRow = z.object({ model: z.int(), point: z.int() })
const modelRow = z.object({ dataset: z.string() })
const pointRow = z.object({ run: z.string() })

/** @returns a function that stops checking */
export function noticeChanges(db: Database, events: EventHub, log: Log, every = lookEvery): () => void {
  const version = (): number => versionRow.parse(db.pragma('data_version'))[0].data_version
  const newest = () =>
    db.get(
      newestRow,
      `SELECT (SELECT coalesce(max(id), 0) FROM model_use) AS model,
         (SELECT coalesce(max(id), 0) FROM operating_point_use) AS point`,
    ) ?? { model: 0, point: 0 }
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
    const { model, point } = seen
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
  }
  // Changes made by this process were announced already.
  const note = (): void => {
    seen = newest()
  }
  const stops = [events.on('model.changed', note), events.on('point.changed', note)]
  const timer = setInterval(look, every)
  timer.unref()
  return () => {
    clearInterval(timer)
    for (const stop of stops) stop()
  }
}
