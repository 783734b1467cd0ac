/** Every call of the contract, answered by the application itself through the gate that both hosts use. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Application, createApplication } from '../../../src/main/app/application.ts'
import { dispatch, isCallName } from '../../../src/main/contract/dispatch.ts'
import { launchStandardEngine } from '../../../src/main/engine-host/standard-engine.ts'
import { backboneFile } from '../../../src/main/model/backbones/backbone-files.ts'
import type { VersionChange } from '../../../src/main/session/version-change.ts'
import { type Act, acts } from '../../../src/shared/acts.ts'
import type { AuditEntry } from '../../../src/shared/audit.ts'
import {
  type CallInput,
  type CallName,
  type CallOutput,
  calls,
  type EventName,
} from '../../../src/shared/contract.ts'
import { Failure, failureOf } from '../../../src/shared/failure.ts'
import type { Job } from '../../../src/shared/job.ts'
import { describeCompiled } from '../engine/graph/native.ts'
import { brought } from '../features/backbones/brought.ts'
import { smallNetwork } from '../features/backbones/small-network.ts'
import { startReceiver } from '../features/delivery/receiver.ts'
import { numbered, writeFolder } from '../features/import/photographs.ts'
import { writeLine } from '../features/line.ts'
import { tinyTraining } from '../features/line-training.ts'
import { installed, newKeys, zippedBundle } from '../features/update/small-bundle.ts'
import { callExamples } from '../shell/contract-examples.ts'

/** Those that set-up fetched; null where there was no network. */
const weights = await backboneFile('efficientnet-lite2')
const answered = new Set<string>()
const heard = new Set<EventName>()
const defects: string[] = []
let root = ''
let application: Application
const ended = new Map<string, Job>()
let wake: () => void = () => undefined

/** The update that was handed over to the host. */
let changing: VersionChange | null = null

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'fanoscope-handlers-'))
  const installation = await installed(join(root, 'program'), { version: '1.0.0', keys: newKeys(root) })
  application = createApplication({
    host: 'browser',
    chooseFolder: null,
    chooseFile: null,
    launchEngine: launchStandardEngine,
    installation,
    changeVersion: (change) => {
      changing = change
    },
    environment: {
      ...process.env,
      FANOSCOPE_STATE: join(root, 'state.json'),
      FANOSCOPE_WORKSPACE: join(root, 'suggested'),
    },
  })
  application.events.onAny((name) => heard.add(name))
  application.events.on('job.changed', (job) => {
    if (job.state === 'queued' || job.state === 'running') return
    ended.set(job.id, job)
    wake()
  })
})
afterAll(async () => {
  await application.close()
  rmSync(root, { recursive: true, force: true })
})

// The schema of a call's output gave the value its type; the gate has checked it.
const outputs: { [N in CallName]: { output: { parse(value: unknown): CallOutput<N> } } } = calls

/** Who answers for the calls that name nobody else, as who is signed in does at a window. */
const inspector = 'Mia Inspector'
/** The changing calls after which the audit had their row, with the name where one was given. */
const recorded = new Set<CallName>()

async function auditSince(id: number): Promise<AuditEntry[]> {
  try {
    const { entries } = await application.handlers['audit.list']({ filter: {}, offset: 0, limit: 100 })
    return entries.filter((entry) => entry.id > id)
  } catch (error) {
    expect(error).toMatchObject({ code: 'no-workspace' })
    return []
  }
}
const newestRow = async (): Promise<number> => (await auditSince(0))[0]?.id ?? 0

async function isRecorded(
  { by, audit }: Extract<Act, { does: 'changes' }>,
  input: object,
  before: number,
): Promise<boolean> {
  const operator: unknown = Reflect.get(input, 'operator')
  const rows = await auditSince(before)
  return rows.some(
    (row) =>
      audit.some((action) => action === row.action) && (by !== 'operator' || row.operator === operator),
  )
}

/** A call as a window makes it. A failure is thrown, as the bridge does. */
async function call<N extends CallName>(
  name: N,
  input: CallInput<N>,
  caller = 'window',
): Promise<CallOutput<N>> {
  const report = (message: string) => defects.push(message)
  const { handlers, admit } = application
  const act = acts[name]
  const isNamed = typeof Reflect.get(input, 'operator') === 'string'
  const asked =
    act.does === 'changes' && act.by === 'operator' && !isNamed ? { ...input, operator: inspector } : input
  const before = await newestRow()
  const answer = await dispatch(handlers, name, asked, report, { caller, admit })
  // A sign-in that fails is what some of the rows tell of.
  if (act.does === 'changes' && (await isRecorded(act, asked, before))) recorded.add(name)
  if (!answer.ok) throw failureOf(answer.failure)
  answered.add(name)
  return outputs[name].output.parse(answer.value)
}

async function end(id: string): Promise<Job> {
  for (;;) {
    const job = ended.get(id)
    if (job) return job
    await new Promise<void>((resolve) => {
      wake = resolve
    })
  }
}

const workspaceDir = () => join(root, 'line 1')

