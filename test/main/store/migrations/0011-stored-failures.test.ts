import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openDatabase } from '../../../../src/main/store/database.ts'
import { findJob, listJobs } from '../../../../src/main/store/jobs.ts'
import { migrate } from '../../../../src/main/store/migrate.ts'
import { migrations } from '../../../../src/main/store/migrations/index.ts'
import { temporaryFolder } from '../temporary-folder.ts'

it('gives rows words again that hold an error object, and leaves every other row as it is', () => {
  const db = openDatabase(join(temporaryFolder(), 'fanoscope.db'))
  migrate(
    db,
    migrations.filter(({ version }) => version <= 6),
  )
  // As JSON has an error: without its sentence.
  const error = JSON.stringify({ name: 'Failure', code: 'import-cancelled', remedy: 'Import again.' })
  const whole = JSON.stringify({
    code: 'disk-full',
    message: 'The disk is full.',
    remedy: 'Free some space.',
  })
  db.run(
    `INSERT INTO job (id, kind, state, payload, result, created_at, failure)
     VALUES ('closed', 'import', 'interrupted', '{}', NULL, 1, $error), ('full', 'import', 'failed', '{}', NULL, 2, $whole),
            ('odd', 'import', 'done', '[]', '7', 3, NULL)`,
    { error, whole },
  )
  migrate(db, migrations)
  expect(listJobs(db).map(({ id }) => id)).toEqual(['odd', 'full', 'closed'])
  expect(findJob(db, 'closed').failure).toEqual({ code: 'interrupted', params: { case: 'closed' } })
  expect(findJob(db, 'full').failure).toMatchObject({
    code: 'recorded-before',
    params: { message: 'The disk is full.' },
  })
  expect(findJob(db, 'odd')).toMatchObject({ state: 'done', payload: {}, result: null, failure: null })
  db.close()
})
