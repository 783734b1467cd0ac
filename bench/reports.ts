/**
 * `node bench/reports.ts [--parts 5000] [--keep FOLDER]`: reports of a run that scored so many parts, each with a
 * photograph and a heat map in files as scoring writes them, an operating point, and a decision on every tenth. Bars:
 * 20 s, a PDF of 20 MB.
 */
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { cp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import sharp from 'sharp'
import { reportLanguages } from '../src/main/features/report/words.ts'
import { writeReport } from '../src/main/features/report/write-report.ts'
import { createThresholdAnswers } from '../src/main/features/thresholds/threshold-answers.ts'
import { writeAnomalyMap } from '../src/main/images/anomaly-map.ts'
import { createRandom, type Random } from '../src/main/platform/random.ts'
import { createDataset } from '../src/main/store/datasets.ts'
import { decide } from '../src/main/store/decisions.ts'
import { addBlob, addImage } from '../src/main/store/images.ts'
import { beginImport } from '../src/main/store/imports.ts'
import { findOrMakeOperator } from '../src/main/store/operators.ts'
import {
  createRun,
  findRun,
  runFolder,
  setCalibration,
  setRunResult,
  setRunState,
} from '../src/main/store/runs.ts'
import { saveScores } from '../src/main/store/scores.ts'
import { openWorkspace, type Workspace } from '../src/main/store/workspace.ts'

const { values: options } = parseArgs({
  options: { parts: { type: 'string', default: '5000' }, keep: { type: 'string' } },
})
const parts = Number(options.parts)
/** That the threshold is set on. */
const validation = 1000
const side = 256
const mostSeconds = 20
const mostMegabytes = 20

/** A surface with a grain, and on a defective part a bright scratch; its map is what scoring would find there. */
function surface(random: Random, isDefective: boolean): { pixels: Uint8Array; map: Float32Array } {
  const pixels = new Uint8Array(side * side)
  const map = new Float32Array(side * side)
  const at = random.int(side - 20)
  for (let i = 0; i < pixels.length; i++) {
    const grain = random.uniform()
    const isScratch = isDefective && Math.abs((i % side) - at) < 6 && i > side * 50
    pixels[i] = 110 + 60 * grain + (isScratch ? 60 : 0)
    map[i] = 0.1 * grain + (isScratch ? 0.5 : 0)
  }
  return { pixels, map }
}

async function stock(workspace: Workspace): Promise<string> {
  const { db, blobs } = workspace
  const random = createRandom(1)
  const dataset = createDataset(db, { name: '磁瓦 line 4', layout: 'mvtec', source: '/photos' })
  const importId = beginImport(db, { datasetId: dataset.id, source: '/photos', layout: 'mvtec' })
  const config = { score: 'izif', k: 1, reduction: 'max', latent: 64 }
  const { id: run } = createRun(db, {
    datasetId: dataset.id,
    model: 'fanogan',
    preset: 'quick',
    seed: 1,
    config,
    stepsTotal: 1,
  })
  setRunState(db, run, 'training')
  setCalibration(db, run, { scores: {}, mapScale: 0.6, expectedCriticValue: 0 })
  setRunResult(db, run, { weightsSha256: 'ab'.repeat(32) })
  setRunState(db, run, 'trained')
  const operator = findOrMakeOperator(db, '李娜').id
  mkdirSync(workspace.path(`${runFolder(run)}/maps`), { recursive: true })
  for (let i = 0; i < parts + validation; i++) {
    const isDefective = i % 20 === 0
    const { pixels, map } = surface(random, isDefective)
    const png = await sharp(pixels, { raw: { width: side, height: side, channels: 1 } })
      .png({ compressionLevel: 1 })
      .toBuffer()
    const staged = blobs.stageBytes(png)
    const publication = blobs.publish([{ staged, format: 'png' }])
    publication.confirm()
    addBlob(db, { sha256: staged.sha256, format: 'png', bytes: staged.bytes })
    const image = addImage(db, {
      datasetId: dataset.id,
      importId,
      sha256: staged.sha256,
      file: `test/${isDefective ? 'scratch' : 'good'}/part-${i}.png`,
      width: side,
      height: side,
      channels: 1,
      bitDepth: 8,
      peak: 255,
      split: i < parts ? 'test' : 'validation',
      label: isDefective ? 'anomalous' : 'normal',
      defectType: isDefective ? 'scratch' : null,
      maskSha256: null,
      partGroup: null,
      warnings: [],
    })
    const { bytes, scale } = await writeAnomalyMap({ values: map, width: side, height: side })
    const mapFile = `${runFolder(run)}/maps/${image}.png`
    await writeFile(workspace.path(mapFile), bytes)
    const residual = random.uniform() + (isDefective ? 0.7 : 0)
    saveScores(
      db,
      run,
      ['residual', 'feature'],
      [
        {
          imageId: image,
          score: residual,
          calibrated: 50,
          tiles: 1,
          components: Float32Array.of(residual, 0),
          mapFile,
          mapScale: scale,
          mapWidth: side,
          mapHeight: side,
          reconstructionFile: null,
          warnings: [],
        },
      ],
    )
    if (i % 10 === 0) {
      decide(db, {
        runId: run,
        imageId: image,
        operatorId: operator,
        decision: isDefective ? 'reject' : 'accept',
      })
    }
  }
  return findRun(db, run).id
}

const folder = mkdtempSync(join(tmpdir(), 'fanoscope-reports-'))
const workspace = openWorkspace(join(folder, 'line'), { create: true })
try {
  const run = await stock(workspace)
  const { calls } = createThresholdAnswers(workspace.db)
  const settings = { score: 'izif', k: 1, reduction: 'max' } as const
  const { threshold } = calls['threshold.choose']({ run, settings, target: 'f1', regions: null })
  calls['point.save']({
    run,
    name: 'line 4',
    settings,
    threshold,
    regions: null,
    target: 'f1',
    operator: '李娜',
    reason: 'First threshold of the line.',
  })
  for (const language of reportLanguages) {
    for (const form of ['pdf', 'html'] as const) {
      const to = join(folder, `report.${language}.${form}`)
      const [since, before] = [performance.now(), process.cpuUsage()]
      const count = await writeReport(workspace, {
        run,
        split: 'test',
        language,
        form,
        version: '0.1.0',
        operator: '李娜',
        to,
      })
      const seconds = (performance.now() - since) / 1000
      const { user, system } = process.cpuUsage(before)
      const megabytes = statSync(to).size / 1e6
      const isMet = seconds < mostSeconds && (form === 'html' || megabytes < mostMegabytes)
      process.stdout.write(
        `${form}, ${language}: ${count} parts, ${seconds.toFixed(1)} s (processor ${((user + system) / 1e6).toFixed(1)} s), ` +
          `${megabytes.toFixed(2)} MB (bar ${mostSeconds} s, ${mostMegabytes} MB: ${isMet ? 'met' : 'missed'})\n`,
      )
      if (options.keep !== undefined) {
        mkdirSync(options.keep, { recursive: true })
        await cp(to, join(options.keep, `report.${language}.${form}`))
      }
    }
  }
} finally {
  workspace.close()
  rmSync(folder, { recursive: true, force: true })
}
