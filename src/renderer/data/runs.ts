import { defineStore } from 'pinia'
import { ref, watch } from 'vue'
import type { FailureData } from '../../shared/failure.ts'
import type { Run } from '../../shared/run.ts'
import { runTitle } from '../../shared/run-title.ts'
import type { Evaluation } from '../../shared/score.ts'
import { call, listen } from '../bridge.ts'
import { asFailure } from '../failure.ts'
import { i18n } from '../i18n/index.ts'
import { useAppStore } from './app.ts'
import { useDatasetsStore } from './datasets.ts'

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

/** A run's name in the language of the window. */
function worded(run: Run, dataset: string | null): string {
  const { t, te } = i18n.global
  const or = (key: string, otherwise: string): string => (te(key) ? t(key) : otherwise)
  return runTitle(run, dataset, {
    system: (name) => or(`system.${name}`, name),
    preset: (name) => or(`preset.${name}.name`, name),
    retrained: (title) => t('runs.retrained', { title }),
  })
}

/** What a person calls a run, with the dataset that it learned from; no other run is called so. */
export const titleOf = (run: Run): string => worded(run, useDatasetsStore().nameOf(run.datasetId))

/** What a person calls a run where the name of its dataset stands beside it. */
export const titleBesideDataset = (run: Run): string => worded(run, null)

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

  // Labels, types and splits decide what an evaluation says.
  listen('dataset.changed', () => evaluations.clear())
  listen('removed.changed', () => void refresh())
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
