/**
 * `node bench/thresholds.ts`: what the thresholds screen waits for at 100,000 scored validation images, the check of
 * an audit of 100,000 rows, and the pixel metrics at 10 million pixels. Bars: another score or k 100 ms, a step of a
 * drag 16 ms, pixels one second.
 */
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { aupro } from '../src/main/metrics/aupro.ts'
import { pixelAuroc } from '../src/main/metrics/pixel-auroc.ts'
import { addToTally, createPixelTally } from '../src/main/metrics/pixel-tally.ts'
import { createRandom } from '../src/main/random.ts'
import { checkAudit, recordAudit } from '../src/main/store/audit.ts'
import { createDataset } from '../src/main/store/datasets.ts'
import { addBlob, addImage } from '../src/main/store/images.ts'
import { beginImport } from '../src/main/store/imports.ts'
import { createRun } from '../src/main/store/runs.ts'
import { saveScores } from '../src/main/store/scores.ts'
import { openWorkspace } from '../src/main/store/workspace.ts'
import { createDesk } from '../src/main/thresholds/desk.ts'

const images = 100_000
const names = ['residual', 'feature', 'latent', 'discriminator', 'peak']

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

function fill(): string {
  return db.transaction(() => {
    const dataset = createDataset(db, { name: 'parts', layout: 'flat', source: '/photos' })
    const importId = beginImport(db, { datasetId: dataset.id, source: '/photos', layout: 'flat' })
    const config = { score: 'izif', k: 1, reduction: 'max', latent: 64 }
    const run = createRun(db, {
      datasetId: dataset.id,
      model: 'fanogan',
      preset: 'quick',
      seed: 1,
      config,
      stepsTotal: 1,
    })
    const ids = Array.from({ length: images }, (_, i) => {
      const sha256 = createHash('sha256').update(`${i}`).digest('hex')
      addBlob(db, { sha256, format: 'png', bytes: 1 })
      const label = i % 20 === 0 ? 'anomalous' : 'normal'
      return addImage(db, {
        datasetId: dataset.id,
        sha256,
        file: `part-${i}.png`,
        width: 64,
        height: 64,
        channels: 1,
        bitDepth: 8,
        peak: 255,
        split: 'validation',
        label,
        defectType: label === 'normal' ? null : `type ${i % 3}`,
        maskSha256: null,
        partGroup: null,
        warnings: [],
        importId,
      })
    })
    for (let at = 0; at < images; at += 1000) {
      saveScores(
        db,
        run.id,
        names,
        ids.slice(at, at + 1000).map((imageId, i) => ({
          imageId,
          score: 0,
          calibrated: null,
          tiles: 9,
          components: Float32Array.from(
            { length: 45 },
            () => random.normal() + ((at + i) % 20 === 0 ? 1 : 0),
          ),
          mapFile: null,
          mapScale: null,
          mapWidth: null,
          mapHeight: null,
          reconstructionFile: null,
          warnings: [],
        })),
      )
    }
    return run.id
  })
}

try {
  const run = timed('storing 100,000 scored images of 9 tiles', fill)
  const { calls } = createDesk(db)
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
        recordAudit(db, { action: 'decision.made', operator: 'Li Na', image: i + 1 })
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
