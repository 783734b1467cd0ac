/**
 * Measures how long the grid of a dataset takes to answer a filter or an order:
 *
 *     node bench/grid.ts [--images 100000]
 *
 * The rows are made, without pictures. Prints one JSON document; milliseconds are the median of nine,
 * of a filter that was not asked for before.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { createGridAnswers } from '../src/main/features/datasets/grid-answers.ts'
import { openWorkspace } from '../src/main/store/workspace.ts'
import type { GridFilter, GridSort } from '../src/shared/dataset.ts'
import { largeRun, stockDataset } from './window/large-dataset.ts'

const { values } = parseArgs({ options: { images: { type: 'string', default: '100000' } } })
const count = Number(values.images)
const root = mkdtempSync(join(tmpdir(), 'fanoscope-grid-'))
const workspace = openWorkspace(join(root, 'workspace'), { create: true })
const { db } = workspace
try {
  const dataset = stockDataset(db, { count, source: root })
  const run = largeRun

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
      const ask = (offset: number) =>
        createGridAnswers(db)({ dataset, filter, sort: { ...sort }, offset, limit: 200 })
      const { total } = ask(0)
      const page = (offset: number) => median(() => void ask(offset))
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