describe('before a workspace is open', () => {
  it('the application says what it is, and what it would suggest', async () => {
    expect(await call('app.info', {})).toMatchObject({
      host: 'browser',
      platform: process.platform,
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      suggested: { workspace: join(root, 'suggested'), sample: join(root, 'suggested-sample') },
      recentWorkspaces: [],
      workspace: null,
      engine: { state: 'stopped', provider: null, crashes: 0 },
    })
  })

  it('the doctor says what this machine can do', async () => {
    const { text, report } = await call('app.doctor', {})
    expect(text.length).toBeGreaterThan(0)
    expect(Object.keys(report).length).toBeGreaterThan(0)
  })

  it('the pretrained networks can be listed, taken from a file, added and removed', async () => {
    const { backbones } = await call('backbone.list', {})
    expect(backbones.map(({ name }) => name)).toContain('efficientnet-lite2')
    const file = join(root, 'weights.pth')
    writeFileSync(file, 'not weights')
    await expect(call('backbone.import', { file })).rejects.toMatchObject({ code: 'backbone-file-refused' })
    await expect(call('backbone.import', { file: 'weights.pth' })).rejects.toMatchObject({
      code: 'path-not-absolute',
    })
    const own = brought(smallNetwork())
    expect(await call('backbone.add', own)).toMatchObject({
      name: 'two-convolutions',
      weights: { source: 'own' },
    })
    expect((await call('backbone.list', {})).backbones.map(({ name }) => name)).toContain('two-convolutions')
    await call('backbone.remove', { name: 'two-convolutions' })
    expect((await call('backbone.list', {})).backbones.map(({ name }) => name)).not.toContain(
      'two-convolutions',
    )
    if (weights === null) return
    const imported = await call('backbone.import', { file: weights })
    expect(imported.weights).toMatchObject({
      source: 'import',
      file: join(root, 'backbones', 'efficientnet-lite2.safetensors'),
    })
  })

  it('what needs a workspace says so', async () => {
    await expect(call('dataset.list', {})).rejects.toMatchObject({ code: 'no-workspace' })
    await expect(call('engine.start', {})).rejects.toMatchObject({ code: 'no-workspace' })
    await expect(call('review.undo', { run: 'r', operator: 'a' })).rejects.toMatchObject({
      code: 'no-workspace',
    })
  })

  it('how the window looks is remembered all the same', async () => {
    expect(await call('setting.get', { key: 'ui.theme' })).toEqual({ value: null })
    await call('setting.set', { key: 'ui.theme', value: 'dark' })
    expect(await call('setting.get', { key: 'ui.theme' })).toEqual({ value: 'dark' })
  })

  it('folders can be looked into, also without a native dialog', async () => {
    expect(await call('folder.choose', { title: 'Choose' })).toEqual({ supported: false, path: null })
    const choice = await call('file.choose', { title: 'Choose', endings: ['whl'] })
    expect(choice).toEqual({ supported: false, path: null })
    mkdirSync(join(root, 'folders', 'b 2'), { recursive: true })
    mkdirSync(join(root, 'folders', 'b 10'))
    writeFileSync(join(root, 'folders', 'a.PNG'), '')
    writeFileSync(join(root, 'folders', 'weights.WHL'), '')
    expect(await call('folder.list', { path: join(root, 'folders') })).toEqual({
      path: join(root, 'folders'),
      parent: root,
      folders: ['b 2', 'b 10'].map((name) => ({ name, path: join(root, 'folders', name) })),
      files: [],
      images: 1,
    })
    const { files } = await call('folder.list', { path: join(root, 'folders'), endings: ['whl', 'pth'] })
    expect(files.map(({ name }) => name)).toEqual(['weights.WHL'])
    await expect(call('folder.list', { path: join(root, 'none') })).rejects.toMatchObject({
      code: 'folder-unreadable',
    })
  })

  it('an import can be looked at beforehand', async () => {
    const folder = await writeLine(join(root, 'parts'), { good: 14, test: 8 })
    const group = { holds: 'photographs', mixed: false, masked: 0 }
    expect(await call('folder.inspect', { path: folder })).toEqual({
      folder,
      layout: 'mvtec',
      recognized: 'mvtec-ad',
      files: 22,
      groups: expect.arrayContaining([
        { ...group, path: 'train/good', files: 14, split: null, label: 'normal', defectType: null },
        { ...group, path: 'test/dent', files: 4, split: 'test', label: 'anomalous', defectType: 'dent' },
      ]),
      groupCount: 3,
      masks: 0,
      unlabeled: 0,
      pairs: [],
      documents: [],
      documentCount: 0,
      leftOut: [],
      leftOutCount: 0,
      notes: [],
      noteCount: 0,
      passedOver: [],
      rangeNeeded: null,
      suggestedName: 'parts',
    })
    await expect(call('folder.inspect', { path: join(root, 'folders', 'b 2') })).rejects.toMatchObject({
      code: 'folder-empty',
    })
  })

  it('systems are listed with their parameters, scores and presets', async () => {
    const { systems, scores, presets } = await call('system.list', {})
    expect(systems.map(({ name }) => name)).toContain('fanogan')
    expect(scores.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['izif', 'latent-feature', 'izi', 'ziz', 'discriminator']),
    )
    expect(presets.map(({ name }) => name)).toEqual(expect.arrayContaining(['smoke', 'quick', 'full']))
  })
})

