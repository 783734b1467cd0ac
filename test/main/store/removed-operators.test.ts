import { join } from 'node:path'
import { beforeEach, expect, it } from 'vitest'
import { createSignedIn, createSignIn } from '../../../src/main/features/operators/sign-in.ts'
import { listAudit } from '../../../src/main/store/audit.ts'
import { type Database, openDatabase } from '../../../src/main/store/database.ts'
import { migrate } from '../../../src/main/store/migrate.ts'
import { migrations } from '../../../src/main/store/migrations/index.ts'
import {
  findOrMakeOperator,
  hasOperators,
  listOperators,
  operatorNames,
  renameOperator,
  secureOperator,
} from '../../../src/main/store/operators.ts'
import {
  putOperatorBack,
  removedOperators,
  removeOperator,
} from '../../../src/main/store/removed-operators.ts'
import { temporaryFolder } from './temporary-folder.ts'

const day = 86_400_000
let now = 1000
let db: Database
const names = (): string[] => listOperators(db).map(({ name }) => name)
const code = (expected: string) => expect.objectContaining({ code: expected })

beforeEach(() => {
  now = 1000
  db = openDatabase(join(temporaryFolder(), 'fanoscope.db'), { now: () => now })
  migrate(db, migrations)
  for (const name of ['Li Na', 'Wang Li']) findOrMakeOperator(db, name)
  return () => db.close()
})
const badge = '0012345'
const give = (name: string, values: { pinHash?: string; badge?: string }): void =>
  secureOperator(db, { id: findOrMakeOperator(db, name).id, ...values })

it('a removed operator signs in no more, by name or badge, and nobody acts in the name', async () => {
  give('Li Na', { badge })
  removeOperator(db, 'li na', 'Wang Li')
  expect(names()).toEqual(['Wang Li'])
  const signIn = createSignIn()
  await expect(signIn.byName(db, { name: 'LI NA', pin: null })).rejects.toEqual(code('operator-removed'))
  await expect(signIn.byBadge(db, { badge, pin: null })).rejects.toEqual(code('badge-unknown'))
  expect(createSignedIn().mayAct(db, 'window', 'Li Na')).toBe(false)
  expect(() => findOrMakeOperator(db, 'Li Na')).toThrow(code('operator-removed'))
  expect(() => renameOperator(db, 'Wang Li', 'Li Na')).toThrow(code('operator-name-taken'))
  // What they did keeps the name.
  expect([...operatorNames(db).values()]).toContain('Li Na')
  expect(listAudit(db, { action: 'operator.removed' })[0]).toMatchObject({
    operator: 'Wang Li',
    detail: { of: 'Li Na' },
  })
})

it('comes back whole within thirty days, with the badge where nobody else has it', () => {
  give('Li Na', { badge })
  removeOperator(db, 'Li Na', 'Wang Li')
  const [removed] = removedOperators(db)
  expect(removed).toMatchObject({ kind: 'operator', name: 'Li Na', by: 'Wang Li', until: 1000 + 30 * day })
  expect(putOperatorBack(db, removed?.id ?? '', 'Wang Li')).toBe('Li Na')
  expect(listOperators(db)).toMatchObject([{ name: 'Li Na', hasBadge: true }, { name: 'Wang Li' }])
  removeOperator(db, 'Li Na', 'Wang Li')
  give('Wang Li', { badge })
  putOperatorBack(db, removedOperators(db)[0]?.id ?? '', null)
  expect(listOperators(db)).toMatchObject([{ name: 'Li Na', hasBadge: false }, { hasBadge: true }])
})

it('stays removed after thirty days', () => {
  removeOperator(db, 'Li Na', 'Wang Li')
  const [removed] = removedOperators(db)
  now += 30 * day
  expect(removedOperators(db)).toEqual([])
  expect(() => putOperatorBack(db, removed?.id ?? '', null)).toThrow(code('removed-unknown'))
  expect(() => putOperatorBack(db, '1', null)).toThrow(code('removed-unknown'))
})

it('is removed by somebody else only, who has a PIN where they have one', () => {
  give('Li Na', { pinHash: 'scrypt$1$1$1$a$b' })
  for (const by of ['Li Na', 'Wang Li', null]) {
    expect(() => removeOperator(db, 'Li Na', by)).toThrow(code('operator-removal-not-allowed'))
  }
  expect(() => removeOperator(db, 'Wang Li', 'Wang Li')).toThrow(code('operator-removal-not-allowed'))
  give('Wang Li', { pinHash: 'scrypt$1$1$1$a$b' })
  removeOperator(db, 'Li Na', 'Wang Li')
  expect(names()).toEqual(['Wang Li'])
  expect(() => removeOperator(db, 'Li Na', 'Wang Li')).toThrow(code('operator-removed'))
})

it('leaves a workspace in which somebody answers for each change', () => {
  for (const name of ['Li Na', 'Wang Li']) removeOperator(db, name, null)
  expect(names()).toEqual([])
  expect(hasOperators(db)).toBe(true)
})
