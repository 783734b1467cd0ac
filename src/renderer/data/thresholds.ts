/**
 * The search for the threshold of one run. All figures come from main, which computes them over the validation images.
 * While the threshold is dragged, at most one question is under way, and the line moves without waiting for its answer.
 */
import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import type { FailureData } from '../../shared/failure.ts'
import type {
  ChosenThreshold,
  Distribution,
  Flip,
  OperatingPoint,
  RegionCriteria,
  ScoreSettings,
  Validation,
  WorkingPoint,
} from '../../shared/threshold.ts'
import { call, listen } from '../bridge.ts'
import { asFailure } from '../failure.ts'

/** Milliseconds that the threshold must rest before the list of changed parts is read. */
const rest = 120

export const useThresholdsStore = defineStore('thresholds', () => {
  const run = ref<string | null>(null)
  const state = ref<'idle' | 'loading' | 'ready' | 'failed'>('idle')
  const failure = ref<FailureData | null>(null)
  const validation = shallowRef<Validation | null>(null)
  const settings = ref<ScoreSettings>({ score: '', k: 1, reduction: 'max' })
  const distribution = shallowRef<Distribution | null>(null)
  const threshold = ref(0)
  const regions = ref<RegionCriteria | null>(null)
  const figures = shallowRef<WorkingPoint | null>(null)
  const flips = shallowRef<{ total: number; items: Flip[] }>({ total: 0, items: [] })
  /** The threshold that main found for a target; null once a person has moved it. */
  const chosen = shallowRef<ChosenThreshold | null>(null)
  const choosing = ref(false)
  const measuring = ref(false)
  const points = shallowRef<OperatingPoint[]>([])
  const active = computed(() => validation.value?.active ?? null)
  /** Grows with each question whose answer makes those to older questions out of date. */
  let generation = 0
  let asking = false
  let asked = false
  let timer: ReturnType<typeof setTimeout> | undefined

  function fail(thrown: unknown): void {
    failure.value = asFailure(thrown)
    state.value = 'failed'
  }

  async function open(id: string): Promise<void> {
    generation += 1
    const mine = generation
    run.value = id
    state.value = 'loading'
    failure.value = null
    chosen.value = null
    try {
      const found = await call('threshold.validation', { run: id })
      const list = await call('point.list', { run: id })
      if (mine !== generation) return
      validation.value = found
      settings.value = found.settings
      regions.value = found.active?.regions ?? null
      points.value = list.points
      await read(mine)
    } catch (thrown) {
      if (mine === generation) fail(thrown)
    }
  }

  async function read(mine: number): Promise<void> {
    if (run.value === null) return
    const found = await call('threshold.distribution', { run: run.value, settings: settings.value })
    if (mine !== generation) return
    distribution.value = found
    threshold.value = found.start
    state.value = 'ready'
    ask()
  }

  /** Changes the kind of score, k or reduction. That needs no new scoring: all components are stored. */
  async function change(next: Partial<ScoreSettings>): Promise<void> {
    settings.value = { ...settings.value, ...next }
    chosen.value = null
    generation += 1
    const mine = generation
    try {
      await read(mine)
    } catch (thrown) {
      if (mine === generation) fail(thrown)
    }
  }

  function move(value: number): void {
    threshold.value = value
    chosen.value = null
    ask()
  }

  function limit(next: RegionCriteria | null): void {
    regions.value = next
    ask()
  }

  const question = () => ({
    run: run.value ?? '',
    settings: settings.value,
    threshold: threshold.value,
    regions: regions.value,
  })

  /** Asks for the figures of the threshold. While an answer is awaited, only the newest question is kept. */
  function ask(): void {
    asked = true
    clearTimeout(timer)
    timer = setTimeout(() => void compare(), rest)
    if (!asking) void answer()
  }

  async function answer(): Promise<void> {
    asking = true
    try {
      while (asked) {
        asked = false
        const mine = generation
        const found = await call('threshold.at', question())
        if (mine === generation) figures.value = found
      }
    } catch (thrown) {
      fail(thrown)
    } finally {
      asking = false
    }
  }

  /** Compares with the operating point in use or, where there is none yet, with the threshold at the beginning. */
  async function compare(): Promise<void> {
    const mine = generation
    const from = active.value === null ? (distribution.value?.start ?? 0) : null
    try {
      const found = await call('threshold.flips', { ...question(), from })
      if (mine === generation) flips.value = found
    } catch (thrown) {
      if (mine === generation) fail(thrown)
    }
  }

  /** Rejects with FailureData where the images do not allow the target. */
  async function choose(target: string): Promise<void> {
    if (run.value === null || choosing.value) return
    choosing.value = true
    const mine = generation
    try {
      const { regions: criteria, settings: by } = question()
      const found = await call('threshold.choose', {
        run: run.value,
        settings: by,
        target,
        regions: criteria,
      })
      if (mine !== generation) return
      threshold.value = found.threshold
      figures.value = found.figures
      chosen.value = found
      ask()
    } finally {
      choosing.value = false
    }
  }

  /** Reads again what the validation images say, and keeps what was chosen: they were scored, or labeled anew. */
  async function reread(): Promise<void> {
    if (run.value === null || state.value !== 'ready') return
    const mine = generation
    try {
      const found = await call('threshold.validation', { run: run.value })
      const scores = await call('threshold.distribution', { run: run.value, settings: settings.value })
      if (mine !== generation) return
      validation.value = found
      distribution.value = scores
      ask()
    } catch (thrown) {
      if (mine === generation) fail(thrown)
    }
  }
  listen('run.changed', (changed) => {
    if (changed.run === run.value) void reread()
  })
  listen('dataset.changed', () => void reread())

  async function measure(): Promise<void> {
    if (run.value === null) return
    measuring.value = true
    try {
      await call('threshold.measureRegions', { run: run.value })
      validation.value = await call('threshold.validation', { run: run.value })
      ask()
    } finally {
      measuring.value = false
    }
  }

  async function save(values: { name: string; operator: string; reason: string }): Promise<OperatingPoint> {
    const point = await call('point.save', {
      ...question(),
      ...values,
      target: chosen.value?.target ?? null,
    })
    await refreshPoints()
    return point
  }

  async function use(point: number, operator: string, reason: string): Promise<void> {
    await call('point.use', { point, operator, reason })
    if (run.value !== null) await open(run.value)
  }

  async function refreshPoints(): Promise<void> {
    if (run.value === null) return
    points.value = (await call('point.list', { run: run.value })).points
    validation.value = await call('threshold.validation', { run: run.value })
    ask()
  }

  return {
    run,
    state,
    failure,
    validation,
    settings,
    distribution,
    threshold,
    regions,
    figures,
    flips,
    chosen,
    choosing,
    measuring,
    points,
    active,
    open,
    change,
    move,
    limit,
    choose,
    measure,
    save,
    use,
  }
})
