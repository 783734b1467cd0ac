/** Which run is in use for each dataset. */
import { defineStore } from 'pinia'
import { ref, watch } from 'vue'
import type { ModelInUse } from '../../shared/model.ts'
import { call, listen } from '../bridge.ts'
import { useAppStore } from './app.ts'
import { useNoticesStore } from './notices.ts'

export const useModelsStore = defineStore('models', () => {
  const app = useAppStore()
  const notices = useNoticesStore()
  const uses = ref<ModelInUse[]>([])

  async function refresh(): Promise<void> {
    if (app.workspace === null) {
      uses.value = []
      return
    }
    try {
      uses.value = await call('model.list', {})
    } catch (thrown) {
      notices.fail(thrown)
    }
  }

  listen('removed.changed', () => void refresh())
  listen('model.changed', () => void refresh())
  // The model in use judges by its operating point.
  listen('point.changed', () => void refresh())
  watch(
    () => app.generation,
    () => void refresh(),
    { immediate: true },
  )

  /** The model in use of a dataset, with its operating point; null where none was promoted. */
  const useOf = (dataset: string): ModelInUse | null =>
    uses.value.find(({ datasetId }) => datasetId === dataset) ?? null

  /** The run in use for a dataset; null where none was promoted. */
  const inUse = (dataset: string): string | null => useOf(dataset)?.runId ?? null

  return { uses, refresh, useOf, inUse }
})
