/** The operator who is signed in. Every decision is stored with this name. */
import { defineStore } from 'pinia'
import { ref, watch } from 'vue'
import type { Operator } from '../../shared/operator.ts'
import { call } from '../bridge.ts'
import { useAppStore } from './app.ts'

// Kept only until the window is closed, since the next shift must sign in again.
const storageKey = 'fanoscope.operator'

export const useOperatorStore = defineStore('operator', () => {
  const app = useAppStore()
  const operator = ref<Operator | null>(null)
  const known = ref<Operator[]>([])

  async function refresh(): Promise<void> {
    known.value = app.workspace === null ? [] : await call('operator.list', {})
    const name = sessionStorage.getItem(storageKey)
    const found = known.value.find((candidate) => candidate.name === name)
    // Fanoscope may have been restarted since then.
    operator.value =
      found && (await call('operator.isSignedIn', { name: found.name })).isSignedIn ? found : null
  }

  /** Rejects with FailureData: `pin-needed` where the operator has a PIN. */
  async function signIn(name: string, pin: string | null = null): Promise<void> {
    await enter(await call('operator.signIn', { name, pin }))
  }

  async function badgeIn(badge: string, pin: string | null = null): Promise<void> {
    await enter(await call('operator.badgeIn', { badge, pin }))
  }

  /** Gives the signed-in operator a PIN and a badge, or takes them away. */
  async function secure(values: {
    pin: string | null
    newPin: string | null
    badge: string | null
  }): Promise<void> {
    if (operator.value === null) return
    await enter(await call('operator.secure', { ...values, name: operator.value.name }))
  }

  async function enter(who: Operator): Promise<void> {
    operator.value = who
    sessionStorage.setItem(storageKey, operator.value.name)
    known.value = await call('operator.list', {})
  }

  async function signOut(): Promise<void> {
    const name = operator.value?.name
    operator.value = null
    sessionStorage.removeItem(storageKey)
    if (name !== undefined) await call('operator.signOut', { name })
  }

  watch(
    () => app.generation,
    () => void refresh(),
    { immediate: true },
  )

  return { operator, known, signIn, badgeIn, secure, signOut }
})
