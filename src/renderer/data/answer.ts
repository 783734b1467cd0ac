/**
 * What main answers to the newest question. An answer that a newer question has overtaken is dropped. (VueUse's
 * `useAsyncState` forgets a failure as soon as the next question is asked; a form shows it until it is answered.)
 */
import { ref, shallowRef } from 'vue'
import type { FailureData } from '../../shared/failure.ts'
import { asFailure } from '../failure.ts'

/** @param keeps whether the former answer is shown until the next one has arrived */
export function useAnswer<T>(ask: () => Promise<T | null>, { keeps = false } = {}) {
  const answer = shallowRef<T | null>(null)
  const failure = ref<FailureData | null>(null)
  const loading = ref(false)
  let questions = 0

  async function read(): Promise<void> {
    questions += 1
    const mine = questions
    if (!keeps) {
      answer.value = null
      failure.value = null
    }
    loading.value = true
    try {
      const found = await ask()
      if (mine !== questions) return
      answer.value = found
      failure.value = null
    } catch (thrown) {
      if (mine === questions) failure.value = asFailure(thrown)
    } finally {
      if (mine === questions) loading.value = false
    }
  }

  return { answer, failure, loading, read }
}
