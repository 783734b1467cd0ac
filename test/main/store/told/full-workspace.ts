/** A workspace with at least one row in every table, all of them written as Fanoscope writes them. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { keepAnnotation, setDefectTypes } from '../../../../src/main/store/annotations.ts'
import { recordAudit } from '../../../../src/main/store/audit.ts'
import type { Database } from '../../../../src/main/store/database.ts'
import { createVersion, recordRetraining } from '../../../../src/main/store/dataset-versions.ts'
import { createDataset } from '../../../../src/main/store/datasets.ts'
import { acceptUndecided, decide, undoDecision } from '../../../../src/main/store/decisions.ts'
import { noteDelivered, recordDeliveries } from '../../../../src/main/store/deliveries.ts'
import { addDeposit } from '../../../../src/main/store/deposits.ts'
import { saveFlaggedRegionProfiles } from '../../../../src/main/store/flagged-region-profiles.ts'
import { addImage, findImage, setLabel } from '../../../../src/main/store/images.ts'
import { beginImport, stopImport } from '../../../../src/main/store/imports.ts'
import { createJob } from '../../../../src/main/store/jobs.ts'
import { addOrRenewPart, addPart, beginWatch, judgePart, linkPart } from '../../../../src/main/store/live.ts'
import { recordJudgedParts } from '../../../../src/main/store/live-audit.ts'
import { recordModelUse } from '../../../../src/main/store/model-uses.ts'
import { savePoint } from '../../../../src/main/store/operating-points.ts'
import { findOrMakeOperator, secureOperator } from '../../../../src/main/store/operators.ts'
import { createOutput } from '../../../../src/main/store/outputs.ts'
import { saveRecipe, useRecipe } from '../../../../src/main/store/recipes.ts'
import { setRegionOfInterest } from '../../../../src/main/store/regions-of-interest.ts'
import { newestNumber } from '../../../../src/main/store/results.ts'
import { describeRun } from '../../../../src/main/store/run-notes.ts'
import { addMetrics, runFolder, setRunState } from '../../../../src/main/store/runs.ts'
import { keepSampleRange } from '../../../../src/main/store/sample-ranges.ts'
import { saveScores } from '../../../../src/main/store/scores.ts'
import { changeSetting } from '../../../../src/main/store/settings.ts'
import { changeType } from '../../../../src/main/store/type-changes.ts'
import { setWhiteLevel } from '../../../../src/main/store/white-levels.ts'
import { webhookSettingsSchema } from '../../../../src/shared/output.ts'
import type { WorkingPoint } from '../../../../src/shared/threshold.ts'
import { plainScore } from '../plain-score.ts'
import { queuedRun } from '../queued-run.ts'
import { type Stocked, stockedWorkspace } from '../stocked-workspace.ts'

const none = { part: 0, whole: 0, value: null, low: null, high: null }
const noFigures: WorkingPoint = {
  threshold: 0.5,
  truePositives: 0,
  falsePositives: 0,
  trueNegatives: 0,
  falseNegatives: 0,
  precision: none,
  recall: none,
  falseRejectRate: none,
  escapeRate: none,
  f1: { value: null, low: null, high: null },
  perDefectType: [],
}

export async function fullWorkspace(): Promise<Stocked> {
  const stocked = await stockedWorkspace(5)
  const { db } = stocked.workspace
  const run = trainedRun(stocked)
  label(stocked)
  saveScores(
    db,
    run,
    ['residual'],
    stocked.images.map((image, i) => plainScore(image, i / 10)),
  )
  judge(stocked, run)
  watchLine(stocked, run)
  derive(stocked, run)
  changeSetting(db, 'live.retention', { goodDays: 30 }, 'Li Na')
  stopImport(
    db,
    beginImport(db, { datasetId: stocked.dataset.id, source: '/more', layout: 'flat' }),
    'failed',
  )
  createDataset(db, { name: 'that waits to be told', layout: 'flat', source: '/later' })
  return stocked
}

function trainedRun({ workspace: { db, path }, dataset, images }: Stocked): string {
  const { id: parent } = queuedRun(db, dataset.id)
  const { id } = queuedRun(db, dataset.id, { parentRunId: parent, name: 'second' })
  const version = createVersion(db, {
    datasetId: dataset.id,
    parentId: null,
    operatorId: findOrMakeOperator(db, 'Li Na').id,
    reason: 'the first',
    images: images.map((image) => findImage(db, image)),
  })
  recordRetraining(db, { runId: id, versionId: version.id, start: 'warm' })
  mkdirSync(join(path(runFolder(id)), 'model'), { recursive: true })
  for (const file of ['model/model.json', 'model/weights.safetensors', 'images.json']) {
    mkdirSync(dirname(path(join(runFolder(id), file))), { recursive: true })
    writeFileSync(path(join(runFolder(id), file)), '{}')
  }
  setRunState(db, id, 'training')
  setRunState(db, id, 'trained')
  addMetrics(db, id, [{ phase: 'gan', name: 'loss', step: 1, value: 0.5 }])
  describeRun(db, id, { note: 'the good one', tags: ['line 4'] }, 'Li Na')
  return id
}

function label({ workspace: { db }, dataset, images: [image = 0] }: Stocked): void {
  const { id: operatorId } = findOrMakeOperator(db, 'Li Na')
  setDefectTypes(db, dataset.id, [{ name: 'dent', color: '#ff0000' }])
  setLabel(db, image, 'anomalous', 'dent', 'Li Na')
  db.transaction(() => {
    const shape = { kind: 'rectangle', defectType: 'dent', x: 1, y: 1, width: 2, height: 2 } as const
    keepAnnotation(db, { imageId: image, shapes: [shape], operatorId })
    recordAudit(db, {
      action: 'image.drawn',
      operator: 'Li Na',
      image,
      detail: { shapes: 1, mask: null, before: null },
    })
  })
  const change = { datasetId: dataset.id, operator: 'Li Na' }
  changeType(db, { ...change, kind: 'rename', name: 'dent', becomes: 'deep dent' })
  setRegionOfInterest(db, dataset.id, { kind: 'found', margin: 0.02 }, 'Li Na')
  setWhiteLevel(db, dataset.id, 4095, 'Li Na')
  keepSampleRange(db, dataset.id, { low: 0, high: 1.5 })
}

function judge({ workspace: { db }, dataset, images: [image = 0, other = 0] }: Stocked, run: string): void {
  const { id: operatorId } = findOrMakeOperator(db, 'Li Na')
  secureOperator(db, { id: operatorId, pinHash: 'scrypt of a PIN' })
  decide(db, { runId: run, imageId: image, operatorId, decision: 'reject', note: 'a dent at the rim' })
  decide(db, { runId: run, imageId: other, operatorId, decision: 'accept' })
  undoDecision(db, { runId: run, operatorId })
  acceptUndecided(db, { runId: run, operatorId })
  savePoint(db, {
    run,
    name: 'line',
    score: 'residual',
    k: 1,
    reduction: 'max',
    threshold: 0.5,
    regions: { leastArea: 4, leastStrength: 0.5 },
    target: 'fpr=0.01',
    interval: { low: 0.4, high: 0.6 },
    validation: { normal: 0, anomalous: 0, hash: '0'.repeat(64) },
    figures: noFigures,
    operator: 'Li Na',
    reason: 'As agreed with the customer.',
  })
  db.transaction(() => {
    const use = { datasetId: dataset.id, runId: run, operatorId, reason: 'It is better.', gate: null }
    recordModelUse(db, { ...use, action: 'promote' })
    const detail = { before: null, reason: 'It is better.', verdict: null, margin: null, validation: null }
    recordAudit(db, { action: 'model.promoted', operator: 'Li Na', run, detail })
  })
}

/** Two parts that came over the line: one was seen, the other waits. */
function watchLine({ workspace: { db }, dataset, images: [first = 0] }: Stocked, run: string): void {
  const watch = beginWatch(
    db,
    { folder: '/camera', resultFolder: '/results', runId: run, datasetId: dataset.id },
    1,
  )
  const settings = webhookSettingsSchema.parse({ kind: 'webhook', url: 'http://127.0.0.1:9/' })
  const output = createOutput(db, { name: 'ejector', settings, operator: 'Li Na' })
  const importId = beginImport(db, { datasetId: dataset.id, source: '/camera', layout: 'flat' })
  const { sha256 } = findImage(db, first)
  for (const file of ['a.png', 'b.png']) {
    const part = addPart(db, watch.id, { file, bytes: 100, modifiedAt: 1 })
    linkPart(db, part.id, lineImage(db, { datasetId: liveDataset(db, file), importId, sha256, file }))
    judgePart(db, part.id, { verdict: 'flagged', score: 0.75, threshold: 0.5, reason: null, run, point: 1 })
  }
  const views = { pattern: '{part}_{view}', names: ['left', 'right'], within: 5 }
  addOrRenewPart(db, watch.id, { file: '0007_left.png', bytes: 100, modifiedAt: 1 }, views)
  addDeposit(db, {
    file: 'posted-1.png',
    point: watch.point,
    folder: '/camera',
    partNumber: '0007',
    view: null,
    cameAt: 1,
  })
  const recipe = saveRecipe(
    db,
    watch.point,
    { number: 8, name: 'M8', run, operatingPoint: null, outputs: [output.id] },
    'Li Na',
  )
  useRecipe(db, recipe.id, { by: 'Li Na' })
  recordJudgedParts(db, watch)
  noteDelivered(db, output, [{ number: newestNumber(db), at: db.now() }])
  recordDeliveries(db, output)
  const imageId = findLineImage(db, 'a.png')
  saveScores(db, run, ['residual'], [plainScore(imageId, 0.75)], 'later')
  decide(db, { runId: run, imageId, operatorId: findOrMakeOperator(db, 'Li Na').id, decision: 'accept' })
  setLabel(db, imageId, 'normal', null, 'Li Na')
}