describe('a workspace', () => {
  it('is made only when that is asked for', async () => {
    await expect(call('workspace.open', { dir: workspaceDir() })).rejects.toMatchObject({
      code: 'workspace-not-found',
    })
    expect(await call('workspace.open', { dir: workspaceDir(), create: true })).toMatchObject({
      dir: workspaceDir(),
      name: 'line 1',
      datasets: 0,
      images: 0,
      runs: 0,
    })
  })

  it('keeps settings of its own', async () => {
    expect(await call('setting.get', { key: 'review.split' })).toEqual({ value: null })
    await call('setting.set', { key: 'review.split', value: { split: 'test' } })
    await expect(call('setting.set', { key: 'clock', value: null })).rejects.toMatchObject({
      code: 'bad-input',
    })
    await call('clock.confirm', {})
    expect(await call('setting.get', { key: 'review.split' })).toEqual({ value: { split: 'test' } })
  })

  it('gets the sample line, which lies beside it', async () => {
    // There already, as after a first time: writing all of it has its own tests.
    await writeLine(`${workspaceDir()}-sample`, { good: 10, test: 4 })
    const { job } = await call('sample.open', {})
    expect((await end(job)).state).toBe('done')
    expect(await call('dataset.importReport', { job })).toMatchObject({ dataset: 'sample', imported: 14 })
    const [sample] = await call('dataset.list', {})
    expect(sample).toMatchObject({ name: 'sample', hasDirection: true, images: 14 })
  })

  it('gets no half of a sample line that was cancelled', async () => {
    const { job } = await call('sample.open', { seed: 2 })
    await call('job.cancel', { job })
    expect((await end(job)).state).toBe('cancelled')
    expect(existsSync(`${workspaceDir()}-sample-2`)).toBe(false)
    expect(readdirSync(root).filter((name) => name.includes('sample-2'))).toEqual([])
  })

  it('imports a folder, and the same again adds nothing', async () => {
    const request = { folder: join(root, 'parts'), dataset: 'parts', hasDirection: false }
    const { job } = await call('dataset.import', request)
    expect(await end(job)).toMatchObject({ state: 'done', kind: 'import' })
    const report = await call('dataset.importReport', { job })
    expect(report).toMatchObject({ dataset: 'parts', layout: 'mvtec', imported: 22, refused: [] })
    const written = await call('dataset.exportReport', { job, folder: root })
    expect(written.rows).toBe(report.duplicates.length + report.warnings.length)
    expect(readFileSync(written.file, 'utf8')).toMatch(/^\ufefffile,outcome,code,detail\r\n/)
    const { job: again } = await call('job.again', { job })
    await end(again)
    expect(await call('dataset.importReport', { job: again })).toMatchObject({ imported: 0, already: 22 })
  })

  it('tells why an import failed, and has no report of it', async () => {
    const { job } = await call('dataset.import', { folder: join(root, 'none'), dataset: 'x' })
    expect(await end(job)).toMatchObject({ state: 'failed', failure: { code: 'folder-unreadable' } })
    await expect(call('dataset.importReport', { job })).rejects.toMatchObject({ code: 'no-import-report' })
  })

  it('gives a dropped folder a place, and takes it away when it is not wanted after all', async () => {
    const { id, folder } = await call('drop.begin', { name: 'day 2', files: 2, bytes: 2048 })
    expect(existsSync(folder)).toBe(true)
    await call('drop.end', { id })
    expect(existsSync(folder)).toBe(false)
  })

  it('takes a folder of unlabeled photographs for good parts where that is said', async () => {
    const folder = await writeFolder(join(root, 'plain'), numbered('day 1', 6))
    const { job } = await call('dataset.import', { folder, dataset: 'plain', unlabeledAs: 'normal' })
    await end(job)
    const plain = (await call('dataset.list', {})).find(({ name }) => name === 'plain')
    expect(plain?.labels).toEqual({ normal: 6, anomalous: 0, unlabeled: 0 })
  })

  it('lists images by page and by filter', async () => {
    const all = await call('dataset.images', { dataset: 'parts', limit: 5 })
    expect([all.total, all.images.length]).toEqual([22, 5])
    const filter = { split: 'test', label: 'anomalous', defectType: 'dent', text: '3' } as const
    const some = await call('dataset.images', { dataset: 'parts', filter })
    expect(some.images.map(({ file }) => file)).toEqual(['test/dent/3.png'])
    await expect(call('dataset.images', { dataset: 'none' })).rejects.toMatchObject({
      code: 'dataset-unknown',
    })
  })

  it('has a region of interest, which is seen beforehand and changed by a name', async () => {
    const none = { kind: 'none' } as const
    expect(await call('dataset.region', { dataset: 'parts' })).toEqual(none)
    const left = { kind: 'drawn', polygons: [[0, 0, 0.5, 0, 0.5, 1, 0, 1]] } as const
    const region = { ...left, polygons: left.polygons.map((points) => [...points]) }
    const { images } = await call('dataset.images', { dataset: 'parts', limit: 1 })
    const shown = images.map(({ id }) => id)
    const [preview] = await call('dataset.previewRegion', { dataset: 'parts', region, images: shown })
    expect(preview?.share).toBeCloseTo(0.5, 2)
    expect(await call('dataset.region', { dataset: 'parts' })).toEqual(none)
    const set = { dataset: 'parts', operator: 'Ana' }
    expect(await call('dataset.setRegion', { ...set, region })).toEqual(region)
    expect(await call('dataset.region', { dataset: 'parts' })).toEqual(region)
    expect(await call('dataset.setRegion', { ...set, region: none })).toEqual(none)
  })

  it('has a white of its 16-bit photographs, of which there are none, until a person sets it', async () => {
    const found = { set: null, seen: null }
    expect(await call('dataset.white', { dataset: 'parts' })).toEqual(found)
    const set = { dataset: 'parts', operator: 'Ana' }
    expect(await call('dataset.setWhite', { ...set, white: 4095 })).toEqual({ set: 4095, seen: null })
    expect(await call('dataset.setWhite', { ...set, white: null })).toEqual(found)
  })

  it('is verified', async () => {
    const { job } = await call('workspace.verify', {})
    expect(await end(job)).toMatchObject({ state: 'done', result: { ok: true, problems: [] } })
  })

  it('is backed up with one call while it is in use', async () => {
    const { job } = await call('workspace.backup', {})
    expect((await end(job)).state).toBe('done')
    const [backup] = await call('workspace.backups', {})
    expect(backup?.file).toMatch(/^fanoscope-asked-/)
    expect(await call('workspace.losses', { file: backup?.file ?? '' })).toMatchObject({
      isPresentReadable: true,
    })
  })
})

