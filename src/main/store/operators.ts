import { z } from 'zod'
import { Failure } from '../../shared/failure.ts'
import { type Operator, operatorNameSchema, operatorSchema } from '../../shared/operator.ts'
import type { Database } from './database.ts'
import { flag } from './row.ts'

const columns = 'id, name, created_at AS createdAt, pin IS NOT NULL AS hasPin, badge IS NOT NULL AS hasBadge'
const operatorRow = operatorSchema.extend({ hasPin: flag, hasBadge: flag })

export const listOperators = (db: Database): Operator[] =>
  db.all(operatorRow, `SELECT ${columns} FROM operator ORDER BY name`)

export const operatorById = (db: Database, id: number): Operator | undefined =>
  db.get(operatorRow, `SELECT ${columns} FROM operator WHERE id = $id`, { id })

/**
 * The operator with this name, ignoring case; a new name is added.
 * @throws Failure `operator-name-invalid`
 */
export function findOrMakeOperator(db: Database, name: string): Operator {
  const parsed = operatorNameSchema.safeParse(name)
  if (!parsed.success) {
    throw new Failure('operator-name-invalid', { name })
  }
  const values = { name: parsed.data }
  return db.transaction(() => {
    const known = db.get(operatorRow, `SELECT ${columns} FROM operator WHERE name = $name`, values)
    if (known) return known
    const createdAt = db.now()
    const { lastId } = db.run('INSERT INTO operator (name, created_at) VALUES ($name, $createdAt)', {
      ...values,
      createdAt,
    })
    return { id: lastId, name: parsed.data, createdAt, hasPin: false, hasBadge: false }
  })
}

export const operatorByName = (db: Database, name: string): Operator | undefined =>
  db.get(operatorRow, `SELECT ${columns} FROM operator WHERE name = $name`, { name: name.trim() })

export const operatorByBadge = (db: Database, badge: string): Operator | undefined =>
  db.get(operatorRow, `SELECT ${columns} FROM operator WHERE badge = $badge`, { badge: badge.trim() })

/** The hash of an operator's PIN, see `src/main/features/operators/sign-in.ts`; null where there is none. */
export const pinHashOf = (db: Database, id: number): string | null =>
  db.get(z.object({ pin: z.string().nullable() }), 'SELECT pin FROM operator WHERE id = $id', { id })?.pin ??
  null

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
    if (values.pinHash !== undefined) {
      db.run('UPDATE operator SET pin = $pinHash WHERE id = $id', { id, pinHash: values.pinHash })
    }
    if (badge !== undefined) db.run('UPDATE operator SET badge = $badge WHERE id = $id', { id, badge })
  })
}
