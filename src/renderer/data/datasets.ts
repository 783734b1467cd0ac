import { useThrottleFn } from '@vueuse/core'
import { defineStore } from 'pinia'
import { ref, shallowRef, watch } from 'vue'
import type { DatasetSummary } from '../../shared/dataset.ts'
import type { FailureData } from '../../shared/failure.ts'
import { call, listen } from '../bridge.ts'
import { asFailure } from '../failure.ts'
import { useAppStore } from './app.ts'
import type { DroppedFolder } from './dropped-folder.ts'

/** Milliseconds between two readings while live parts come. */
const betweenLiveParts = 1_000

export const useDatasetsStore = defineStore('datasets', () => {
  const app = useAppStore()
  const datasets = ref<DatasetSummary[]>([])
  const state = ref<'loading' | 'ready' | 'failed'>('loading')
  const failure = ref<FailureData | null>(null)
  /** Grows with each change of a dataset's content. */
  const version = ref(0)
  /** A folder chosen elsewhere that the import dialog opens with. */
  const importFrom = ref<string | null>(null)
  /** A folder dropped onto the window whose path the browser does not tell. */
  const importDropped = shallowRef<DroppedFolder | null>(null)
  /** The import dialog was asked for outside of the Datasets screen. */
  const importAsked = ref(false)
  let reading = false
  let stale = false

  /** Reads the list, never twice at the same time. If something changes meanwhile, it is read once more. */
  async function refresh(): Promise<void> {
    if (app.workspace === null) {
      datasets.value = []
      return
    }
    if (reading) {
      stale = true
      return
    }
    reading = true
    try {
      datasets.value = await call('dataset.list', {})
      state.value = 'ready'
      failure.value = null
    } catch (thrown) {
      failure.value = asFailure(thrown)
      state.value = 'failed'
    } finally {
      reading = false
    }
    version.value += 1
    if (stale) {
      stale = false
      await refresh()
    }
  }

  listen('removed.changed', () => void refresh())
  listen('dataset.changed', () => void refresh())
  // Live parts are photographs of a dataset, too; ten of them may come in a second.
  const refreshSoon = useThrottleFn(() => void refresh(), betweenLiveParts, true)
  listen('live.judged', () => void refreshSoon())
  watch(
    () => app.generation,
    () => {
      state.value = 'loading'
      void refresh()
    },
    { immediate: true },
  )

  const nameOf = (id: string): string => datasets.value.find((dataset) => dataset.id === id)?.name ?? id

  return { datasets, state, failure, version, importFrom, importDropped, importAsked, refresh, nameOf }
})