/** A dataset has no bytes twice. */
const liveDataset = (db: Database, file: string): string =>
  createDataset(db, { name: `live ${file}`, layout: 'flat', source: '/camera' }).id

const lineImages = new WeakMap<Database, Map<string, number>>()
const findLineImage = (db: Database, file: string): number => lineImages.get(db)?.get(file) ?? 0

function lineImage(
  db: Database,
  values: { datasetId: string; importId: string; sha256: string; file: string },
): number {
  const id = addImage(db, {
    ...values,
    width: 16,
    height: 16,
    channels: 1,
    bitDepth: 8,
    peak: 1,
    split: 'live',
    label: 'unlabeled',
    defectType: null,
    maskSha256: null,
    partGroup: null,
    warnings: [],
  })
  const known = lineImages.get(db) ?? new Map<string, number>()
  lineImages.set(db, known.set(values.file, id))
  return id
}

/** What is computed from the photographs. */
function derive({ workspace: { db }, dataset, images: [image = 0] }: Stocked, run: string): void {
  const { sha256 } = findImage(db, image)
  saveFlaggedRegionProfiles(db, run, [{ imageId: image, scoredAt: 1, areas: Uint32Array.of(1, 2) }])
  db.run('INSERT INTO picture_hash (sha256, hash) VALUES ($sha256, $hash)', { sha256, hash: 'a'.repeat(64) })
  db.run('INSERT INTO picture_cells (sha256, cells) VALUES ($sha256, $cells)', {
    sha256,
    cells: Buffer.alloc(512),
  })
  createJob(db, { kind: 'verify', payload: {}, datasetId: dataset.id })
}
