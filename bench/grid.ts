/**
 * Measures how long the grid of a dataset takes to answer a filter or an order:
 *
 *     node bench/grid.ts [--images 100000]
 *
 * The rows are made, without pictures. Prints one JSON document; milliseconds are the median of nine.
 */
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { createRandom } from '../src/main/random.ts'
import { createDataset } from '../src/main/store/datasets.ts'
import { countGrid, listGrid } from '../src/main/store/image-grid.ts'
import { beginImport } from '../src/main/store/imports.ts'
import { signIn } from '../src/main/store/operators.ts'
import { openWorkspace } from '../src/main/store/workspace.ts'
import type { GridFilter, GridSort } from '../src/shared/dataset-grid.ts'

const { values } = parseArgs({ options: { images: { type: 'string', default: '100000' } } })
const count = Number(values.images)
const root = mkdtempSync(join(tmpdir(), 'fanoscope-grid-'))
const workspace = openWorkspace(join(root, 'workspace'), { create: true })
const { db } = workspace
try {
  const random = createRandom(1, 'grid')
  const dataset = createDataset(db, { name: 'line', layout: 'flat', source: root })
  const importId = beginImport(db, { datasetId: dataset.id, source: root, layout: 'flat' })
  const operator = signIn(db, 'bench').id
  const run = 'bench-run'
  db.run(
    `INSERT INTO run (id, dataset_id, model, preset, seed, config, state, created_at)
     VALUES ($run, $dataset, 'fanogan', 'smoke', 1, '{}', 'trained', 1)`,
    { run, dataset: dataset.id },
  )
  db.transaction(() => {
    for (let i = 0; i < count; i++) {
      const sha256 = createHash('sha256').update(String(i)).digest('hex')
      const bad = random.int(10) === 0
      db.run(`INSERT INTO blob (sha256, format, bytes, stored_at) VALUES ($sha256, 'png', 1, 1)`, { sha256 })
      const { lastId } = db.run(
        `INSERT INTO image (dataset_id, sha256, file, width, height, channels, bit_depth, peak, split, label,
           defect_type, import_id, imported_at, removed_at)
         VALUES ($dataset, $sha256, $file, 512, 512, 1, 8, 255, $split, $label, $type, $importId, $time, $removed)`,
        {
          dataset: dataset.id,
          sha256,
          file: `camera ${random.int(4)}/part ${String(random.int(1e6)).padStart(6, '0')} ${i}.png`,
          split: ['train', 'validation', 'test'][random.int(3)] ?? 'train',
          label: bad ? 'anomalous' : 'normal',
          type: bad ? (['dent', 'scratch', 'stain'][random.int(3)] ?? null) : null,
          importId,
          time: 1.7e12 + random.int(1e9),
          removed: random.int(50) === 0 ? 1 : null,
        },
      )
      db.run(
        `INSERT INTO score (run_id, image_id, score, tiles, components, scored_at)
         VALUES ($run, $image, $score, 1, $components, 1)`,
        { run, image: lastId, score: random.uniform(), components: Buffer.alloc(4) },
      )
      if (random.int(3) > 0) continue
      db.run(
        `INSERT INTO decision (run_id, image_id, operator_id, decision, decided_at)
         VALUES ($run, $image, $operator, $decision, 1)`,
        { run, image: lastId, operator, decision: random.int(4) === 0 ? 'reject' : 'accept' },
      )
    }
  })

  const queries: Record<string, [filter: GridFilter, sort: GridSort]> = {
    all: [{}, { by: 'added', descending: false }],
    'by name': [{}, { by: 'file', descending: false }],
    'by date': [{}, { by: 'date', descending: true }],
    'by score': [{ run }, { by: 'score', descending: true }],
    'split and label': [
      { split: 'test', label: 'anomalous' },
      { by: 'file', descending: false },
    ],
    'defect type': [{ defectType: 'dent' }, { by: 'date', descending: true }],
    'file name': [{ text: '4711' }, { by: 'added', descending: false }],
    'score range': [
      { run, scoreFrom: 0.9, scoreTo: 0.95 },
      { by: 'score', descending: true },
    ],
    rejected: [{ decision: 'reject' }, { by: 'added', descending: false }],
    undecided: [{ decision: 'none' }, { by: 'file', descending: false }],
    removed: [{ removed: true }, { by: 'added', descending: false }],
  }
  const median = (act: () => void): number => {
    const times = Array.from({ length: 9 }, () => {
      const from = performance.now()
      act()
      return performance.now() - from
    })
    return times.sort((a, b) => a - b)[4] ?? 0
  }
  const milliseconds = Object.fromEntries(
    Object.entries(queries).map(([name, [filter, sort]]) => {
      const total = countGrid(db, dataset.id, filter)
      const page = (offset: number) =>
        median(() => {
          countGrid(db, dataset.id, filter, sort)
          listGrid(db, dataset.id, filter, sort, { offset, limit: 200 })
        })
      const figure = { images: total, first: page(0), last: page(Math.max(0, total - 200)) }
      return [
        name,
        { ...figure, first: Number(figure.first.toFixed(1)), last: Number(figure.last.toFixed(1)) },
      ]
    }),
  )
  process.stdout.write(`${JSON.stringify({ images: count, milliseconds }, null, 1)}\n`)
} finally {
  workspace.close()
  rmSync(root, { recursive: true, force: true })
}
