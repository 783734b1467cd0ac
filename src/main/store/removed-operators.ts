/** Operators who are not to sign in any more, and putting them back. What they did keeps their name. */
import { z } from 'zod'
import { Failure } from '../../shared/failure.ts'
import { type Removed, removedDays } from '../../shared/removed.ts'
import { timeSchema } from '../../shared/values.ts'
import { recordAudit } from './audit.ts'
import type { Database } from './database.ts'
import { findOperator, operatorByBadge, operatorByName } from './operators.ts'
import { removedUntil } from './removed.ts'

/**
 * Removes an operator: nobody signs in with the name or acts in it any more, and the badge is free. Only somebody else
 * may do it, with a PIN where the one who is removed has a PIN: otherwise a name that was made up could.
 * @throws Failure `operator-unknown`, `operator-removed`, `operator-removal-not-allowed`
 */
export function removeOperator(db: Database, name: string, by: string | null): void {
  db.transaction(() => {
    const { id, name: of, hasPin } = findOperator(db, name)
    const remover = by === null ? undefined : operatorByName(db, by)
    if (remover?.id === id) throw new Failure('operator-removal-not-allowed', { case: 'self' })
    if (hasPin && remover?.hasPin !== true) {
      throw new Failure('operator-removal-not-allowed', { case: 'pin', operator: of })
    }
    db.run(
      `UPDATE operator SET removed_at = $now, removed_by = $by, removed_badge = badge, badge = NULL
       WHERE id = $id`,
      { id, by: remover?.name ?? by, now: db.now() },
    )
    recordAudit(db, { action: 'operator.removed', operator: by, detail: { of } })
  })
}

const removedRow = z.object({
  id: z.int().positive(),
  name: z.string(),
  at: timeSchema,
  by: z.string().nullable(),
  badge: z.string().nullable(),
})
const columns = `id, name, removed_at AS 'at', removed_by AS 'by', removed_badge AS badge`
const days = removedDays * 86_400_000
const prefix = 'operator-'

/** Who can be put back, newest first. */
export const removedOperators = (db: Database): Removed[] =>
  db
    .all(
      removedRow,
      `SELECT ${columns} FROM operator WHERE removed_at > $since ORDER BY removed_at DESC, id DESC`,
      { since: db.now() - days },
    )
    .map(({ id, name, at, by }) => ({
      kind: 'operator',
      id: `${prefix}${id}`,
      name,
      dataset: null,
      becomes: null,
      at,
      by,
      until: removedUntil(at),
    }))

/**
 * Lets a removed operator sign in again, with PIN and badge; the badge stays where somebody else has it now.
 * @returns the name
 * @throws Failure `removed-unknown`
 */
export function putOperatorBack(db: Database, id: string, by: string | null): string {
  return db.transaction(() => {
    const found = db.get(
      removedRow,
      `SELECT ${columns} FROM operator WHERE id = $id AND removed_at > $since`,
      { id: Number(id.slice(prefix.length)), since: db.now() - days },
    )
    if (found === undefined || !id.startsWith(prefix)) throw new Failure('removed-unknown', { id })
    const isFree = found.badge !== null && operatorByBadge(db, found.badge) === undefined
    db.run(
      `UPDATE operator SET removed_at = NULL, removed_by = NULL, removed_badge = NULL, badge = $badge
       WHERE id = $id`,
      { id: found.id, badge: isFree ? found.badge : null },
    )
    recordAudit(db, {
      action: 'operator.restored',
      operator: by,
      detail: { of: found.name, removed: new Date(found.at).toISOString() },
    })
    return found.name
  })
}