describeCompiled('a run', () => {
  let run = ''

  it('starts the engine when it is needed, or before', async () => {
    expect(await call('engine.start', {})).toMatchObject({
      state: 'ready',
      provider: { backend: 'tensorflow' },
    })
  })

  it('is trained: paused, continued, cancelled and resumed', async () => {
    const told: string[] = []
    let asked = 0
    const off = application.events.on('run.points', ({ run: id }) => {
      const [job] = told.length === 0 ? [...jobs] : []
      if (id !== run || !job) return
      told.push('points')
      void call('job.pause', { job })
    })
    const offJobs = application.events.on('job.changed', ({ id, progress, state }) => {
      if (!jobs.has(id) || state !== 'running') return
      if (progress?.paused === true && asked === 0) {
        asked = 1
        void call('job.continue', { job: id })
      }
      if (progress?.paused === false && asked === 1) {
        asked = 2
        void call('job.cancel', { job: id })
      }
    })
    const jobs = new Set<string>()
    const { seed, ...outlook } = tinyTraining()
    expect((await call('train.outlook', outlook)).counts.train).toBeGreaterThan(0)
    const started = await call('train.start', { ...tinyTraining({ ganSteps: 400, encoderSteps: 10 }) })
    run = started.run
    jobs.add(started.job)
    expect((await end(started.job)).state).toBe('cancelled')
    off()
    offJobs()
    expect(asked).toBe(2)
    expect((await call('run.get', { run })).state).toBe('cancelled')
    expect((await call('job.list', { active: true })).length).toBe(0)
    const { entries } = await call('log.list', { text: 'began' })
    expect(entries.every(({ message }) => message.includes('began'))).toBe(true)
    expect(entries.length).toBeGreaterThan(0)

    const resumed = await call('train.resume', { run })
    expect(resumed.run).toBe(run)
    expect((await end(resumed.job)).state).toBe('done')
    expect(await call('run.get', { run })).toMatchObject({ state: 'trained', resumedCount: 1 })
    await expect(call('train.resume', { run })).rejects.toMatchObject({ code: 'run-trained' })
  })

  it('has curves and previews, and is listed', async () => {
    const { points } = await call('run.curves', { run })
    expect(new Set(points.map(({ name }) => name))).toEqual(
      new Set(['critic', 'wasserstein', 'penalty', 'generator', 'encoder', 'validation']),
    )
    const later = await call('run.curves', { run, afterStep: 200 })
    expect(later.points.length).toBeGreaterThan(0)
    expect(later.points.every(({ step }) => step > 200)).toBe(true)
    const [preview] = await call('run.previews', { run })
    expect(preview).toMatchObject({ name: 'reconstructed', step: 410 })
    expect(application.assets.previewFile(run, 'reconstructed', 410)).not.toBeNull()
    expect((await call('run.list', { dataset: 'parts', state: 'trained' })).map(({ id }) => id)).toEqual([
      run,
    ])
    expect(await call('run.list', { state: 'failed' })).toEqual([])
    await expect(call('run.get', { run: 'none' })).rejects.toMatchObject({ code: 'run-unknown' })
  })

  it('scores, and is evaluated on what it scored', async () => {
    await expect(call('run.evaluate', { run })).rejects.toMatchObject({ code: 'not-scored' })
    const { job } = await call('run.score', { run, split: 'test' })
    expect(await end(job)).toMatchObject({ state: 'done', result: { images: 8, already: 0, refused: [] } })
    const evaluation = await call('run.evaluate', { run, score: 'izi' })
    expect(evaluation).toMatchObject({ run, score: 'izi', split: 'test', n: { normal: 4, anomalous: 4 } })
    expect(evaluation.perDefectType.dent?.n).toBe(4)
    await expect(call('run.evaluate', { run, score: 'best' })).rejects.toMatchObject({
      code: 'unknown-score',
    })
  })

  it('has its ways to score compared on made defects, and then on real ones', async () => {
    expect(await call('choice.get', { run })).toBeNull()
    const few = await end((await call('choice.start', { runs: [run] })).job)
    expect(few.failure?.code).toBe('choice-few-photographs')
    const { images } = await call('dataset.images', {
      dataset: 'parts',
      filter: { split: 'train' },
      limit: 4,
    })
    const lent = (to: 'train' | 'validation') =>
      call('dataset.change', {
        dataset: 'parts',
        choice: { ids: images.map(({ id }) => id) },
        change: { kind: 'split', split: to },
      })
    await lent('validation')
    const { job } = await call('choice.start', { runs: [run], photographs: 4, perType: 1 })
    expect((await end(job)).state).toBe('done')
    const choice = await call('choice.get', { run })
    expect(choice).toMatchObject({ job, report: { runs: [run], photographs: 4, made: 20, refused: 0 } })
    expect(await call('choice.untested', { job })).toEqual({ runs: [] })
    const carried = await call('choice.carryOver', { job })
    expect(carried).toMatchObject({ split: 'test', n: { normal: 4, anomalous: 4 } })
    expect(carried.options).toHaveLength(choice?.report.options.length ?? 0)
    await lent('train')
    expect(await call('run.region', { run })).toEqual({ region: { kind: 'none' }, preview: null })
  })

  const izi = { score: 'izi', k: 1, reduction: 'max' } as const

  it('has a threshold chosen and set on its validation images, which the queue then goes by', async () => {
    await expect(call('threshold.validation', { run })).rejects.toMatchObject({
      code: 'validation-not-scored',
    })
    await end((await call('run.score', { run, split: 'validation' })).job)
    const { validation, scores, maps } = await call('threshold.validation', { run })
    expect(validation).toMatchObject({ anomalous: 0 })
    expect(maps).toBe(validation.normal)
    expect(scores).toContain('izi')
    const { normal, start } = await call('threshold.distribution', { run, settings: izi })
    expect(normal.reduce((sum, count) => sum + count, 0)).toBe(validation.normal)
    const chosen = await call('threshold.choose', { run, settings: izi, target: 'percentile=99' })
    expect(chosen).toMatchObject({ threshold: start, sufficient: false, target: 'percentile=99' })
    await expect(call('threshold.choose', { run, target: 'best' })).rejects.toMatchObject({
      code: 'bad-target',
    })
    const at = await call('threshold.at', { run, settings: izi, threshold: -1 })
    expect(at.falsePositives).toBe(validation.normal)
    const flips = await call('threshold.flips', { run, settings: izi, threshold: -1, from: start })
    expect(flips.total).toBe(validation.normal - chosen.figures.falsePositives)
    expect((await call('threshold.measureRegions', { run })).measured).toBe(8 + validation.normal)
    expect(await call('threshold.measureRegions', { run })).toEqual({ measured: 0 })

    expect((await call('review.queue', { run })).point).toBeNull()
    const by = { operator: 'Wang Li', reason: 'trial' }
    const values = { run, name: 'line', settings: izi, ...by }
    const first = await call('point.save', { ...values, threshold: -1 })
    const second = await call('point.save', { ...values, threshold: 1e9 })
    expect(await call('point.list', { run })).toEqual({ active: second.id, points: [second, first] })
    expect((await call('review.queue', { run })).items.every(({ verdict }) => verdict === 'passed')).toBe(
      true,
    )
    await call('point.use', { point: first.id, ...by })
    const queue = await call('review.queue', { run, split: 'test', order: 'threshold' })
    expect(queue.point).toEqual(first)
    expect(queue.items.every(({ verdict }) => verdict === 'flagged')).toBe(true)
    const scored = queue.items.map(({ score }) => score)
    expect(scored).toEqual([...scored].sort((a, b) => a - b))
  })

  it('is told of in the audit, which can be checked and taken along', async () => {
    const { total, entries } = await call('audit.list', { filter: { action: 'threshold', run }, limit: 1 })
    expect(total).toBe(5)
    expect(entries).toMatchObject([{ action: 'threshold.used', operator: 'Wang Li', run }])
    const check = await call('audit.check', {})
    expect(check.breaks).toEqual([])
    mkdirSync(join(root, 'audit'))
    for (const format of ['csv', 'json'] as const) {
      const { file, rows } = await call('audit.export', { format, folder: join(root, 'audit') })
      const text = readFileSync(file, 'utf8')
      if (format === 'csv') expect(text.trim().split('\r\n')).toHaveLength(rows + 1)
      else expect(JSON.parse(text)).toHaveLength(rows)
    }
    // And the report of the import, before.
    expect((await call('audit.list', { filter: { action: 'export' } })).total).toBe(3)
  })

  it('fills the review queue, in which an operator decides and takes back', async () => {
    const { id } = await call('operator.signIn', { name: ' Wang Li ' })
    expect(await call('operator.list', {})).toMatchObject([{ id, name: 'Wang Li' }])
    const queue = await call('review.queue', { run, split: 'test' })
    expect(queue).toMatchObject({ total: 8, decided: 0 })
    const scores = queue.items.map(({ score }) => score)
    expect(scores).toEqual([...scores].sort((a, b) => b - a))
    const first = queue.items[0]
    if (!first) throw new RangeError('the queue is empty')
    expect(Object.keys(first.components)).toContain('residual')
    expect(application.assets.mapFile(run, first.image)).not.toBeNull()
    const decided = await call('review.decide', {
      run,
      image: first.image,
      decision: 'reject',
      operator: 'Wang Li',
      defectType: 'dent',
    })
    expect(decided).toMatchObject({
      imageId: first.image,
      decision: 'reject',
      score: first.score,
      operatorId: id,
    })
    expect(await call('review.queue', { run, split: 'test', undecided: true })).toMatchObject({ total: 7 })
    expect(await call('review.waiting', { run })).toMatchObject({ test: 7, live: 0 })
    expect(await call('review.queue', { run, split: 'test' })).toMatchObject({
      total: 8,
      decided: 1,
      rejected: 1,
    })
    const { undone } = await call('review.undo', { run, operator: 'Wang Li' })
    expect(undone?.id).toBe(decided.id)
    expect(await call('review.undo', { run, operator: 'Wang Li' })).toEqual({ undone: null, count: 0 })
    const missing = { run, image: 9999, decision: 'accept', operator: 'Wang Li' } as const
    await expect(call('review.decide', missing)).rejects.toMatchObject({ code: 'image-unknown' })
  })
})

