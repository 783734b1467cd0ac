import { z } from 'zod'
import { Failure } from '../../shared/failure.ts'
import { type Operator, operatorNameSchema, operatorSchema } from '../../shared/operator.ts'
import { isSameName, writtenName } from '../../shared/operator-name.ts'
import { actor } from '../platform/actor.ts'
import { recordAudit } from './audit.ts'
import type { Database } from './database.ts'
import { flag } from './row.ts'

const columns = 'id, name, created_at AS createdAt, pin IS NOT NULL AS hasPin, badge IS NOT NULL AS hasBadge'
const operatorRow = operatorSchema.extend({ hasPin: flag, hasBadge: flag })

/** Those who can sign in: not those who were removed. */
export const listOperators = (db: Database): Operator[] =>
  db.all(operatorRow, `SELECT ${columns} FROM operator WHERE removed_at IS NULL ORDER BY name`)

/** Whether anybody ever signed in: from then on, somebody answers for each change. */
export const hasOperators = (db: Database): boolean =>
  db.get(z.object({}), 'SELECT 1 FROM operator LIMIT 1') !== undefined

/** The names of all who ever signed in. */
export const operatorNames = (db: Database): ReadonlyMap<number, string> =>
  new Map(
    db
      .all(z.object({ id: z.int(), name: z.string() }), 'SELECT id, name FROM operator')
      .map(({ id, name }) => [id, name]),
  )

/** Also one who was removed: past decisions keep the name. */
export const operatorById = (db: Database, id: number): Operator | undefined =>
  db.get(operatorRow, `SELECT ${columns} FROM operator WHERE id = $id`, { id })

/** Those with this name, the one that is written so before others. */
const named = (db: Database, name: string, condition: string): Operator | undefined => {
  const same = db
    .all(operatorRow, `SELECT ${columns} FROM operator WHERE ${condition} ORDER BY id`)
    .filter((operator) => isSameName(operator.name, name))
  return same.find((operator) => operator.name === writtenName(name)) ?? same[0]
}

/** Whether an operator with this name was removed, and nobody else has the name. */
export const isRemovedOperator = (db: Database, name: string): boolean =>
  operatorByName(db, name) === undefined && named(db, name, 'removed_at > 0') !== undefined

/** The operator with this name who was not removed. Of two that an earlier version told apart, the one that is written so, else the first. */
export const operatorByName = (db: Database, name: string): Operator | undefined =>
  named(db, name, 'removed_at IS NULL')

/**
 * The operator with this name, ignoring case, the form of Unicode and letters that look alike; a new name is added.
 * @throws Failure `operator-name-invalid`, `operator-removed`
 */
export function findOrMakeOperator(db: Database, name: string): Operator {
  const parsed = operatorNameSchema.safeParse(writtenName(name))
  if (!parsed.success) {
    throw new Failure('operator-name-invalid', { name })
  }
  const values = { name: parsed.data }
  return db.transaction(() => {
    const known = operatorByName(db, parsed.data)
    if (known) return known
    if (isRemovedOperator(db, parsed.data)) throw new Failure('operator-removed', { operator: parsed.data })
    const createdAt = db.now()
    const { lastId } = db.run('INSERT INTO operator (name, created_at) VALUES ($name, $createdAt)', {
      ...values,
      createdAt,
    })
    recordAudit(db, {
      action: 'operator.added',
      operator: actor() ?? parsed.data,
      detail: { of: parsed.data },
    })
    return { id: lastId, name: parsed.data, createdAt, hasPin: false, hasBadge: false }
  })
}

export const operatorByBadge = (db: Database, badge: string): Operator | undefined =>
  db.get(operatorRow, `SELECT ${columns} FROM operator WHERE badge = $badge`, { badge: badge.trim() })

/** The hash of an operator's PIN, see `src/main/features/operators/pin.ts`; null where there is none. */
export const pinHashOf = (db: Database, id: number): string | null =>
  db.get(z.object({ pin: z.string().nullable() }), 'SELECT pin FROM operator WHERE id = $id', { id })?.pin ??
  null

/** Records which credential was set, changed or removed, and never what it is. */
function recordSecured(
  db: Database,
  before: Operator,
  { pinHash, badge }: { pinHash?: string | null; badge?: string | null },
): void {
  const record = (
    action: `operator.pin-${'set' | 'changed' | 'removed'}` | `operator.badge-${'set' | 'removed'}`,
  ): void => {
    recordAudit(db, { action, operator: actor() ?? before.name, detail: { of: before.name } })
  }
  if (typeof pinHash === 'string') record(before.hasPin ? 'operator.pin-changed' : 'operator.pin-set')
  if (pinHash === null && before.hasPin) record('operator.pin-removed')
  if (typeof badge === 'string') record('operator.badge-set')
  if (badge === null && before.hasBadge) record('operator.badge-removed')
}

/**
 * Gives an operator another name. What they did keeps the name of then in the audit.
 * @throws Failure `operator-unknown`, `operator-name-invalid`, `operator-name-taken`
 */
export function renameOperator(db: Database, from: string, to: string): Operator {
  const parsed = operatorNameSchema.safeParse(writtenName(to))
  if (!parsed.success) throw new Failure('operator-name-invalid', { name: to })
  const name = parsed.data
  return db.transaction(() => {
    const operator = findOperator(db, from)
    const other = operatorByName(db, name) ?? named(db, name, 'removed_at > 0')
    if (other && other.id !== operator.id) throw new Failure('operator-name-taken', { operator: other.name })
    db.run('UPDATE operator SET name = $name WHERE id = $id', { id: operator.id, name })
    recordAudit(db, { action: 'operator.renamed', detail: { of: operator.name, name } })
    return { ...operator, name }
  })
}

/** @throws Failure `operator-unknown`, `operator-removed` */
export function findOperator(db: Database, name: string): Operator {
  const operator = operatorByName(db, name)
  if (operator) return operator
  if (isRemovedOperator(db, name)) throw new Failure('operator-removed', { operator: name })
  throw new Failure('operator-unknown', { operator: name })
}

/** @throws Failure `badge-taken` */
export function secureOperator(
  db: Database,
  values: { id: number; pinHash?: string | null; badge?: string | null },
): void {
  const { id, badge } = values
  db.transaction(() => {
    const other = typeof badge === 'string' ? operatorByBadge(db, badge) : undefined
    if (other && other.id !== id) {
      throw new Failure('badge-taken', { operator: other.name })
    }
    const before = operatorById(db, id)
    if (values.pinHash !== undefined) {
      db.run('UPDATE operator SET pin = $pinHash, pin_tries = 0 WHERE id = $id', {
        id,
        pinHash: values.pinHash,
      })
    }
    if (badge !== undefined) db.run('UPDATE operator SET badge = $badge WHERE id = $id', { id, badge })
    if (before) recordSecured(db, before, values)
  })
}
