/** Counts badges that nobody has, so that badges cannot be tried one after another without limit. */
import { z } from 'zod'
import { Failure } from '../../shared/failure.ts'
import type { Operator } from '../../shared/operator.ts'
import { recordAudit } from './audit.ts'
import type { Database } from './database.ts'
import { operatorByBadge } from './operators.ts'
import { passedAtLeast, waitAfter } from './pin-tries.ts'
import { readSetting, writeSetting } from './settings.ts'

const key = 'operator.badge-tries'
/** `at`: milliseconds since the computer was started. */
const triesSchema = z.object({ unknown: z.int().nonnegative(), at: z.int().nonnegative() })
const noTries = { unknown: 0, at: 0 }

/**
 * The operator who has the badge. An unknown one counts as a wrong PIN does; meanwhile everybody signs in by name.
 * @throws Failure `badge-unknown`, `badges-locked`
 */
export function readBadge(db: Database, badge: string): Operator {
  const found = db.transaction(() => {
    const now = db.sinceStart()
    const before = readSetting(db, key, triesSchema, noTries)
    const wait = waitAfter(before.unknown) - passedAtLeast(before.at, now)
    if (wait > 0)
      return new Failure('badges-locked', { count: before.unknown, seconds: Math.ceil(wait / 1000) })
    const operator = operatorByBadge(db, badge)
    if (operator) {
      if (before.unknown > 0) writeSetting(db, key, noTries)
      return operator
    }
    const unknown = before.unknown + 1
    writeSetting(db, key, { unknown, at: now })
    recordAudit(db, { action: 'operator.badge-unknown', detail: { unknown, wait: waitAfter(unknown) } })
    return new Failure('badge-unknown')
  })
  if (found instanceof Failure) throw found
  return found
}
