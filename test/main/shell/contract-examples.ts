/**
 * One input and one answer for every call, and one payload for every event. The types make this file complete:
 * a call that is added to the contract does not compile here before it has its example.
 */

import type { BackboneInfo } from '../../../src/shared/backbone.ts'
import type { ChoiceReport } from '../../../src/shared/choice.ts'
import type { Comparison, PairedFigure } from '../../../src/shared/comparison.ts'
import type {
  CallArguments,
  CallName,
  CallOutput,
  EventName,
  EventPayload,
} from '../../../src/shared/contract.ts'
import type { DatasetVersion } from '../../../src/shared/curation.ts'
import type { Image } from '../../../src/shared/image.ts'
import type { Job } from '../../../src/shared/job.ts'
import type { LivePart, LiveState } from '../../../src/shared/live.ts'
import { inside, message } from '../../../src/shared/messages/message.ts'
import type { Gate, ModelUse } from '../../../src/shared/model.ts'
import type { Operator } from '../../../src/shared/operator.ts'
import type { Decision } from '../../../src/shared/review.ts'
import type { Run } from '../../../src/shared/run.ts'
import type { OperatingPoint, WorkingPoint } from '../../../src/shared/threshold.ts'

export type CallExamples = { [N in CallName]: { input: CallArguments<N>; output: CallOutput<N> } }
export type EventExamples = { [N in EventName]: EventPayload<N> }

const engine = {
  state: 'ready' as const,
  provider: {
    backend: 'tensorflow',
    version: '2.21.0',
    gpu: false,
    device: 'CPU',
    why: message('library-sees-no-gpu'),
  },
  crashes: 0,
}
const workspace = {
  dir: '/data/line 1',
  name: 'line 1',
  datasets: 1,
  images: 2,
  runs: 1,
  freeBytes: 5e9,
  isReadOnly: false,
  lost: null,
  clock: { stored: 1_700_000_000_000, present: 1_600_000_000_000 },
}
const backbone: BackboneInfo = {
  name: 'efficientnet-lite2',
  title: 'EfficientNet-Lite2',
  licence: 'Apache-2.0',
  copyright: 'Copyright (c) 2020, ML Illustrated',
  origin: 'trained on ImageNet',
  address: 'https://example.org/weights',
  wheel: 'weights-0.1.0-py2.py3-none-any.whl',
  weights: { file: '/home/line/.config/fanoscope/backbones/b.safetensors', bytes: 2e7, source: 'import' },
}
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
  archivedAt: null,
  note: '',
  tags: [],
  number: 1,
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
const version: DatasetVersion = {
  id: 'v-2',
  datasetId: 'd-1',
  number: 2,
  parentId: 'v-1',
  createdAt: 1_700_000_000_000,
  operator: '李雷',
  reason: 'new supplier',
  images: 120,
  sha256: 'cd'.repeat(32),
}
const figure: PairedFigure = { a: 0.9, b: 0.95, value: 0.05, low: 0.01, high: 0.09 }
const comparison: Comparison = {
  a: 'r-1',
  b: 'r-2',
  score: { a: 'izif', b: 'izif' },
  validation: { normal: 40, anomalous: 12, sha256: 'ef'.repeat(32) },
  targets: { falseRejectRate: 0.05, recall: 0.95 },
  thresholds: { a: 0.5, b: 0.25 },
  delta: { imageAuroc: { ...figure, p: 0.01 }, recall: figure, falseRejectRate: null },
  perDefectType: { 划痕: { n: 12, imageAuroc: figure, recall: null } },
  flips: [
    {
      image: 12,
      file: 'good/001.png',
      label: 'normal',
      defectType: null,
      a: { score: 0.75, flagged: true },
      b: { score: 0.125, flagged: false },
      better: true,
    },
  ],
  speed: { a: 40, b: null },
  warnings: ['few-normals'],
}
const gate: Gate = {
  margin: 0.02,
  against: 'r-1',
  validation: 'ef'.repeat(32),
  checks: [
    {
      figure: 'type-recall',
      defectType: '划痕',
      difference: 0.05,
      low: 0.01,
      high: 0.09,
      passed: true,
      sure: true,
      parts: 12,
      judged: true,
    },
  ],
  leastParts: 10,
  verdict: 'passed',
}
const use: ModelUse = {
  id: 4,
  datasetId: 'd-1',
  runId: 'r-2',
  action: 'promote',
  operator: '李雷',
  since: 1_700_000_000_000,
  reason: null,
  gate,
}
const figures = (threshold: number): WorkingPoint => {
  const share = { part: 9, whole: 10, value: 0.9, low: 0.6, high: 0.98 }
  const nothing = { part: 0, whole: 0, value: null, low: null, high: null }
  return {
    threshold,
    truePositives: 9,
    falsePositives: 0,
    trueNegatives: 40,
    falseNegatives: 1,
    precision: share,
    recall: share,
    falseRejectRate: { ...share, part: 0, whole: 40, value: 0, low: 0, high: 0.088 },
    escapeRate: nothing,
    f1: { value: 0.947, low: 0.75, high: 0.99 },
    perDefectType: [{ defectType: '划痕', ...share }],
  }
}
const settings = { score: 'izif', k: 1, reduction: 'top-k' } as const
const regions = { leastArea: 12, leastStrength: 0.25 }
const validation = { normal: 40, anomalous: 10, hash: 'cd'.repeat(32) }
const point: OperatingPoint = {
  ...settings,
  id: 4,
  run: 'r-1',
  name: '客户 A',
  version: 2,
  threshold: 0.5,
  regions,
  target: 'fpr=0.01',
  interval: { low: 0.45, high: 0.55 },
  validation,
  figures: figures(0.5),
  operator: '李雷',
  reason: 'trial of week 12',
  createdAt: 1_700_000_000_000,
}
const operator: Operator = { id: 1, name: '李雷', createdAt: 1, hasPin: true, hasBadge: false }

