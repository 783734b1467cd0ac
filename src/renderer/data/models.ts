/** Which run is in use for each dataset. */
import { defineStore } from 'pinia'
import { ref, watch } from 'vue'
import type { CallOutput } from '../../shared/contract.ts'
import { call, listen } from '../bridge.ts'
import { useAppStore } from './app.ts'
import { useNoticesStore } from './notices.ts'

export const useModelsStore = defineStore('models', () => {
  const app = useAppStore()
  const notices = useNoticesStore()
  const uses = ref<CallOutput<'model.list'>>([])

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

  /** Whether another model was in use for the dataset before the present one. */
  const canRollBack = (dataset: string): boolean =>
    uses.value.some(({ datasetId, before }) => datasetId === dataset && before !== null)

  return { uses, refresh, inUse, canRollBack }
})
