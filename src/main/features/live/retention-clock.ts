/**
 * The time by which the age of pictures is told. A computer's clock is set: by hand, by a server, by an empty battery.
 * A clock that goes forward makes every picture old at once, and what is cleared away does not come back.
 */
import { clockKey, clockSchema, noClock } from '../../../shared/live.ts'
import type { Session } from '../../session/session.ts'
import { readSetting, writeSetting } from '../../store/settings.ts'

const day = 86_400_000
/** A computer may be off for a long weekend, however short the pictures are kept. */
const leastDays = 4

/**
 * The time at which it was made and what has passed since, by a clock that nobody can set; or the computer's clock
 * where that is earlier, because it was put right. What the computer sleeps may be left out.
 */
export function steadyClock(
  wall: () => number,
  steady: () => number = () => performance.now(),
): () => number {
  const start = wall()
  const steadyStart = steady()
  return () => Math.min(wall(), start + Math.round(steady() - steadyStart))
}

/**
 * The time by which ages are told, or null: since the last time a clear share of the days that pictures are kept has
 * passed, and whether the clock is wrong or the computer was off for so long only a person knows.
 * @param days the shortest time that pictures are kept
 */
export function trustedTime({ workspace, log }: Session, now: number, days: number): number | null {
  const { db } = workspace
  const { seen, held } = readSetting(db, clockKey, clockSchema, noClock)
  if (seen !== null && now - seen > Math.max(days / 2, leastDays) * day) {
    if (held === null) {
      writeSetting(db, clockKey, { seen, held: now })
      log.warn('No pictures are cleared away by their age: the clock has gone far forward.', { seen, now })
    }
    return null
  }
  writeSetting(db, clockKey, { seen: now, held: null })
  return now
}

/** A person has said that the clock is right. */
export function trustClock({ workspace }: Session): void {
  writeSetting(workspace.db, clockKey, { seen: workspace.db.now(), held: null })
}
