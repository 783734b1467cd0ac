/**
 * `node bench/thresholds.ts`: what the thresholds screen waits for at 100,000 scored validation images, the check of
 * an audit of 100,000 rows, and the pixel metrics at 10 million pixels. Bars: another score or k 100 ms, a step of a
 * drag 16 ms, pixels one second.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createThresholdAnswers } from '../src/main/features/thresholds/threshold-answers.ts'
import { aupro } from '../src/main/metrics/aupro.ts'
import { pixelAuroc } from '../src/main/metrics/pixel-auroc.ts'
import { addToTally, createPixelTally } from '../src/main/metrics/pixel-tally.ts'
import { createRandom } from '../src/main/platform/random.ts'
import { recordAudit } from '../src/main/store/audit.ts'
import { checkAudit } from '../src/main/store/audit-check.ts'
import { openWorkspace } from '../src/main/store/workspace.ts'
import { storeScoredValidation } from './scored-validation.ts'

const images = 100_000

function timed<T>(what: string, work: () => T): T {
  const started = performance.now()
  const result = work()
  process.stdout.write(`${what.padEnd(58)} ${(performance.now() - started).toFixed(1).padStart(9)} ms\n`)
  return result
}

const folder = mkdtempSync(join(tmpdir(), 'fanoscope-bench-'))
const workspace = openWorkspace(join(folder, 'line'), { create: true })
const { db } = workspace
const random = createRandom(1)

try {
  const run = timed('storing 100,000 scored images of 9 tiles', () => storeScoredValidation(db, images))
  const { calls } = createThresholdAnswers(db)
  const settings = { score: 'izif', k: 1, reduction: 'max' } as const
  timed('opening the validation set', () => calls['threshold.validation']({ run }))
  const { start } = timed('its first distribution', () => calls['threshold.distribution']({ run, settings }))
  timed('another k', () =>
    calls['threshold.at']({ run, settings: { ...settings, k: 2 }, threshold: 1, regions: null }),
  )
  timed('another score', () =>
    calls['threshold.at']({ run, settings: { ...settings, score: 'peak' }, threshold: 1, regions: null }),
  )
  timed('another reduction (top-k)', () =>
    calls['threshold.at']({
      run,
      settings: { ...settings, reduction: 'top-k' },
      threshold: 1,
      regions: null,
    }),
  )
  timed('the distribution of another score, with curves', () =>
    calls['threshold.distribution']({ run, settings: { ...settings, score: 'ziz' } }),
  )
  timed('100 steps of a drag', () => {
    for (let step = 0; step < 100; step++) {
      calls['threshold.at']({ run, settings, threshold: start + step / 100, regions: null })
    }
  })
  timed('parts that would change', () =>
    calls['threshold.flips']({
      run,
      settings,
      threshold: start + 0.1,
      regions: null,
      from: start,
      limit: 60,
    }),
  )
  for (const target of ['fpr=0.01', 'recall=0.99', 'percentile=99', 'f1', 'cost=1:50']) {
    timed(`target ${target}, with its interval`, () =>
      calls['threshold.choose']({ run, settings, target, regions: null }),
    )
  }
  timed('writing 100,000 rows of the audit', () =>
    db.transaction(() => {
      for (let i = 0; i < 100_000; i++)
        recordAudit(db, { action: 'image.removed', operator: 'Li Na', image: i + 1 })
    }),
  )
  timed('checking them', () => checkAudit(db))
  const side = 3163
  const map = Uint16Array.from({ length: side * side }, () => random.uint32() & 0xffff)
  const mask = Uint8Array.from(map, (_, i) => ((i % side) % 100 < 10 && i % 1000 < 100 ? 1 : 0))
  timed('pixel AUROC and AUPRO of 10 million pixels', () => {
    const tally = createPixelTally()
    addToTally(tally, { map, mask, width: side, height: side })
    return [pixelAuroc(tally), aupro(tally)]
  })
} finally {
  workspace.close()
  rmSync(folder, { recursive: true, force: true })
}