const livePart: LivePart = {
  id: 7,
  watch: 'w-1',
  file: 'Teil 0007.png',
  image: 12,
  arrivedAt: 1_700_000_000_000,
  verdict: 'flagged',
  score: 0.75,
  threshold: 0.5,
  reason: null,
  judgedAt: 1_700_000_000_250,
  run: 'r-1',
  point: 3,
  seenAt: null,
}
const liveExample: LiveState = {
  watch: {
    id: 'w-1',
    folder: '/data/camera',
    resultFolder: '/data/results',
    runId: 'r-1',
    datasetId: 'd-1',
    active: true,
    createdAt: 1_700_000_000_000,
    refused: {
      run: 'r-2',
      failure: { code: 'model-corrupt', params: { folder: '/w/runs/r-2/model', reason: 'it is cut short' } },
    },
  },
  job: 'j-6',
  arrived: 2,
  good: 1,
  flagged: 1,
  refused: 0,
  waiting: 0,
  perSecond: 9.5,
  delay: 250,
  behind: { parts: 34, seconds: 4.8, arriving: 10 },
  mapScales: { 'r-1': 0.5 },
  unfinished: ['part 9.bmp'],
  storage: { code: 'disk-full', params: {} },
  results: null,
  grabber: { program: 'ffmpeg', failure: null },
  problem: 'EIO: i/o error',
  parts: [livePart],
  unseen: { count: 1, parts: [livePart] },
}

const choice: ChoiceReport = {
  dataset: 'd-1',
  runs: ['r-1'],
  seed: 1,
  photographs: 16,
  perType: 5,
  made: 400,
  types: ['spot', 'scratch'],
  real: { images: 4, weight: 1 / 6 },
  refused: 0,
  contributions: [
    {
      run: 'r-1',
      all: 0.97,
      parts: [
        { part: 'memory-local', alone: 0.95, without: 0.9 },
        { part: 'peak', alone: 0.82, without: 0.96 },
      ],
    },
  ],
  options: [
    {
      run: 'r-1',
      score: 'peak',
      k: 1,
      reduction: 'max',
      inUse: false,
      made: 0.79,
      perType: { spot: 0.8, scratch: 0.78 },
      real: 0.9,
      value: 0.81,
      behind: null,
    },
    {
      run: 'r-1',
      score: 'izif',
      k: 1,
      reduction: 'max',
      inUse: true,
      made: 0.67,
      perType: { spot: 0.7, scratch: 0.64 },
      real: 0.8,
      value: 0.69,
      behind: { value: 0.12, low: 0.06, high: 0.18 },
    },
  ],
  gain: { value: 0.12, low: 0.06, high: 0.18 },
}

