import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { openDatabase } from '../../../../src/main/store/database.ts'
import { migrate } from '../../../../src/main/store/migrate.ts'
import { migrations } from '../../../../src/main/store/migrations/index.ts'
import { listOperators } from '../../../../src/main/store/operators.ts'
import { beginPinTry } from '../../../../src/main/store/pin-tries.ts'
import { elementAt } from '../../../../src/shared/element-at.ts'
import { temporaryFolder } from '../temporary-folder.ts'

it('leaves operators of before with their PIN and no wrong try', () => {
  const db = openDatabase(join(temporaryFolder(), 'fanoscope.db'))
  onTestFinished(() => db.close())
  migrate(
    db,
    migrations.filter(({ version }) => version < 15),
  )
  db.run("INSERT INTO operator (name, created_at, pin) VALUES ('Li Na', 1, 'scrypt$')")
  migrate(db, migrations)
  const operator = elementAt(listOperators(db), 0)
  expect(operator).toMatchObject({ name: 'Li Na', hasPin: true })
  expect(beginPinTry(db, operator)).toBe(1)
  expect(() => db.run('UPDATE operator SET pin_tries = -1')).toThrow(/CHECK/)
})
