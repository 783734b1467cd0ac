import { defineStore } from 'pinia'
import { ref, watch } from 'vue'
import type { FailureData } from '../../shared/failure.ts'
import type { Run } from '../../shared/run.ts'
import type { Evaluation } from '../../shared/score.ts'
import { call, listen } from '../bridge.ts'
import { asFailure } from '../failure.ts'
import { i18n } from '../i18n/index.ts'
import { useAppStore } from './app.ts'

/** States from which a training goes on where it stopped. */
export function canResume(run: Run): boolean {
  return (
    run.state === 'paused' ||
    run.state === 'interrupted' ||
    run.state === 'failed' ||
    run.state === 'cancelled'
  )
}

/** The value of a run's anomaly maps that is colored as the hottest. */
export const mapScaleOf = (run: Run | null): number => {
  const scale = run?.calibration?.mapScale
  return typeof scale === 'number' ? scale : 1
}

/** What a person calls a run, in the language of the window. */
export function titleOf(run: Run): string {
  const { t, te } = i18n.global
  const or = (key: string, otherwise: string): string => (te(key) ? t(key) : otherwise)
  const { id, name, model, preset, seed, parentRunId } = run
  if (name !== null) return name
  const title = `${or(`system.${model}`, model)} · ${or(`preset.${preset}.name`, preset)} · ${seed}`
  // The end of its id tells it apart from the run that it was retrained from.
  return parentRunId === null ? title : t('runs.retrained', { title, id: id.slice(-5) })
}

/** Tells apart runs that have the same title. */
export const titleWithId = (run: Run): string => `${titleOf(run)} · ${run.id.slice(-5)}`

export const useRunsStore = defineStore('runs', () => {
  const app = useAppStore()
  /** Newest first. */
  const runs = ref<Run[]>([])
  const state = ref<'loading' | 'ready' | 'failed'>('loading')
  const failure = ref<FailureData | null>(null)
  /** Evaluations since the window was opened, until the run is scored again. */
  const evaluations = new Map<string, Evaluation>()

  async function refresh(): Promise<void> {
    if (app.workspace === null) {
      runs.value = []
      return
    }
    try {
      const found = await call('run.list', {})
      runs.value = found.sort((a, b) => b.createdAt - a.createdAt)
      state.value = 'ready'
      failure.value = null
    } catch (thrown) {
      failure.value = asFailure(thrown)
      state.value = 'failed'
    }
  }

  async function refreshOne(id: string): Promise<void> {
    const run = await call('run.get', { run: id })
    const index = runs.value.findIndex((known) => known.id === id)
    if (index === -1) runs.value = [run, ...runs.value]
    else runs.value.splice(index, 1, run)
  }

  /** On the test split, by a kind of score; the run's own one where none is named. */
  async function evaluate(id: string, score: string | null = null): Promise<Evaluation> {
    const key = JSON.stringify([id, score])
    const known = evaluations.get(key)
    if (known !== undefined) return known
    const evaluation = await call('run.evaluate', { run: id, ...(score === null ? {} : { score }) })
    evaluations.set(key, evaluation)
    return evaluation
  }

  /** Drops the evaluations of a run whose scores have changed. */
  function forget(id: string): void {
    for (const [key, { run }] of evaluations) if (run === id) evaluations.delete(key)
  }

  listen('run.changed', ({ run }) => {
    forget(run)
    refreshOne(run).catch((thrown: unknown) => {
      failure.value = asFailure(thrown)
    })
  })
  watch(
    () => app.generation,
    () => {
      state.value = 'loading'
      evaluations.clear()
      void refresh()
    },
    { immediate: true },
  )

  const find = (id: string): Run | null => runs.value.find((run) => run.id === id) ?? null

  return { runs, state, failure, refresh, refreshOne, evaluate, forget, find }
})