describe('labeling', () => {
  it('draws masks, keeps the kinds of defects, and takes masks out and in', async () => {
    const { images } = await call('dataset.images', {
      dataset: 'parts',
      filter: { split: 'train' },
      limit: 2,
    })
    const image = images[0]?.id ?? 0
    const shapes = [{ kind: 'rectangle' as const, defectType: 'scratch', x: 2, y: 3, width: 5, height: 4 }]
    expect(await call('label.open', { image })).toMatchObject({ shapes: [] })
    const saved = await call('label.save', { image, shapes, operator: 'Wang Li' })
    expect(saved).toMatchObject({ label: 'anomalous', areas: [{ defectType: 'scratch', area: 20 }] })
    expect(await call('label.open', { image })).toMatchObject({ shapes })
    expect(await call('label.writeMasks', {})).toEqual({ written: [], left: [] })
    const types = [{ name: 'scratch', color: '#112233' }]
    expect((await call('label.setTypes', { dataset: 'parts', types }))[0]).toMatchObject({
      ...types[0],
      images: 1,
    })
    expect((await call('label.types', { dataset: 'parts' })).map(({ name }) => name)).toContain('dent')
    const folder = join(root, 'masks')
    const exchanged = { dataset: 'parts', format: 'labelme', folder } as const
    expect((await call('label.export', exchanged)).images).toBe(1)
    expect(await call('label.import', exchanged)).toEqual({ images: 1, labeled: 0, skipped: [], notes: [] })
  })

  it('changes many images, draws splits, freezes validation and finds duplicates', async () => {
    const filter = { split: 'test', label: 'anomalous' } as const
    const change = (kind: 'remove' | 'restore', removed: boolean) =>
      call('dataset.change', {
        dataset: 'parts',
        choice: { filter: { ...filter, ...(removed ? { removed } : {}) } },
        change: { kind },
      })
    const { changed } = await change('remove', false)
    expect(changed).toBeGreaterThan(0)
    expect(await change('restore', true)).toMatchObject({ changed })
    const split = { validation: 0.2, test: 0.2, seed: 1, stratified: true, pattern: null }
    const preview = await call('dataset.split', { dataset: 'parts', split })
    expect(preview.after.validation).toBeGreaterThan(0)
    await call('dataset.split', { dataset: 'sample', split, apply: true })
    await call('dataset.freeze', { dataset: 'parts', frozen: true })
    const frozen = { filter: { split: 'validation' } } as const
    await expect(
      call('dataset.change', { dataset: 'parts', choice: frozen, change: { kind: 'remove' } }),
    ).rejects.toMatchObject({ code: 'validation-frozen' })
    await call('dataset.freeze', { dataset: 'parts', frozen: false })
    expect(await call('dataset.duplicates', { dataset: 'parts' })).toBeNull()
    await end((await call('dataset.findDuplicates', { dataset: 'parts' })).job)
    expect(await call('dataset.duplicates', { dataset: 'parts' })).toMatchObject({ unreadable: [] })
  })
})

