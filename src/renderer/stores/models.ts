/** Which run is in use for each dataset. */
import { defineStore } from 'pinia'
import { ref, watch } from 'vue'
import type { ModelUse } from '../../shared/improvement.ts'
import { call, listen } from '../bridge.ts'
import { useAppStore } from './app.ts'
import { useNoticesStore } from './notices.ts'

export const useModelsStore = defineStore('models', () => {
  const app = useAppStore()
  const notices = useNoticesStore()
  const uses = ref<ModelUse[]>([])

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

  listen('model.changed', () => void refresh())
  watch(
    () => app.generation,
    () => void refresh(),
    { immediate: true },
  )

  /** The run in use for a dataset; null where none was promoted. */
  const inUse = (dataset: string): string | null =>
    uses.value.find(({ datasetId }) => datasetId === dataset)?.runId ?? null

  return { uses, refresh, inUse }
})
