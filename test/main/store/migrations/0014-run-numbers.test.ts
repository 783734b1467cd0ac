import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openDatabase } from '../../../../src/main/store/database.ts'
import { migrate } from '../../../../src/main/store/migrate.ts'
import { migrations } from '../../../../src/main/store/migrations/index.ts'
import { listRuns } from '../../../../src/main/store/runs.ts'
import { temporaryFolder } from '../temporary-folder.ts'

it('numbers runs that are called alike in the order in which they were made', () => {
  const db = openDatabase(join(temporaryFolder(), 'workspace.db'))
  migrate(
    db,
    migrations.filter(({ version }) => version < 14),
  )
  for (const dataset of ['caps', 'lids']) {
    db.run(
      `INSERT INTO dataset (id, name, layout, source, created_at) VALUES ($dataset, $dataset, 'flat', '/', 1)`,
      { dataset },
    )
  }
  const runs: [id: string, dataset: string, name: string | null, seed: number][] = [
    ['a', 'caps', null, 1],
    ['b', 'caps', null, 1],
    ['c', 'caps', null, 2],
    ['d', 'lids', null, 1],
    ['e', 'caps', 'Monday', 1],
    ['f', 'caps', 'Monday', 2],
  ]
  for (const [at, [id, dataset, name, seed]] of runs.entries()) {
    db.run(
      `INSERT INTO run (id, dataset_id, name, model, preset, seed, config, state, created_at, steps_total)
       VALUES ($id, $dataset, $name, 'fanogan', 'smoke', $seed, '{}', 'trained', $at, 1)`,
      { id, dataset, name, seed, at: at + 1 },
    )
  }
  migrate(db, migrations)
  const numbers = Object.fromEntries(listRuns(db).map(({ id, number }) => [id, number]))
  expect(numbers).toEqual({ a: 1, b: 2, c: 1, d: 1, e: 1, f: 2 })
  db.close()
})