describe('an operator', () => {
  it('signs in by badge and PIN, and not with a wrong one', async () => {
    const secured = { name: 'Wang Li', pin: null, newPin: '246810', badge: '0004711' }
    expect(await call('operator.secure', secured)).toMatchObject({ hasPin: true, hasBadge: true })
    await expect(call('operator.signIn', { name: 'Wang Li' })).rejects.toMatchObject({ code: 'pin-needed' })
    await expect(call('operator.badgeIn', { badge: '0004711', pin: '1111' })).rejects.toMatchObject({
      code: 'pin-wrong',
    })
    expect((await call('operator.badgeIn', { badge: '0004711', pin: '246810' })).name).toBe('Wang Li')
    await expect(call('operator.badgeIn', { badge: '1' })).rejects.toMatchObject({ code: 'badge-unknown' })
    const folder = mkdtempSync(join(root, 'audit-'))
    const exported = { format: 'json', folder, operator: 'Wang Li' } as const
    expect((await call('audit.export', exported)).rows).toBeGreaterThan(0)
    // Her name is not hers at another window, and no longer at this one once she has left.
    await expect(call('audit.export', exported, 'another window')).rejects.toMatchObject({
      code: 'not-signed-in',
    })
    await call('operator.signOut', { name: 'Wang Li' })
    await expect(call('audit.export', exported)).rejects.toMatchObject({ code: 'not-signed-in' })
    expect(await call('operator.isSignedIn', { name: 'Wang Li' })).toEqual({
      isSignedIn: false,
      pinIsShort: false,
    })
    await call('operator.badgeIn', { badge: '0004711', pin: '246810' })
    await expect(call('operator.release', { name: 'Wang Li', operator: 'Wang Li' })).rejects.toMatchObject({
      code: 'release-not-allowed',
    })
    await call('operator.signIn', { name: 'Zhang Wei' })
    const released = { name: 'Zhang Wei', operator: 'Wang Li' }
    expect(await call('operator.release', released)).toMatchObject({ name: 'Zhang Wei' })
    expect(await call('operator.rename', { ...released, newName: 'Zhang Wei 2' })).toMatchObject({
      name: 'Zhang Wei 2',
    })
    await call('operator.remove', { name: 'Zhang Wei 2', operator: 'Wang Li' })
    await expect(call('operator.signIn', { name: 'zhang wei 2' })).rejects.toMatchObject({
      code: 'operator-removed',
    })
    const [removed] = await call('removed.list', {})
    expect(removed).toMatchObject({ kind: 'operator', name: 'Zhang Wei 2', by: 'Wang Li' })
    const back = { kind: 'operator' as const, id: removed?.id ?? '', operator: 'Wang Li' }
    expect(await call('removed.putBack', back)).toEqual({ name: 'Zhang Wei 2', kept: 0 })
    expect(await call('operator.signIn', { name: 'Zhang Wei 2' })).toMatchObject({ name: 'Zhang Wei 2' })
    await call('operator.secure', { ...secured, pin: '246810', newPin: null, badge: null })
    expect(await call('operator.signIn', { name: 'Wang Li' })).toMatchObject({
      hasPin: false,
      hasBadge: false,
    })
  })
})

describe('the name of an operator with a PIN', () => {
  const acts = Object.keys(callExamples).filter(
    (name): name is CallName =>
      isCallName(name) &&
      name !== 'review.queue' &&
      typeof Reflect.get(callExamples[name].input, 'operator') === 'string',
  )

  it.each(acts)('is not taken for %s at a window where nobody proved it', async (name) => {
    await call('operator.signIn', { name: 'Chen Yu', pin: '135790' })
    await call('operator.secure', { name: 'Chen Yu', pin: '135790', newPin: '135790', badge: null })
    const input = { operator: 'chen yu' }
    expect(() => application.admit(name, input, 'another window')).toThrow(
      expect.objectContaining({ code: 'not-signed-in' }),
    )
    application.admit(name, input, 'window')
  })

  it('is read by anyone', () => {
    application.admit('review.queue', { operator: 'Chen Yu' }, 'another window')
  })
})

describeCompiled('the rest of a queue and a watched folder', () => {
  it('is accepted at once and taken back at once', async () => {
    const [run] = (await call('run.list', { state: 'trained' })).map(({ id }) => id)
    if (run === undefined) throw new RangeError('no trained run')
    const { total, decided } = await call('review.queue', { run, split: 'test' })
    const rest = { run, split: 'test', operator: 'Zhao Min' } as const
    const { items } = await call('review.queue', { run, split: 'test', undecided: true })
    const flagged = items.filter(({ verdict }) => verdict === 'flagged').length
    expect(await call('review.acceptRest', rest)).toEqual({ accepted: total - decided - flagged })
    if (flagged < total - decided) await call('review.undo', { run, operator: 'Zhao Min' })
    expect(await call('review.acceptRest', { ...rest, flaggedToo: true })).toEqual({
      accepted: total - decided,
    })
    expect(await call('review.queue', { run, split: 'test' })).toMatchObject({ decided: total })
    const second = { run, split: 'test', view: 'second', operator: 'Wang Li' } as const
    expect((await call('review.queue', second)).items.every(({ decision }) => decision === null)).toBe(true)
    expect((await call('review.undo', { run, operator: 'Zhao Min' })).count).toBe(total - decided)
    expect(await call('review.queue', { run, split: 'test' })).toMatchObject({ decided })
  })

  it('has inspection points, which are added, changed and removed', async () => {
    await call('inspection.add', { name: 'top', operator: 'Wang Li' })
    const views = { pattern: '{part}_{view}', names: ['left', 'right'], within: 5 }
    await call('inspection.change', { name: 'top', mostWaiting: 7, views, operator: 'Wang Li' })
    expect(await call('inspection.files', { name: 'top', folder: null })).toEqual({ files: [] })
    const list = await call('inspection.list', {})
    expect(list.map(({ name, mostWaiting, state }) => [name, mostWaiting, state])).toEqual([
      ['line', 1000, 'stopped'],
      ['top', 7, 'stopped'],
    ])
    expect(await call('live.state', { point: 'top' })).toMatchObject({ watch: null, job: null })
    await call('inspection.remove', { name: 'top', operator: 'Wang Li' })
    expect((await call('inspection.list', {})).map(({ name }) => name)).toEqual(['line'])
  })

  it('has a token by which photographs are posted', async () => {
    const { token } = await call('intake.token', { operator: 'Wang Li' })
    expect(token.length).toBe(43)
    expect(await call('intake.state', {})).toMatchObject({ url: null, failure: null, waiting: 0 })
  })

  it('judges what comes until it is stopped', async () => {
    const [run] = (await call('run.list', { state: 'trained' })).map(({ id }) => id)
    const folder = join(root, 'camera')
    await writeFolder(folder, { 'a.png': 901 })
    const { job } = await call('live.start', { folder, run: run ?? '' })
    while ((await call('live.state', {})).parts.length === 0) {
      await new Promise<void>((resolve) => {
        const stop = application.events.on('live.judged', () => {
          stop()
          resolve()
        })
      })
    }
    expect(await call('update.state', {})).toMatchObject({ isWatching: true })
    await expect(call('update.start', { folder: await newVersion() })).rejects.toMatchObject({
      code: 'update-line-watched',
    })
    const receiver = await startReceiver()
    const { id } = await call('output.create', {
      name: 'ejector',
      settings: { kind: 'webhook', url: receiver.url },
    })
    await call('output.change', { id, name: 'ejector 2' })
    await call('output.test', { id })
    const { id: recipe } = await call('recipe.save', {
      number: 8,
      name: 'M8',
      run: run ?? '',
      operator: 'Wang Li',
    })
    await call('recipe.use', { recipe, operator: 'Wang Li' })
    expect(await call('recipe.list', {})).toMatchObject({
      recipes: [{ id: recipe, number: 8, name: 'M8' }],
      chosen: { recipe, by: 'Wang Li' },
    })
    await call('recipe.remove', { recipe, operator: 'Wang Li' })
    await writeFolder(folder, { 'b.png': 902 })
    await receiver.until(() => receiver.numbers().length === 1)
    const told = await call('output.list', {})
    expect(told.outputs.map(({ name }) => name)).toEqual(['ejector 2'])
    const second = (await call('live.state', {})).parts.find(({ file }) => file === 'b.png')
    expect((await call('output.record', { part: second?.id ?? 0 })).result).toMatchObject({ number: 2 })
    await call('output.remove', { id })
    await call('live.stop', {})
    expect(await end(job ?? '')).toMatchObject({ state: 'cancelled' })
    expect(await call('live.state', {})).toMatchObject({ arrived: 2, waiting: 0, job: null })
    const { parts, unseen } = await call('live.state', {})
    expect(unseen.parts.map(({ id }) => id).reverse()).toEqual(parts.map(({ id }) => id))
    for (const { id: part } of parts) await call('live.seen', { part, operator: 'Wang Li' })
    expect((await call('live.state', {})).unseen.count).toBe(0)
    expect(await call('live.views', { image: parts[0]?.image ?? 0 })).toEqual({ viewed: null })
    expect((await call('live.undo', { operator: 'Wang Li' })).undone?.file).toBe(parts.at(-1)?.file)
  })
})

