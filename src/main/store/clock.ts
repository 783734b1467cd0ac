/**
 * What a workspace knows of the computer's clock. A clock is set: by hand, by a server, by an empty battery. One that
 * goes far forward makes everything old at once, and what is cleared away does not come back; one that goes back makes
 * rows that say they are older than what was before them. So a jump is written down and holds all clearing by age,
 * until a person has said that the clock is right.
 */
import { z } from 'zod'
import { type ClockJump, clockJumpSchema } from '../../shared/clock.ts'
import type { FailureInfo } from '../../shared/failure-schema.ts'
import { retentionKey, retentionSchema, standardRetention } from '../../shared/live.ts'
import { message } from '../../shared/messages/message.ts'
import { removedDays } from '../../shared/removed.ts'
import { timeSchema } from '../../shared/values.ts'
import { clockKey } from '../../shared/workspace.ts'
import { recordAudit } from './audit.ts'
import type { Database } from './database.ts'
import { readSetting, writeSetting } from './settings.ts'

const hour = 3_600_000
const day = 24 * hour

/** How far the clock may be before the newest stored time. */
export const mayGoBack = hour

/** A computer may be off for a long weekend, however short things are kept, and a month is far in any case. */
const [leastDays, mostDays] = [4, 30]

const clockSchema = z.object({
  /** The last time that was taken for right; null before the first. */
  seen: timeSchema.nullable(),
  /** Newest stored times, by table, that were there when a person last said that the clock is right. */
  passed: z.record(z.string(), timeSchema),
  jump: clockJumpSchema.nullable(),
})
const noClock: z.output<typeof clockSchema> = { seen: null, passed: {}, jump: null }
const stateOf = (db: Database) => readSetting(db, clockKey, clockSchema, noClock)

/** The jump that waits for an answer; null where none does. */
export const clockJump = (db: Database): ClockJump | null => stateOf(db).jump

/** The time by which ages are told: while a jump waits for an answer, nothing gets older. */
export function timeForAges(db: Database): number {
  const jump = clockJump(db)
  return jump === null ? db.now() : Math.min(db.now(), jump.stored)
}

/** Milliseconds after the newest stored time from which on the clock has gone far forward. */
export function mayGoForward(db: Database): number {
  const { goodDays, flaggedDays } = readSetting(db, retentionKey, retentionSchema, standardRetention)
  const shortest = Math.min(goodDays ?? removedDays, flaggedDays ?? removedDays, removedDays)
  return Math.min(mostDays, Math.max(leastDays, shortest / 2)) * day
}

/** Tables beside the audit that have a time in each row: their last row is the newest. */
const newestOf = {
  decision: 'SELECT decided_at AS at FROM decision ORDER BY id DESC LIMIT 1',
  score: 'SELECT scored_at AS at FROM score ORDER BY rowid DESC LIMIT 1',
  live_part: 'SELECT max(arrived_at, coalesce(judged_at, 0)) AS at FROM live_part ORDER BY id DESC LIMIT 1',
} as const
const timeRow = z.object({ at: timeSchema })

const newestTimes = (db: Database): Record<string, number> =>
  Object.fromEntries(
    Object.entries(newestOf).flatMap(([table, sql]) => {
      const row = db.get(timeRow, sql)
      return row === undefined ? [] : [[table, row.at] as const]
    }),
  )

const auditTime = (db: Database): number =>
  db.get(timeRow, 'SELECT at FROM audit ORDER BY id DESC LIMIT 1')?.at ?? 0

/** The newest time that is stored; null where nothing is. A row from a clock that was found wrong does not count. */
function newestStored(db: Database): number | null {
  const { seen, passed, jump } = stateOf(db)
  // While a jump waits, the others may be of the time before it, of which it was told already.
  const others = jump === null ? Object.entries(newestTimes(db)) : []
  const newest = Math.max(
    auditTime(db),
    jump === null ? (seen ?? 0) : 0,
    ...others.filter(([table, at]) => passed[table] !== at).map(([, at]) => at),
  )
  return newest === 0 ? null : newest
}

/** Compares the clock with the newest stored time, and writes a jump down. @returns the jump, where there is one now */
export function compareClock(db: Database): ClockJump | null {
  return db.transaction(() => {
    const [stored, present] = [newestStored(db), db.now()]
    if (stored === null) return null
    const passed = present - stored
    return passed < -mayGoBack || passed > mayGoForward(db) ? noteJump(db, { stored, present }) : null
  })
}

/** Writes a jump down, from when on nothing is cleared away by its age. */
export function noteJump(db: Database, jump: ClockJump): ClockJump {
  return db.transaction(() => {
    const state = stateOf(db)
    // Of several, ages are told by the time before the first.
    const waits = { stored: state.jump?.stored ?? jump.stored, present: jump.present }
    writeSetting(db, clockKey, { ...state, jump: waits })
    recordAudit(db, { action: 'clock.jumped', detail: { ...jump } })
    return waits
  })
}

/** Writes down now and then that the clock was right, also where nothing else is stored. */
export function noteTime(db: Database): void {
  const { seen, jump, passed } = stateOf(db)
  const now = db.now()
  if (jump === null && (seen === null || Math.abs(now - seen) >= hour))
    writeSetting(db, clockKey, { seen: now, passed, jump })
}

/** A person has said that the clock is right. */
export function confirmClock(db: Database, operator: string | null): void {
  db.transaction(() => {
    const { jump } = stateOf(db)
    writeSetting(db, clockKey, { seen: db.now(), passed: newestTimes(db), jump: null })
    recordAudit(db, { action: 'clock.confirmed', operator, detail: { ...jump } })
  })
}

/** How a person is told of a jump. */
export function clockFailure({ stored, present }: ClockJump): FailureInfo {
  const times = { stored: new Date(stored).toISOString(), present: new Date(present).toISOString() }
  return present < stored
    ? message('clock-jumped', times)
    : message('clock-jumped', { case: 'forward', ...times })
}
