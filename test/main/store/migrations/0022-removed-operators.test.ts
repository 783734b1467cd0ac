import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { openDatabase } from '../../../../src/main/store/database.ts'
import { migrate } from '../../../../src/main/store/migrate.ts'
import { migrations } from '../../../../src/main/store/migrations/index.ts'
import { listOperators } from '../../../../src/main/store/operators.ts'
import { removedOperators } from '../../../../src/main/store/removed-operators.ts'
import { temporaryFolder } from '../temporary-folder.ts'

it('leaves the operators of before, with their badges, and none of them removed', () => {
  const db = openDatabase(join(temporaryFolder(), 'fanoscope.db'))
  onTestFinished(() => db.close())
  migrate(
    db,
    migrations.filter(({ version }) => version < 22),
  )
  db.run("INSERT INTO operator (name, created_at, badge) VALUES ('Li Na', 1, '0012345')")
  migrate(db, migrations)
  expect(listOperators(db)).toMatchObject([{ name: 'Li Na', hasBadge: true }])
  expect(removedOperators(db)).toEqual([])
})