describeCompiled('a better model', () => {
  const by = { operator: 'Wang Li' }
  let first = ''
  let second = ''

  it('begins with accepted parts that become a version of the dataset', async () => {
    const trained = await call('run.list', { dataset: 'parts', state: 'trained' })
    first = trained.at(-1)?.id ?? ''
    const folder = await writeFolder(join(root, 'monday'), numbered('', 3, 900))
    await end((await call('dataset.import', { folder, dataset: 'monday' })).job)
    const { images } = await call('dataset.images', { dataset: 'monday' })
    for (const { id } of images) {
      await call('review.decide', { run: first, image: id, decision: 'accept', ...by })
    }
    const proposal = await call('curation.propose', { run: first })
    const wanted = new Set(images.map(({ id }) => id))
    const mine = proposal.candidates.filter(({ image, allowed }) => wanted.has(image) && allowed)
    expect(mine.length).toBeGreaterThan(0)
    const include = mine.map(({ image }) => image)
    const confirmation = { run: first, base: proposal.base.id, include, ...by, reason: 'parts of Monday' }
    const version = await call('curation.confirm', confirmation)
    expect(version).toMatchObject({ number: 2, operator: 'Wang Li' })
    await expect(call('curation.confirm', confirmation)).rejects.toMatchObject({ code: 'proposal-outdated' })
    const difference = await call('version.compare', { dataset: 'parts', a: 1, b: 2 })
    expect(difference.added.map(({ image }) => image)).toEqual(expect.arrayContaining(include))
    await call('version.restore', { dataset: 'parts', number: 1, ...by, reason: 'as before' })
    expect((await call('version.list', { dataset: 'parts' })).map(({ number }) => number)).toEqual([3, 2, 1])
  })

  it('is trained on it from the weights of the first', async () => {
    expect((await call('retrain.estimate', { run: first, start: 'warm' })).seconds).toBeGreaterThan(0)
    const started = await call('retrain.start', { run: first, version: 2 })
    second = started.run
    expect(await end(started.job)).toMatchObject({ state: 'done' })
    expect(await call('run.get', { run: second })).toMatchObject({ parentRunId: first, state: 'trained' })
  })

  it('is compared with the first, promoted with a reason, and taken back', async () => {
    const pair = { a: first, b: second }
    for (const run of (await call('run.unscored', pair)).runs) {
      await end((await call('run.score', { run, split: 'validation' })).job)
    }
    const comparison = await call('run.compare', pair)
    expect(comparison.validation.normal).toBeGreaterThan(0)
    await call('model.promote', { run: first, ...by })
    const { gate } = await call('model.judge', { run: second })
    expect(gate.against).toBe(first)
    // Whether the tiny model is better is chance; with a reason it may be used in any case.
    await call('model.promote', { run: second, ...by, reason: 'a trial' })
    expect(await call('model.list', {})).toMatchObject([{ runId: second }])
    await call('model.rollBack', { dataset: 'parts', ...by, reason: 'a trial' })
    expect((await call('model.history', { dataset: 'parts' })).map(({ runId }) => runId)).toEqual([
      first,
      second,
      first,
    ])
  })

  it('is watched for drift, written for others and taken in again', async () => {
    expect(await call('drift.get', { run: second })).toMatchObject({ parts: 0, warning: null })
    const to = join(root, 'package')
    const { job } = await call('export.start', { run: second, format: 'package', to, ...by })
    expect(await end(job)).toMatchObject({ state: 'done', result: { format: 'package' } })
    const { run } = await call('model.import', { folder: to, dataset: 'line 9' })
    expect(await call('run.get', { run })).toMatchObject({ state: 'trained', model: 'fanogan' })
  })
})

