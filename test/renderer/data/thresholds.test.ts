import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { useThresholdsStore } from '../../../src/renderer/data/thresholds.ts'
import type { Distribution, Validation, WorkingPoint } from '../../../src/shared/threshold.ts'
import { type FakeBridge, installFakeBridge } from '../fake-bridge.ts'

const settings = { score: 'izi', k: 1, reduction: 'max' } as const
const share = { part: 0, whole: 0, value: null, low: null, high: null }
const at = (threshold: number): WorkingPoint => ({
  threshold,
  truePositives: 0,
  falsePositives: 0,
  trueNegatives: 0,
  falseNegatives: 0,
  precision: share,
  recall: share,
  falseRejectRate: share,
  escapeRate: share,
  f1: { value: null, low: null, high: null },
  perDefectType: [],
})
const validation: Validation = {
  run: 'r-1',
  validation: { normal: 40, anomalous: 0, hash: 'a' },
  unlabeled: 0,
  missing: 0,
  scores: ['izi'],
  settings,
  active: null,
  mapScale: 1,
  maps: 0,
  profiled: 0,
}
const distribution: Distribution = {
  settings,
  low: 0,
  high: 1,
  beyond: 0,
  normal: [40],
  anomalous: [0],
  auroc: null,
  averagePrecision: null,
  roc: null,
  precisionRecall: null,
  start: 0.5,
}

let bridge: FakeBridge
/** Answers of main that have not come yet. */
let answers: (() => void)[] = []

beforeEach(() => {
  vi.useFakeTimers()
  setActivePinia(createPinia())
  bridge = installFakeBridge()
  answers = []
  bridge.answer('threshold.validation', () => validation)
  bridge.answer('point.list', () => ({ active: null, points: [] }))
  bridge.answer('threshold.distribution', () => distribution)
  bridge.answer('threshold.flips', () => ({ total: 0, items: [] }))
  bridge.answer(
    'threshold.at',
    ({ threshold }) => new Promise((resolve) => answers.push(() => resolve(at(threshold)))),
  )
})
afterEach(() => {
  vi.useRealTimers()
})

const asked = (): unknown[] =>
  bridge.calls.flatMap(({ name, input }) =>
    name === 'threshold.at' && typeof input === 'object' && input !== null && 'threshold' in input
      ? [input.threshold]
      : [],
  )
async function answerAll(): Promise<void> {
  for (;;) {
    const answer = answers.shift()
    if (!answer) return
    answer()
    await vi.advanceTimersByTimeAsync(0)
  }
}

describe('the threshold', () => {
  it('begins where main says', async () => {
    const store = useThresholdsStore()
    await store.open('r-1')
    expect(store.threshold).toBe(0.5)
    await answerAll()
    expect(store.figures?.threshold).toBe(0.5)
    expect(store.state).toBe('ready')
  })

  it('moves at once, and a drag asks about its first and its last place only while main is answering', async () => {
    const store = useThresholdsStore()
    await store.open('r-1')
    await answerAll()
    for (const place of [0.51, 0.52, 0.53, 0.54]) store.move(place)
    expect(store.threshold).toBe(0.54)
    await answerAll()
    expect(asked()).toEqual([0.5, 0.51, 0.54])
    expect(store.figures?.threshold).toBe(0.54)
  })

  it('is compared with where it began once it rests, while no point is in use', async () => {
    const store = useThresholdsStore()
    await store.open('r-1')
    await answerAll()
    store.move(0.7)
    store.move(0.8)
    await vi.advanceTimersByTimeAsync(1000)
    const compared = bridge.calls.filter(({ name }) => name === 'threshold.flips')
    expect(compared.map(({ input }) => input)).toEqual([
      expect.objectContaining({ threshold: 0.8, from: 0.5 }),
    ])
  })

  it('that is moved by hand is no longer the one of a target', async () => {
    const store = useThresholdsStore()
    await store.open('r-1')
    await answerAll()
    bridge.answer('threshold.choose', () => ({
      run: 'r-1',
      ...settings,
      target: 'percentile=99',
      threshold: 0.9,
      interval: null,
      sufficient: true,
      notices: [],
      figures: at(0.9),
      validation: { ...validation.validation, missing: 0 },
    }))
    await store.choose('percentile=99')
    expect(store.threshold).toBe(0.9)
    expect(store.chosen?.target).toBe('percentile=99')
    store.move(0.91)
    expect(store.chosen).toBeNull()
  })

  it('of an older question does not replace the newer one', async () => {
    const store = useThresholdsStore()
    await store.open('r-1')
    const changed = store.change({ k: 2 })
    await vi.advanceTimersByTimeAsync(0)
    await changed
    await answerAll()
    expect(store.settings.k).toBe(2)
    expect(store.figures?.threshold).toBe(0.5)
  })
})
