/**
 * One input and one answer for every call, and one payload for every event. The types make this file complete:
 * a call that is added to the contract does not compile here before it has its example.
 */
import type {
  CallArguments,
  CallName,
  CallOutput,
  EventName,
  EventPayload,
} from '../../src/shared/contract.ts'
import type { Decision, Image, Job, Operator, Run } from '../../src/shared/domain.ts'

export type CallExamples = { [N in CallName]: { input: CallArguments<N>; output: CallOutput<N> } }
export type EventExamples = { [N in EventName]: EventPayload<N> }

const engine = {
  state: 'ready' as const,
  provider: { backend: 'tensorflow', version: '2.21.0', gpu: false, device: 'CPU', reason: 'no GPU' },
  crashes: 0,
}
const workspace = { dir: '/data/line 1', name: 'line 1', datasets: 1, images: 2, runs: 1, freeBytes: 5e9 }
const image: Image = {
  id: 12,
  datasetId: 'd-1',
  sha256: 'ab'.repeat(32),
  file: 'train/good/Teil ü 01.png',
  width: 640,
  height: 480,
  channels: 1,
  bitDepth: 16,
  peak: 4095,
  bytes: 300_000,
  format: 'png',
  split: 'train',
  label: 'normal',
  defectType: null,
  maskSha256: null,
  partGroup: null,
  warnings: [],
  importedAt: 1_700_000_000_000,
  removedAt: null,
}
const run: Run = {
  id: 'r-1',
  datasetId: 'd-1',
  name: null,
  parentRunId: null,
  model: 'fanogan',
  preset: 'smoke',
  seed: 1,
  config: { zDim: 128, image: { mode: 'tiles' } },
  state: 'trained',
  createdAt: 1,
  startedAt: 2,
  finishedAt: 3,
  stepsDone: 100,
  stepsTotal: 100,
  seconds: 12.5,
  losses: { critic: -0.25, encoder: 0.125 },
  components: ['residual', 'feature'],
  calibration: null,
  result: null,
  failure: null,
  resumedCount: 0,
}
const job: Job = {
  id: 'j-1',
  kind: 'train',
  state: 'running',
  runId: 'r-1',
  datasetId: 'd-1',
  payload: {},
  progress: { phase: 'gan', done: 5, total: 100, secondsLeft: 9.5, paused: false },
  result: null,
  createdAt: 1,
  startedAt: 2,
  finishedAt: null,
  failure: null,
  pid: 4711,
}
const decision: Decision = {
  id: 3,
  runId: 'r-1',
  imageId: 12,
  operatorId: 1,
  decision: 'reject',
  defectType: '划痕',
  note: 'deep',
  score: 0.75,
  decidedAt: 1_700_000_000_000,
  undoneAt: null,
  undoneBy: null,
}
const operator: Operator = { id: 1, name: '李雷', createdAt: 1 }