describeCompiled('what a person deletes', () => {
  const dataset = 'parts'

  it('is put back as it was: a run', async () => {
    // The retrained one: the model in use, to which it was taken back, cannot be deleted.
    const run = (await call('run.list', {})).find(({ parentRunId }) => parentRunId !== null)?.id ?? ''
    const described = await call('run.describe', { run, description: { note: 'A trial', tags: ['night'] } })
    expect(described).toMatchObject({ note: 'A trial', tags: ['night'] })
    expect(await call('removed.dependents', { kind: 'run', id: run })).toMatchObject({ inUse: null })
    await call('run.remove', { run })
    expect(await call('removed.list', {})).toMatchObject([{ kind: 'run', id: run, by: inspector }])
    await call('removed.putBack', { kind: 'run', id: run })
    expect(await call('run.get', { run })).toMatchObject({ note: 'A trial' })
  })

  it('is put back as it was: a dataset, which had another name before', async () => {
    await call('dataset.rename', { dataset: 'sample', name: 'sample line' })
    await call('dataset.remove', { dataset: 'sample line' })
    const [removed] = await call('removed.list', {})
    expect(removed).toMatchObject({ kind: 'dataset', name: 'sample line' })
    expect(await call('removed.putBack', { kind: 'dataset', id: removed?.id ?? '' })).toMatchObject({
      name: 'sample line',
    })
  })

  it('is put back as it was: a type of defect', async () => {
    const named = async () => (await call('label.types', { dataset })).map(({ name }) => name)
    await call('label.renameType', { dataset, type: 'scratch', name: 'scuff' })
    expect(await named()).toContain('scuff')
    await call('label.removeType', { dataset, type: 'scuff', into: 'dent' })
    expect(await named()).not.toContain('scuff')
    const [removed] = await call('removed.list', {})
    await call('removed.putBack', { kind: 'type', id: removed?.id ?? '' })
    expect(await named()).toContain('scuff')
  })
})

describeCompiled('a memory', () => {
  const dataset = 'many parts'

  it('says what a place was compared with, and from how many photographs on more do not help', async () => {
    const folder = await writeLine(join(root, 'many parts'), { good: 60, test: 2 })
    await end((await call('dataset.import', { folder, dataset })).job)
    expect(await call('curve.get', { dataset })).toBeNull()
    if (weights === null) {
      await expect(call('curve.start', { dataset })).rejects.toMatchObject({
        code: 'backbone-absent',
      })
      return
    }
    const { job } = await call('curve.start', { dataset, counts: [5] })
    expect(await end(job)).toMatchObject({ state: 'done' })
    expect((await call('curve.get', { dataset }))?.report.points[0]?.count).toBe(5)
    const started = await call('train.start', { dataset, model: 'memory', preset: 'smoke' })
    expect(await end(started.job)).toMatchObject({ state: 'done' })
    const { images } = await call('dataset.images', {
      dataset,
      filter: { split: 'test' },
      limit: 1,
    })
    const places = [{ x: 0.5, y: 0.5 }]
    const [compared] = await call('review.nearest', { run: started.run, image: images[0]?.id ?? 0, places })
    expect(compared?.nearest.length).toBeGreaterThan(0)
  })
})

describe('closing', () => {
  it('gives the workspace back, and it opens again with all that was in it', async () => {
    const before = await call('dataset.list', {})
    await call('workspace.close', {})
    expect((await call('app.info', {})).workspace).toBeNull()
    await call('workspace.open', { dir: workspaceDir() })
    expect(await call('dataset.list', {})).toEqual(before)
    expect((await call('app.info', {})).recentWorkspaces).toEqual([workspaceDir()])
  })

  it('opens another one instead, and stays with the first where that cannot be', async () => {
    await expect(call('workspace.open', { dir: join(root, 'parts') })).rejects.toBeInstanceOf(Failure)
    expect((await call('app.info', {})).workspace?.dir).toBe(workspaceDir())
    await call('workspace.open', { dir: join(root, 'line 2'), create: true })
    expect((await call('app.info', {})).workspace?.dir).toBe(join(root, 'line 2'))
    const { job } = await call('workspace.backup', {})
    await end(job)
    const [backup] = await call('workspace.backups', {})
    const restored = await call('workspace.restore', { file: backup?.file ?? '' })
    expect(restored).toMatchObject({ dir: join(root, 'line 2'), lost: null })
  })
})

async function newVersion(): Promise<string> {
  const keys = { secret: join(root, 'release.pem') }
  return zippedBundle(join(root, 'stick'), { version: '1.1.0', keys })
}

describe('an update', () => {
  it('is installed beside this version, and then the host is asked to change to it', async () => {
    const stick = await newVersion()
    expect(await call('update.state', {})).toMatchObject({ obstacle: null, last: null, isWatching: false })
    await expect(call('update.look', { folder: 'stick' })).rejects.toMatchObject({
      code: 'path-not-absolute',
    })
    await expect(call('update.start', { folder: join(root, 'parts') })).rejects.toMatchObject({
      code: 'update-nothing-found',
    })
    expect(await call('update.look', { folder: stick })).toMatchObject({ present: '1.0.0', version: '1.1.0' })
    expect(await call('update.start', { folder: stick })).toEqual({ version: '1.1.0' })
    expect(changing).toMatchObject({ to: '1.1.0', workspace: join(root, 'line 2') })
    await expect(call('update.start', { folder: stick })).rejects.toMatchObject({ code: 'update-running' })
    changing?.release()
    expect(readdirSync(join(root, 'program', 'versions'))).toContain('1.1.0')
  })
})

describeCompiled('all of this', () => {
  it('was every call of the contract, every event, and no defect', () => {
    const ofWeights = ['backbone.import', 'curve.start', 'review.nearest']
    if (weights === null) for (const name of ofWeights) answered.add(name)
    expect([...answered].sort()).toEqual(Object.keys(calls).sort())
    const changing = [...answered].filter(isCallName).filter((name) => acts[name].does === 'changes')
    const withoutRow = changing.filter(
      (name) => !recorded.has(name) && !(weights === null && ofWeights.includes(name)),
    )
    expect(withoutRow).toEqual([])
    expect([...heard].sort()).toEqual([
      'dataset.changed',
      'engine.changed',
      'inspection.changed',
      'intake.changed',
      'job.changed',
      'live.judged',
      'live.seen',
      'model.changed',
      'output.changed',
      'point.changed',
      'removed.changed',
      'review.decided',
      'run.changed',
      'run.points',
      'run.preview',
      'update.progress',
      'workspace.changed',
    ])
    expect(defects).toEqual([])
  })
})
