/**
 * The systems that can be trained, their parameters, presets and scores. At run time only the backbones change that can
 * be chosen.
 */
import { defineStore } from 'pinia'
import { ref } from 'vue'
import type { FailureData } from '../../shared/failure.ts'
import type { Systems } from '../../shared/training.ts'
import { call } from '../bridge.ts'
import { asFailure } from '../failure.ts'

export const useSystemsStore = defineStore('systems', () => {
  const catalogue = ref<Systems | null>(null)
  const failure = ref<FailureData | null>(null)

  async function load(): Promise<void> {
    if (catalogue.value === null) await reload()
  }

  async function reload(): Promise<void> {
    try {
      catalogue.value = await call('system.list', {})
      failure.value = null
    } catch (thrown) {
      failure.value = asFailure(thrown)
    }
  }

  return { catalogue, failure, load, reload }
})
