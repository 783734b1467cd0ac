import { type Operator, operatorNameSchema, operatorSchema } from '../../shared/domain.ts'
import { Failure } from '../../shared/failure.ts'
import type { Database } from './database.ts'

const columns = 'id, name, created_at AS createdAt'

export const listOperators = (db: Database): Operator[] =>
  db.all(operatorSchema, `SELECT ${columns} FROM operator ORDER BY name`)

export const operatorById = (db: Database, id: number): Operator | undefined =>
  db.get(operatorSchema, `SELECT ${columns} FROM operator WHERE id = $id`, { id })

/**
 * The operator of this name, made where the name is new. Upper and lower case are the same.
 * @throws Failure `operator-name-invalid`
 */
export function signIn(db: Database, name: string): Operator {
  const parsed = operatorNameSchema.safeParse(name)
  if (!parsed.success) {
    throw new Failure(
      'operator-name-invalid',
      `"${name}" cannot be the name of an operator.`,
      'Give a name of 1 to 80 characters without line breaks.',
    )
  }
  const values = { name: parsed.data }
  return db.transaction(() => {
    const known = db.get(operatorSchema, `SELECT ${columns} FROM operator WHERE name = $name`, values)
    if (known) return known
    const createdAt = db.now()
    const { lastId } = db.run('INSERT INTO operator (name, created_at) VALUES ($name, $createdAt)', {
      ...values,
      createdAt,
    })
    return { id: lastId, name: parsed.data, createdAt }
  })
}
