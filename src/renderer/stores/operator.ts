/** Who sits at the station. Every decision carries the name. */
import { defineStore } from 'pinia'
import { ref, watch } from 'vue'
import type { Operator } from '../../shared/domain.ts'
import { call } from '../bridge.ts'
import { useAppStore } from './app.ts'

// For this session of the window only: the next shift signs in anew.
const sessionKey = 'fanoscope.operator'

export const useOperatorStore = defineStore('operator', () => {
  const app = useAppStore()
  const operator = ref<Operator | null>(null)
  const known = ref<Operator[]>([])

  async function refresh(): Promise<void> {
    known.value = app.workspace === null ? [] : await call('operator.list', {})
    const name = sessionStorage.getItem(sessionKey)
    operator.value = known.value.find((candidate) => candidate.name === name) ?? null
  }

  async function signIn(name: string): Promise<void> {
    operator.value = await call('operator.signIn', { name })
    sessionStorage.setItem(sessionKey, operator.value.name)
    known.value = await call('operator.list', {})
  }

  function signOut(): void {
    operator.value = null
    sessionStorage.removeItem(sessionKey)
  }

  watch(
    () => app.generation,
    () => void refresh(),
    { immediate: true },
  )

  return { operator, known, signIn, signOut }
})
