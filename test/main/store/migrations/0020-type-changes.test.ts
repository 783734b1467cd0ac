import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { defectTypesOf, setDefectTypes } from '../../../../src/main/store/annotations.ts'
import { openDatabase } from '../../../../src/main/store/database.ts'
import { createDataset } from '../../../../src/main/store/datasets.ts'
import { migrate } from '../../../../src/main/store/migrate.ts'
import { migrations } from '../../../../src/main/store/migrations/index.ts'
import { changeType } from '../../../../src/main/store/type-changes.ts'
import { temporaryFolder } from '../temporary-folder.ts'

it('lets a defect type of before be renamed', () => {
  const db = openDatabase(join(temporaryFolder(), 'fanoscope.db'))
  onTestFinished(() => db.close())
  migrate(
    db,
    migrations.filter(({ version }) => version < 20),
  )
  const { id } = createDataset(db, { name: 'line', layout: 'flat', source: '/p' })
  setDefectTypes(db, id, [{ name: 'scratch', color: '#e69f00' }])
  migrate(db, migrations)
  changeType(db, { datasetId: id, kind: 'rename', name: 'scratch', becomes: 'scuff', operator: null })
  expect(defectTypesOf(db, id)).toEqual([{ name: 'scuff', color: '#e69f00', images: 0 }])
})
