import { join } from 'node:path'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { defectTypesOf } from '../../../../src/main/store/annotations.ts'
import { openDatabase } from '../../../../src/main/store/database.ts'
import { migrate } from '../../../../src/main/store/migrate.ts'
import { migrations } from '../../../../src/main/store/migrations/index.ts'
import { temporaryFolder } from '../temporary-folder.ts'

it('lists the types that shapes have, each once, and passes over drawings that cannot be read', () => {
  const db = openDatabase(join(temporaryFolder(), 'fanoscope.db'))
  migrate(
    db,
    migrations.filter(({ version }) => version <= 12),
  )
  db.run(
    "INSERT INTO dataset (id, name, layout, source, created_at) VALUES ('d', 'parts', 'flat', 'there', 1)",
  )
  db.run(
    `INSERT INTO import (id, dataset_id, source, layout, state, started_at)
     VALUES ('i', 'd', 'there', 'flat', 'done', 1)`,
  )
  const drawings = [
    '[{"defectType":"scratch"},{"defectType":"dent"},{"defectType":"dent"},{"defectType":null}]',
    '[1, "dent", {"kind":"stroke"}, {"defectType":""}, {"defectType":7}]',
    '"dent"',
  ]
  for (const [i, shapes] of drawings.entries()) {
    const image = i + 1
    const sha256 = String(image).repeat(64)
    db.run("INSERT INTO blob (sha256, format, bytes, stored_at) VALUES ($sha256, 'png', 9, 1)", { sha256 })
    db.run(
      `INSERT INTO image (id, dataset_id, sha256, file, width, height, channels, bit_depth, peak, split, label,
         import_id, imported_at)
       VALUES ($image, 'd', $sha256, $file, 16, 16, 1, 8, 255, 'train', 'normal', 'i', 1)`,
      { image, sha256, file: `${image}.png` },
    )
    db.run('INSERT INTO annotation (image_id, shapes, updated_at) VALUES ($image, $shapes, 1)', {
      image,
      shapes,
    })
  }
  migrate(db, migrations)
  const rows = db.all(
    z.object({ image: z.int(), name: z.string() }),
    'SELECT image_id AS image, name FROM drawn_type',
  )
  expect(rows).toEqual([
    { image: 1, name: 'dent' },
    { image: 1, name: 'scratch' },
  ])
  expect(defectTypesOf(db, 'd').map(({ name, images }) => [name, images])).toEqual([
    ['dent', 1],
    ['scratch', 1],
  ])
  db.close()
})