const webhookExample = {
  kind: 'webhook' as const,
  url: 'http://10.0.0.7:8080/parts',
  headers: { 'X-Line': '4' },
  timeout: 5,
  heartbeat: 10,
  certificate: null,
}

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
      administered: { file: '/opt/fanoscope/fanoscope.json', policy: { language: 'zh-CN' } },
    },
  },
  'app.doctor': {
    input: {},
    output: { text: 'All well.', report: { node: { version: '24.0.0' }, facts: [], findings: [] } },
  },
  'backbone.list': { input: {}, output: { backbones: [backbone, { ...backbone, weights: null }] } },
  'backbone.add': {
    input: { folder: '/home/qa/resnet50', description: '/home/qa/resnet50.json' },
    output: { ...backbone, name: 'resnet50', copyright: null, address: null, wheel: null },
  },
  'backbone.remove': { input: { name: 'resnet50' }, output: {} },
  'backbone.import': { input: { file: '/media/stick/weights.whl' }, output: backbone },
  'workspace.open': { input: { dir: '/data/line 1', create: true, readOnly: false }, output: workspace },
  'workspace.close': { input: {}, output: {} },
  'workspace.backup': { input: {}, output: { job: 'j-1' } },
  'workspace.backups': {
    input: {},
    output: [{ file: 'fanoscope-daily-2026-01-31T12-00-00-000Z.db', at: 1769860800000, bytes: 4096 }],
  },
  'workspace.losses': {
    input: { file: 'fanoscope-daily-2026-01-31T12-00-00-000Z.db' },
    output: { isPresentReadable: true, lost: { decisions: 3 } },
  },
  'workspace.restore': {
    input: { file: 'fanoscope-daily-2026-01-31T12-00-00-000Z.db' },
    output: workspace,
  },
  'workspace.verify': { input: {}, output: { job: 'j-1' } },
  'file.choose': { input: { title: 'Choose', endings: ['whl'] }, output: { supported: false, path: null } },
  'folder.choose': { input: { title: 'Choose' }, output: { supported: false, path: null } },
  'folder.list': {
    input: { path: '/data', endings: ['whl'] },
    output: {
      path: '/data',
      parent: '/',
      folders: [{ name: 'line 1', path: '/data/line 1' }],
      files: [{ name: 'a.whl', path: '/data/a.whl' }],
      images: 0,
    },
  },
  'folder.inspect': {
    input: {
      path: '/data',
      layout: 'mvtec',
      followLinks: true,
      corrections: [
        { path: 'a', skip: false, split: null, label: 'from-mask', defectType: null, holds: 'masks' },
      ],
    },
    output: {
      folder: '/data',
      layout: 'mvtec',
      recognized: 'mvtec-ad',
      files: 2,
      groups: [
        {
          path: 'train/good',
          files: 2,
          holds: 'photographs',
          split: 'train',
          label: 'normal',
          defectType: null,
          mixed: false,
          masked: 0,
        },
      ],
      groupCount: 1,
      masks: 1,
      unlabeled: 0,
      pairs: [{ file: 'test/dent/1.png', masks: ['ground_truth/dent/1_mask.png'] }],
      documents: [{ file: 'annotations.json', format: 'coco' }],
      documentCount: 1,
      leftOut: [{ file: 'b.png', code: 'link-not-followed', params: { target: '../b.png' } }],
      leftOutCount: 1,
      notes: [{ file: 'ground_truth/dent/2_mask.png', code: 'mask-alone', params: {} }],
      noteCount: 1,
      passedOver: [{ kind: 'macos', count: 2, example: '.DS_Store' }],
      rangeNeeded: { file: 'depth/001.tif', seen: { low: 0.25, high: 3.5 } },
      suggestedName: 'data',
    },
  },
  'drop.begin': {
    input: { name: 'line 1', files: 2, bytes: 100 },
    output: { id: 'p-1', folder: '/data/p-1/line 1' },
  },
  'drop.end': { input: { id: 'p-1' }, output: {} },
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
        splits: { train: 1, validation: 1, test: 0, live: 0 },
        labels: { normal: 2, anomalous: 0, unlabeled: 0 },
        masks: 0,
        removed: 0,
        validationFrozenAt: 1_700_000_000_000,
        channels: 1,
        defectTypes: [],
      },
    ],
  },
  'dataset.import': {
    input: {
      folder: '/data',
      dataset: 'line 1',
      layout: 'flat',
      unlabeledAs: 'normal',
      hasDirection: true,
      corrections: [
        { path: 'monday', skip: false, split: null, label: 'anomalous', defectType: 'dent', holds: null },
      ],
      range: { low: 0.25, high: 3.5 },
      followLinks: false,
    },
    output: { job: 'j-1' },
  },
  'dataset.exportReport': {
    input: { job: 'j-1', folder: '/data' },
    output: { file: '/data/import of line 1.csv', rows: 3 },
  },
  'dataset.importReport': {
    input: { job: 'j-1' },
    output: {
      dataset: 'line 1',
      layout: 'flat',
      imported: 1,
      already: 0,
      duplicates: [{ file: 'b.png', of: 'a.png' }],
      refused: [{ file: 'c.png', code: 'truncated', params: { words: 'the file ends early' } }],
      recognized: 'folders',
      unlabeled: 0,
      masks: 0,
      annotated: 0,
      passedOver: [{ kind: 'windows', count: 1, example: 'Thumbs.db' }],
      splits: { train: 1, validation: 0, test: 0, live: 0 },
      warnings: [],
      seconds: 0.5,
    },
  },
  'dataset.images': {
    input: {
      dataset: 'd-1',
      filter: { split: 'train', decision: 'none', run: 'r-1', scoreFrom: 0.5, removed: true },
      sort: { by: 'score', descending: true },
      offset: 0,
      limit: 10,
    },
    output: { total: 1, images: [{ ...image, score: 0.75, decision: 'accept' }] },
  },
  'dataset.change': {
    input: {
      dataset: 'd-1',
      choice: { ids: [12] },
      change: { kind: 'label', label: 'anomalous', defectType: '划痕' },
      operator: '李雷',
    },
    output: {
      changed: 1,
      wayBack: [{ ids: [12], change: { kind: 'label', label: 'normal', defectType: null } }],
    },
  },
  'dataset.split': {
    input: {
      dataset: 'd-1',
      split: {
        validation: 0.2,
        test: 0.2,
        anomalous: 0.5,
        only: 'all',
        seed: 1,
        stratified: true,
        pattern: '^(part\\d+)',
      },
      apply: false,
      operator: null,
    },
    output: {
      after: { train: 6, validation: 2, test: 2, live: 0 },
      strata: [{ name: 'normal', counts: { train: 6, validation: 2, test: 2, live: 0 } }],
      moved: 4,
      kept: 0,
      groups: { count: 5, largest: 2, unmatched: 0, examples: [{ file: 'part1_a.png', group: 'part1' }] },
    },
  },
  'dataset.freeze': { input: { dataset: 'd-1', frozen: true, operator: null }, output: {} },
  'dataset.rename': { input: { dataset: 'd-1', name: 'line 4', operator: 'Li Na' }, output: {} },
  'dataset.remove': { input: { dataset: 'd-1', operator: 'Li Na' }, output: {} },
  'run.remove': { input: { run: 'r-1', operator: 'Li Na' }, output: {} },
  'run.describe': {
    input: {
      run: 'r-1',
      description: { name: 'lamp 2', note: '新灯', tags: ['lamp'], archived: true },
      operator: 'Li Na',
    },
    output: { ...run, name: 'lamp 2', note: '新灯', tags: ['lamp'], archivedAt: 4 },
  },
  'removed.list': {
    input: {},
    output: [
      {
        kind: 'type',
        id: '1',
        name: '划痕',
        dataset: 'line 4',
        becomes: 'dent',
        at: 1,
        by: 'Li Na',
        until: 2_592_000_001,
      },
    ],
  },
  'removed.dependents': {
    input: { kind: 'dataset', id: 'd-1' },
    output: {
      name: 'line 4',
      images: 3,
      masks: 1,
      runs: 1,
      versions: 0,
      decisions: 2,
      points: 1,
      inUse: 'f-AnoGAN',
      rollbackOf: null,
    },
  },
  'removed.putBack': {
    input: { kind: 'type', id: '1', operator: 'Li Na' },
    output: { name: '划痕', kept: 1 },
  },
  'label.renameType': {
    input: { dataset: 'd-1', type: '划痕', name: 'scuff', operator: 'Li Na' },
    output: { change: 1, images: 3 },
  },
  'label.removeType': {
    input: { dataset: 'd-1', type: '划痕', into: 'dent', operator: 'Li Na' },
    output: { change: 1, images: 3 },
  },
  'dataset.region': { input: { dataset: 'line 1' }, output: { kind: 'found', margin: 0.02 } },
  'dataset.setRegion': {
    input: {
      dataset: 'line 1',
      region: { kind: 'drawn', polygons: [[0.1, 0.1, 0.9, 0.1, 0.5, 0.9]] },
      operator: 'Li Na',
    },
    output: { kind: 'drawn', polygons: [[0.1, 0.1, 0.9, 0.1, 0.5, 0.9]] },
  },
  'dataset.white': { input: { dataset: 'line 1' }, output: { set: null, seen: 4095 } },
  'dataset.setWhite': {
    input: { dataset: 'line 1', white: 1023, operator: 'Li Na' },
    output: { set: 1023, seen: 4095 },
  },
  'dataset.previewRegion': {
    input: { dataset: 'line 1', region: { kind: 'found', margin: 0.02 }, images: [12] },
    output: [{ image: 12, inside: { width: 4, height: 2, runs: [1, 2, 2, 2, 1] }, share: 0.5 }],
  },
  'dataset.findDuplicates': { input: { dataset: 'd-1' }, output: { job: 'j-5' } },
  'dataset.duplicates': {
    input: { dataset: 'd-1' },
    output: {
      images: 2,
      found: 1,
      pairs: [{ a: image, b: image, distance: 3 }],
      nearCopies: { photographs: 2, groups: 1, examples: [['a.png', 'b.png']] },
      unreadable: [],
    },
  },
  'label.types': {
    input: { dataset: 'd-1' },
    output: [{ name: '划痕', color: '#e69f00', images: 3 }],
  },
  'label.setTypes': {
    input: { dataset: 'd-1', types: [{ name: '划痕', color: '#e69f00' }] },
    output: [{ name: '划痕', color: '#e69f00', images: 0 }],
  },
  'label.open': {
    input: { image: 12 },
    output: {
      shapes: [
        { kind: 'polygon', defectType: '划痕', points: [1.5, 2, 10, 2, 10, 12.25] },
        { kind: 'stroke', defectType: null, size: 8, points: [4, 4] },
      ],
      verdict: { label: 'anomalous', defectType: '划痕' },
      maps: ['r-1'],
      damagedMask: null,
    },
  },
  'label.save': {
    input: {
      image: 12,
      shapes: [
        { kind: 'rectangle', defectType: '划痕', x: 1, y: 2, width: 3, height: 4 },
        { kind: 'region', defectType: '划痕', x: 0, y: 0, width: 2, height: 2, runs: [1, 3] },
      ],
      verdict: null,
      unmasked: { label: 'normal', defectType: null },
      operator: '李雷',
    },
    output: {
      maskSha256: 'cd'.repeat(32),
      label: 'anomalous',
      defectType: '划痕',
      areas: [{ defectType: '划痕', area: 15 }],
    },
  },
  'label.export': {
    input: { dataset: 'd-1', format: 'coco', folder: '/data/masks' },
    output: {
      folder: '/data/masks',
      images: 3,
      files: 1,
      notes: [{ file: 'a.png', ...message('types-not-in-mask', { types: ['划痕', 'dent'] }) }],
    },
  },
  'label.import': {
    input: { dataset: 'd-1', format: 'labelme', folder: '/data/masks', invert: false },
    output: {
      images: 3,
      labeled: 0,
      skipped: [{ file: 'a.json', ...message('marks-no-pixel') }],
      notes: [{ file: 'b.json', ...message('text-encoding', { encoding: 'gb18030' }) }],
    },
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
    input: { dataset: 'd-1', model: 'fanogan', preset: 'smoke', seed: 1, version: 2, set: { k: 2 } },
    output: {
      job: 'j-1',
      run: 'r-1',
      warnings: [{ code: 'few-validation', params: { count: 4 } }],
    },
  },
  'train.outlook': {
    input: { dataset: 'line 1', model: 'fanogan', preset: 'quick', version: null, set: { batch: 8 } },
    output: {
      counts: { train: 100, validation: 10, unlabeled: 0 },
      notices: [{ code: 'overlap', count: 2 }],
      findings: [
        { code: 'odd-sizes', params: { count: 1, of: 100, files: ['a.png'], width: 96, height: 72 } },
      ],
      seconds: 300,
      isMeasured: true,
      fromDataset: { input: 'tiles', scale: 0.5, texture: true },
      memoryBytes: 1e9,
      freeBytes: 4e9,
      totalBytes: 8e9,
    },
  },
  'train.resume': { input: { run: 'r-1' }, output: { job: 'j-2', run: 'r-1' } },
  'engine.start': { input: {}, output: engine },
  'job.again': { input: { job: 'j-1' }, output: { job: 'j-4' } },
  'job.list': { input: { active: true }, output: [job] },
  'job.cancel': { input: { job: 'j-1' }, output: {} },
  'job.pause': { input: { job: 'j-1' }, output: {} },
  'job.continue': { input: { job: 'j-1' }, output: {} },
  'log.list': {
    input: { text: 'full', level: 'warn', from: 1, to: 2, limit: 10 },
    output: {
      total: 1,
      entries: [
        { at: 1, level: 'warn', from: 'main', message: 'The disk is full.', detail: '{"job":"j-1"}' },
      ],
    },
  },
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
      masks: 0,
      perDefectType: { scratch: { n: 5, imageAuroc: 0.98, pixelAuroc: null, masks: 0 } },
    },
  },
  'run.region': {
    input: { run: 'r-1', image: 12 },
    output: { region: { kind: 'none' }, preview: { image: 12, inside: null, share: 1 } },
  },
  'run.compare': { input: { a: 'r-1', b: 'r-2', falseRejectRate: 0.05, recall: 0.95 }, output: comparison },
  'run.unscored': { input: { a: 'r-1', b: 'r-2' }, output: { runs: ['r-2'] } },
  'version.list': { input: { dataset: 'd-1' }, output: [version] },
  'version.compare': {
    input: { dataset: 'd-1', a: 1, b: 2 },
    output: { a: version, b: version, added: [{ image: 12, file: 'good/001.png' }], removed: [], kept: 119 },
  },
  'version.restore': {
    input: { dataset: 'd-1', number: 1, operator: '李雷', reason: 'as before' },
    output: version,
  },
  'curation.propose': {
    input: { run: 'r-1' },
    output: {
      run: 'r-1',
      dataset: 'line 1',
      base: version,
      candidates: [
        {
          image: 12,
          file: 'good/001.png',
          dataset: 'scored today',
          day: '2026-01-31',
          partGroup: null,
          score: 0.75,
          calibrated: 99.5,
          operator: '李雷',
          hasMap: true,
          marks: ['high-score', 'disagreement'],
          duplicateOf: null,
          proposed: false,
          allowed: true,
        },
      ],
      removals: [{ image: 7, file: 'good/007.png', why: 'rejected' }],
      balance: [{ day: '2026-01-31', partGroup: null, now: 120, proposed: 1 }],
      heldOut: 3,
    },
  },
  'curation.confirm': {
    input: { run: 'r-1', base: 'v-1', include: [12], exclude: [7], operator: '李雷', reason: 'new supplier' },
    output: version,
  },
  'retrain.estimate': { input: { run: 'r-1', start: 'warm' }, output: { seconds: 300 } },
  'retrain.start': {
    input: { run: 'r-1', version: 2, start: 'warm', seed: null, set: { k: 2 } },
    output: { job: 'j-5', run: 'r-2', version, estimatedSeconds: 300, warnings: [] },
  },
  'drift.get': {
    input: { run: 'r-1' },
    output: {
      run: 'r-1',
      score: 'izif',
      reference: 40,
      parts: 1,
      chart: [{ part: 1, at: 1_700_000_000_000, value: 0.25, limit: 0.5, score: 0.75 }],
      days: [{ day: '2026-01-31', parts: 1, index: null }],
      index: 0.125,
      odds: { reached: 120, needed: 100 },
      warning: {
        since: 1_700_000_000_000,
        sincePart: 1,
        direction: 'higher',
        examples: [{ image: 12, file: '001.png', dataset: 'scored today', score: 0.75 }],
      },
    },
  },
  'export.start': {
    input: {
      run: 'r-1',
      format: 'report',
      to: '/data/report.pdf',
      batch: 1,
      language: 'zh-CN',
      split: 'test',
      components: false,
      operator: '李雷',
    },
    output: { job: 'j-6' },
  },
  'model.import': {
    input: { folder: '/data/package', dataset: null, operator: '李雷' },
    output: { run: 'r-3', dataset: 'line 7', threshold: 0.42 },
  },
  'model.list': {
    input: {},
    output: [{ ...use, before: 'r-1', point: { id: 3, name: 'Line 4', version: 2, threshold: 0.42 } }],
  },
  'model.history': { input: { dataset: 'd-1' }, output: [use] },
  'model.judge': { input: { run: 'r-2', margin: 0.02 }, output: { gate, comparison } },
  'model.promote': { input: { run: 'r-2', operator: '李雷', reason: null, margin: 0.02 }, output: use },
  'model.rollBack': {
    input: { dataset: 'd-1', operator: '李雷', reason: 'too many rejects' },
    output: { ...use, action: 'rollback', gate: null },
  },
  'live.start': {
    input: { folder: '/data/camera', run: 'r-1', results: '/data/results' },
    output: liveExample,
  },
  'live.stop': { input: {}, output: {} },
  'live.state': { input: {}, output: liveExample },
  'live.seen': { input: { part: 7, operator: '李雷' }, output: {} },
  'live.undo': { input: { operator: '李雷' }, output: { undone: livePart } },
  'output.list': {
    input: {},
    output: {
      state: 'judging',
      late: 1,
      outputs: [
        {
          id: 1,
          point: 'line',
          name: '剔除机',
          settings: webhookExample,
          secrets: ['signature'],
          enabled: true,
          condition: 'away',
          awaySince: 1_700_000_000_000,
          needsPerson: true,
          waiting: 12,
          givenUp: 0,
          newest: { number: 41, at: 1_700_000_000_000 },
          errors: [
            {
              at: 1_700_000_000_000,
              failure: { code: 'output-refused', params: { host: '10.0.0.7', status: 503 } },
            },
          ],
        },
      ],
    },
  },
  'output.create': {
    input: { name: '剔除机', settings: webhookExample, secrets: { signature: 'k' }, operator: '李雷' },
    output: { id: 1 },
  },
  'output.change': {
    input: { id: 1, name: '剔除机 2', enabled: false, secrets: { authorization: null }, operator: '李雷' },
    output: {},
  },
  'output.remove': { input: { id: 1, operator: '李雷' }, output: {} },
  'output.test': { input: { id: 1, operator: '李雷' }, output: { milliseconds: 3.5 } },
  'output.record': {
    input: { part: 7 },
    output: {
      result: { number: 41, verdict: 'reject', cause: 'flagged', at: 1_700_000_000_000 },
      deliveries: [{ output: '剔除机', attempts: 2, deliveredAt: 1_700_000_000_100, givenUpAt: null }],
    },
  },
  'operator.list': { input: {}, output: [operator] },
  'operator.signIn': { input: { name: '李雷', pin: '2468' }, output: { ...operator, pinIsShort: true } },
  'operator.badgeIn': { input: { badge: '0004711', pin: null }, output: { ...operator, pinIsShort: false } },
  'operator.signOut': { input: { name: '李雷' }, output: {} },
  'operator.isSignedIn': { input: { name: '李雷' }, output: { isSignedIn: true, pinIsShort: false } },
  'operator.secure': {
    input: { name: '李雷', pin: null, newPin: '246810', badge: '0004711' },
    output: { ...operator, pinIsShort: false },
  },
  'operator.release': { input: { name: '李雷', operator: '韩梅梅' }, output: operator },
  'operator.rename': { input: { name: '李磊', newName: '李雷', operator: '韩梅梅' }, output: operator },
  'operator.remove': { input: { name: '李雷', operator: '韩梅梅' }, output: {} },
  'review.queue': {
    input: {
      run: 'r-1',
      split: 'test',
      order: 'score',
      undecided: true,
      view: 'disagreements',
      operator: '李雷',
      offset: 0,
      limit: 50,
    },
    output: {
      total: 1,
      decided: 1,
      accepted: 0,
      rejected: 1,
      live: 3,
      mapScale: 0.5,
      point,
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
          hasReconstruction: true,
          hasMask: true,
          mapScale: 0.5,
          decision,
          verdict: 'flagged',
          opinions: [{ operator: '李雷', decision: 'reject', defectType: '划痕', note: null }],
        },
      ],
    },
  },
  'review.waiting': { input: { run: 'r-1' }, output: { train: 0, validation: 2, test: 0, live: 12 } },
  'review.decide': {
    input: {
      run: 'r-1',
      image: 12,
      decision: 'reject',
      operator: '李雷',
      defectType: '划痕',
      note: 'deep',
      view: 'second',
    },
    output: decision,
  },
  'review.acceptRest': {
    input: { run: 'r-1', split: 'test', operator: '李雷', flaggedToo: false },
    output: { accepted: 40 },
  },
  'review.undo': { input: { run: 'r-1', operator: '李雷' }, output: { undone: decision, count: 1 } },
  'review.nearest': {
    input: { run: 'r-1', image: 12, places: [{ x: 0.25, y: 0.5 }] },
    output: [
      {
        x: 168,
        y: 232,
        across: 96,
        down: 96,
        distance: 3.4,
        nearest: [
          {
            image: 3,
            file: 'train/good/003.png',
            width: 640,
            height: 480,
            removed: false,
            x: 160,
            y: 224,
            distance: 3.4,
          },
          { image: null, file: null, width: 0, height: 0, removed: true, x: 0, y: 0, distance: 3.6 },
        ],
      },
    ],
  },
  'threshold.validation': {
    input: { run: 'r-1' },
    output: {
      run: 'r-1',
      validation,
      unlabeled: 3,
      missing: 1,
      scores: ['izif', 'izi'],
      settings,
      active: point,
      mapScale: 0.5,
      maps: 50,
      profiled: 0,
    },
  },
  'threshold.distribution': {
    input: { run: 'r-1', settings },
    output: {
      settings,
      low: 0,
      high: 1,
      beyond: 2,
      normal: [30, 10],
      anomalous: [1, 9],
      auroc: { value: 0.98, low: 0.95, high: 1 },
      averagePrecision: 0.97,
      roc: { x: [0, 0.1, 1], y: [0, 0.9, 1] },
      precisionRecall: null,
      start: 0.5,
    },
  },
  'threshold.at': { input: { run: 'r-1', settings, threshold: 0.5, regions }, output: figures(0.5) },
  'threshold.choose': {
    input: { run: 'r-1', settings, target: 'fpr=0.01', regions: null },
    output: {
      run: 'r-1',
      ...settings,
      target: 'fpr=0.01',
      threshold: 0.5,
      interval: { low: 0.45, high: 0.55 },
      sufficient: false,
      notices: [{ code: 'too-few-normals', params: { normal: 40, asked: { share: 0.01 } } }],
      figures: figures(0.5),
      validation: { ...validation, missing: 0 },
    },
  },
  'curve.start': { input: { dataset: 'line4', counts: [10, 20], seed: 2 }, output: { job: 'j-9' } },
  'curve.get': {
    input: { dataset: 'line4' },
    output: {
      job: 'j-9',
      at: 1_760_000_000_000,
      report: {
        dataset: 'd-1',
        seed: 2,
        training: 48,
        used: 48,
        judged: { normal: 12, defects: 40, kind: 'made' },
        points: [
          { count: 10, draws: 4, mean: 0.91, spread: 0.02 },
          { count: 48, draws: 1, mean: 0.97, spread: null },
        ],
        verdict: { kind: 'rising', count: 48 },
      },
    },
  },
  'choice.start': {
    input: { runs: ['r-1', 'r-2'], seed: 1, photographs: 200, perType: null },
    output: { job: 'j-9' },
  },
  'choice.get': {
    input: { run: 'r-1' },
    output: { job: 'j-9', at: 1_700_000_000_000, report: choice },
  },
  'clock.confirm': { input: { operator: '李雷' }, output: {} },
  'choice.untested': { input: { job: 'j-9' }, output: { runs: ['r-1'] } },
  'choice.carryOver': {
    input: { job: 'j-9' },
    output: {
      split: 'test',
      n: { normal: 14, anomalous: 14 },
      options: [
        { run: 'r-1', score: 'peak', k: 1, reduction: 'max', made: 0.79, real: 0.98 },
        { run: 'r-1', score: 'izif', k: 1, reduction: 'max', made: 0.67, real: 0.88 },
      ],
      rankCorrelation: 1,
      regret: 0,
      gain: 0.1,
    },
  },
  'threshold.flips': {
    input: { run: 'r-1', settings, threshold: 0.5, regions: null, from: 0.4, limit: 10 },
    output: {
      total: 1,
      items: [
        {
          image: 12,
          file: 'test/scratch/001.png',
          label: 'anomalous',
          defectType: '划痕',
          score: 0.45,
          verdict: 'passed',
          hasMap: true,
        },
      ],
    },
  },
  'threshold.measureRegions': { input: { run: 'r-1' }, output: { measured: 50 } },
  'point.list': { input: { run: 'r-1' }, output: { active: 4, points: [point] } },
  'point.save': {
    input: {
      run: 'r-1',
      name: '客户 A',
      settings,
      threshold: 0.5,
      regions,
      target: 'fpr=0.01',
      operator: '李雷',
      reason: 'trial of week 12',
    },
    output: point,
  },
  'point.use': { input: { point: 4, operator: '李雷', reason: 'back again' }, output: point },
  'audit.list': {
    input: { filter: { action: 'decision', operator: '李雷' }, offset: 0, limit: 50 },
    output: {
      total: 1,
      entries: [
        {
          id: 7,
          at: 1_700_000_000_000,
          action: 'decision.made',
          operator: '李雷',
          run: 'r-1',
          dataset: null,
          image: 12,
          file: 'ng/007.png',
          runName: 'fanogan · smoke · 1 · parts',
          detail: { is: 'reject', note: null },
          previous: '00'.repeat(32),
          hash: 'ef'.repeat(32),
        },
      ],
    },
  },
  'audit.check': {
    input: { head: 'ef'.repeat(32) },
    output: {
      rows: 7,
      head: 'ef'.repeat(32),
      breaks: [{ id: 3, ...message('audit-row-form', { row: 3 }) }],
      signatures: {
        unsigned: 2,
        keys: [{ fingerprint: 'ab'.repeat(32), keptBy: 'system', own: true, rows: 5 }],
      },
      replay: {
        told: 12,
        untold: 3,
        differing: 1,
        differences: [
          {
            table: 'decision',
            row: '[4]',
            ...message('told-missing', { what: inside('stored', message('decision', { row: '4' })), row: 3 }),
          },
        ],
      },
    },
  },
  'audit.export': {
    input: { filter: {}, format: 'csv', folder: '/data', operator: '李雷' },
    output: { file: '/data/audit-2026-01-31-12-00-00.csv', rows: 7 },
  },
  'update.state': {
    input: {},
    output: {
      version: '0.2.0',
      obstacle: null,
      last: {
        at: 1769860800000,
        from: '0.1.0',
        to: '0.2.0',
        failure: null,
        backup: 'fanoscope-before-update.db',
      },
      isWatching: true,
    },
  },
  'update.look': {
    input: { folder: '/media/stick' },
    output: {
      version: '0.3.0',
      present: '0.2.0',
      commit: '1e2f298f',
      system: 'linux-x64',
      source: '/media/stick/fanoscope-0.3.0-linux-x64.tar.gz',
      files: 4_000,
      bytes: 900_000_000,
    },
  },
  'update.start': {
    input: { folder: '/media/stick', whileWatching: true, operator: '李雷' },
    output: { version: '0.3.0' },
  },
  'setting.get': { input: { key: 'theme' }, output: { value: { theme: 'dark' } } },
  'setting.set': { input: { key: 'theme', value: { theme: 'dark' }, operator: null }, output: {} },
}

export const eventExamples: EventExamples = {
  'app.failed': { code: 'internal', params: { message: 'out of order' } },
  'update.progress': { done: 1_000_000, total: 900_000_000 },
  'engine.changed': engine,
  'workspace.changed': { workspace },
  'clock.changed': { jump: { stored: 1_700_000_000_000, present: 1_600_000_000_000 } },
  'dataset.changed': { dataset: 'd-1' },
  'removed.changed': {},
  'job.changed': job,
  'run.changed': { run: 'r-1' },
  'run.points': { run: 'r-1', points: [{ phase: 'gan', step: 1, name: 'critic', value: 0.5 }] },
  'run.preview': { run: 'r-1', name: 'samples', step: 1, asset: 'preview/r-1/samples/1' },
  'live.judged': livePart,
  'live.seen': { part: 7 },
  'output.changed': {},
  'review.decided': { run: 'r-1', image: 12 },
  'point.changed': { run: 'r-1' },
  'model.changed': { dataset: 'd-1' },
}
