/** Counts the tries of an operator's PIN in the database, so that neither a restart nor another process forgets them. */
import { z } from 'zod'
import { Failure } from '../../shared/failure.ts'
import type { Operator } from '../../shared/operator.ts'
import { recordAudit } from './audit.ts'
import type { Database } from './database.ts'

/** Wrong PINs in a row before the first wait. */
const freeTries = 5
/** The first wait, and the longest, in milliseconds: each further wrong PIN doubles it. */
const firstWait = 30_000
const longestWait = 3_600_000

/** Milliseconds for which no further PIN is taken after so many wrong ones in a row. */
export const waitAfter = (wrong: number): number =>
  wrong < freeTries ? 0 : Math.min(longestWait, firstWait * 2 ** (wrong - freeTries))

/**
 * Milliseconds that have passed at least between two times since the computer's start. They are told by that clock,
 * because the other one can be set: a try would be forgotten by whoever sets it. After a restart of the computer, what
 * passed before it is not known.
 */
export const passedAtLeast = (then: number, now: number): number => (now >= then ? now - then : now)

const triesRow = z.object({ wrong: z.int(), triedAt: z.int() })

/**
 * Counts a try before its PIN is checked: until `endPinTry` says that it was right, it counts as wrong.
 * @returns how many tries in a row that makes
 * @throws Failure `pin-locked`
 */
export function beginPinTry(db: Database, { id, name }: Operator): number {
  const { wrong, wait } = db.transaction(() => {
    const now = db.sinceStart()
    const found = db.get(
      triesRow,
      'SELECT pin_tries AS wrong, pin_tried_at AS triedAt FROM operator WHERE id = $id',
      { id },
    )
    const before = found?.wrong ?? 0
    const wait = waitAfter(before) - passedAtLeast(found?.triedAt ?? 0, now)
    if (wait > 0) return { wrong: before, wait }
    db.run('UPDATE operator SET pin_tries = $wrong, pin_tried_at = $now WHERE id = $id', {
      id,
      wrong: before + 1,
      now,
    })
    return { wrong: before + 1, wait }
  })
  if (wait > 0) throw locked(name, wrong, wait)
  return wrong
}

function locked(operator: string, count: number, wait: number): Failure {
  const seconds = Math.ceil(wait / 1000)
  if (seconds < 120) return new Failure('pin-locked', { operator, count, seconds })
  return new Failure('pin-locked', { case: 'minutes', operator, count, minutes: Math.ceil(seconds / 60) })
}

/** Ends the wait of an operator after wrong PINs; recorded in the name of who does it. */
export function releasePin(db: Database, { id, name }: Operator): void {
  db.transaction(() => {
    db.run('UPDATE operator SET pin_tries = 0 WHERE id = $id', { id })
    recordAudit(db, { action: 'operator.pin-released', detail: { of: name } })
  })
}

/** Ends a try: a right PIN ends the counting, a wrong one is recorded in the audit, in nobody's name. */
export function endPinTry(db: Database, { id, name }: Operator, wrong: number, isRight: boolean): void {
  db.transaction(() => {
    if (isRight) db.run('UPDATE operator SET pin_tries = 0 WHERE id = $id', { id })
    else
      recordAudit(db, { action: 'operator.pin-wrong', detail: { of: name, wrong, wait: waitAfter(wrong) } })
  })
}