export const callExamples: CallExamples = {
  'app.info': {
    input: {},
    output: {
      version: '0.1.0',
      host: 'browser',
      platform: 'linux',
      suggested: { workspace: '/home/a/Fanoscope', sample: '/home/a/Fanoscope sample' },
      recentWorkspaces: ['/data/line 1'],
      workspace,
      engine,
    },
  },
  'app.doctor': { input: {}, output: { text: 'All well.', report: { node: { version: '24.0.0' } } } },
  'workspace.open': { input: { dir: '/data/line 1', create: true }, output: workspace },
  'workspace.close': { input: {}, output: {} },
  'workspace.verify': { input: {}, output: { job: 'j-1' } },
  'folder.choose': { input: { title: 'Choose' }, output: { supported: false, path: null } },
  'folder.list': {
    input: { path: '/data' },
    output: { path: '/data', parent: '/', folders: [{ name: 'line 1', path: '/data/line 1' }], images: 0 },
  },
  'folder.inspect': {
    input: { path: '/data' },
    output: {
      folder: '/data',
      layout: 'mvtec',
      files: 2,
      groups: [{ path: 'train/good', files: 2, split: 'train', label: 'normal', defectType: null }],
      masks: 0,
      suggestedName: 'data',
    },
  },
  'sample.open': { input: { seed: 7 }, output: { job: 'j-1' } },
  'dataset.list': {
    input: {},
    output: [
      {
        id: 'd-1',
        name: 'line 1',
        createdAt: 1,
        layout: 'flat',
        source: '/data',
        hasDirection: false,
        images: 2,
        splits: { train: 1, validation: 1, test: 0 },
        labels: { normal: 2, anomalous: 0, unlabeled: 0 },
        masks: 0,
        channels: 1,
        defectTypes: [],
      },
    ],
  },
  'dataset.import': {
    input: { folder: '/data', dataset: 'line 1', layout: 'flat', unlabeledAs: 'normal', hasDirection: true },
    output: { job: 'j-1' },
  },
  'dataset.importReport': {
    input: { job: 'j-1' },
    output: {
      dataset: 'line 1',
      layout: 'flat',
      imported: 1,
      already: 0,
      duplicates: [{ file: 'b.png', of: 'a.png' }],
      refused: [{ file: 'c.png', code: 'truncated', reason: 'truncated: the file ends early' }],
      splits: { train: 1, validation: 0, test: 0 },
      warnings: [],
      seconds: 0.5,
    },
  },
  'dataset.images': {
    input: { dataset: 'd-1', filter: { split: 'train' }, offset: 0, limit: 10 },
    output: { total: 1, images: [image] },
  },
  'system.list': {
    input: {},
    output: {
      systems: [
        {
          name: 'fanogan',
          paper: 'Schlegl et al. 2019',
          scores: ['izif'],
          parameters: [
            { name: 'k', type: 'number', minimum: 0, default: 1, description: 'weight', source: 'eq. 3' },
          ],
        },
      ],
      scores: [{ name: 'izif', formula: 'A_R + k * A_D' }],
      presets: [{ name: 'smoke', model: 'fanogan', description: 'does it run', values: { steps: 10 } }],
    },
  },
  'train.start': {
    input: { dataset: 'd-1', model: 'fanogan', preset: 'smoke', seed: 1, set: { k: 2 } },
    output: {
      job: 'j-1',
      run: 'r-1',
      warnings: [{ code: 'few-validation', count: 4, message: 'There are only 4.' }],
    },
  },
  'train.resume': { input: { run: 'r-1' }, output: { job: 'j-2', run: 'r-1' } },
  'engine.start': { input: {}, output: engine },
  'job.again': { input: { job: 'j-1' }, output: { job: 'j-4' } },
  'job.list': { input: { active: true }, output: [job] },
  'job.cancel': { input: { job: 'j-1' }, output: {} },
  'job.pause': { input: { job: 'j-1' }, output: {} },
  'job.continue': { input: { job: 'j-1' }, output: {} },
  'run.list': { input: { dataset: 'd-1', state: 'trained' }, output: [run] },
  'run.get': { input: { run: 'r-1' }, output: run },
  'run.curves': {
    input: { run: 'r-1', afterStep: 5 },
    output: { points: [{ phase: 'gan', step: 6, name: 'critic', value: -1.5 }] },
  },
  'run.previews': {
    input: { run: 'r-1' },
    output: [{ name: 'samples', step: 6, asset: 'preview/r-1/samples/6' }],
  },
  'run.score': { input: { run: 'r-1', split: 'test', again: true }, output: { job: 'j-3' } },
  'run.evaluate': {
    input: { run: 'r-1', score: 'izif', split: 'test' },
    output: {
      run: 'r-1',
      score: 'izif',
      split: 'test',
      n: { normal: 10, anomalous: 5 },
      imageAuroc: 0.98,
      imageAuprc: 0.97,
      pixelAuroc: null,
      aupro: null,
      perDefectType: { scratch: { n: 5, imageAuroc: 0.98, pixelAuroc: null } },
    },
  },
  'operator.list': { input: {}, output: [operator] },
  'operator.signIn': { input: { name: '李雷' }, output: operator },
  'review.queue': {
    input: { run: 'r-1', split: 'test', order: 'score', undecided: true, offset: 0, limit: 50 },
    output: {
      total: 1,
      decided: 1,
      accepted: 0,
      rejected: 1,
      mapScale: 0.5,
      items: [
        {
          image: 12,
          file: 'test/scratch/001.png',
          width: 640,
          height: 480,
          split: 'test',
          label: 'anomalous',
          defectType: 'scratch',
          score: 0.75,
          calibrated: 99.5,
          components: { residual: 0.5, feature: 0.25 },
          hasMap: true,
          hasMask: true,
          mapScale: 0.5,
          decision,
        },
      ],
    },
  },
  'review.decide': {
    input: { run: 'r-1', image: 12, decision: 'reject', operator: '李雷', defectType: '划痕', note: 'deep' },
    output: decision,
  },
  'review.undo': { input: { run: 'r-1', operator: '李雷' }, output: { undone: decision } },
  'setting.get': { input: { key: 'theme' }, output: { value: { theme: 'dark' } } },
  'setting.set': { input: { key: 'theme', value: { theme: 'dark' } }, output: {} },
}

export const eventExamples: EventExamples = {
  'engine.changed': engine,
  'workspace.changed': { workspace },
  'dataset.changed': { dataset: 'd-1' },
  'job.changed': job,
  'run.changed': { run: 'r-1' },
  'run.points': { run: 'r-1', points: [{ phase: 'gan', step: 1, name: 'critic', value: 0.5 }] },
  'run.preview': { run: 'r-1', name: 'samples', step: 1, asset: 'preview/r-1/samples/1' },
  'review.decided': { run: 'r-1', image: 12 },
}
