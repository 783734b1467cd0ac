/** The operator who is signed in. Every decision is stored with this name. */
import { defineStore } from 'pinia'
import { ref, shallowRef, watch } from 'vue'
import type { Operator, SignedInOperator } from '../../shared/operator.ts'
import { actAs, call, listen } from '../bridge.ts'
import { useAppStore } from './app.ts'

// Kept only until the window is closed, since the next shift must sign in again.
const storageKey = 'fanoscope.operator'

export const useOperatorStore = defineStore('operator', () => {
  const app = useAppStore()
  const operator = ref<Operator | null>(null)
  const known = ref<Operator[]>([])
  /** The operator signed in with a PIN that is shorter than a new one may be. */
  const pinIsShort = ref(false)

  async function refresh(): Promise<void> {
    known.value = app.workspace === null ? [] : await call('operator.list', {})
    const name = sessionStorage.getItem(storageKey)
    const found = known.value.find((candidate) => candidate.name === name)
    // Fanoscope may have been restarted since then.
    const state = found === undefined ? null : await call('operator.isSignedIn', { name: found.name })
    operator.value = found !== undefined && state?.isSignedIn ? found : null
    pinIsShort.value = operator.value !== null && state?.pinIsShort === true
  }

  /** Rejects with FailureData: `pin-needed` where the operator has a PIN. */
  async function signIn(name: string, pin: string | null = null): Promise<void> {
    await enter(await call('operator.signIn', { name, pin }))
  }

  async function badgeIn(badge: string, pin: string | null = null): Promise<void> {
    await enter(await call('operator.badgeIn', { badge, pin }))
  }

  /** Gives the signed-in operator a PIN and a badge; null takes one away, and what is left out stays. */
  async function secure(values: {
    pin: string | null
    newPin?: string | null
    badge?: string | null
  }): Promise<void> {
    if (operator.value === null) return
    await enter(await call('operator.secure', { ...values, name: operator.value.name }))
  }

  async function enter({ pinIsShort: isShort, ...who }: SignedInOperator): Promise<void> {
    operator.value = who
    pinIsShort.value = isShort
    sessionStorage.setItem(storageKey, operator.value.name)
    known.value = await call('operator.list', {})
  }

  async function signOut(): Promise<void> {
    const name = operator.value?.name
    operator.value = null
    pinIsShort.value = false
    sessionStorage.removeItem(storageKey)
    if (name !== undefined) await call('operator.signOut', { name })
  }

  async function rename(newName: string): Promise<void> {
    if (operator.value === null) return
    operator.value = await call('operator.rename', { name: operator.value.name, newName })
    sessionStorage.setItem(storageKey, operator.value.name)
    known.value = await call('operator.list', {})
  }

  /** Ends the wait of somebody else after wrong PINs. */
  async function release(name: string): Promise<void> {
    await call('operator.release', { name })
  }

  /** Lets somebody else not sign in any more; for thirty days they can be put back. */
  async function remove(name: string): Promise<void> {
    await call('operator.remove', { name })
    await refresh()
  }
  listen('removed.changed', () => void refresh())

  /** An act waits for somebody to sign in: `settle` says whether somebody did. */
  const asking = shallowRef<{ title: string; settle: (signedIn: boolean) => void } | null>(null)
  /** @param title the key of what the question says above */
  function askFirst(title = 'operator.first'): Promise<boolean> {
    asking.value?.settle(false)
    return new Promise((resolve) => {
      asking.value = {
        title,
        settle(signedIn) {
          asking.value = null
          resolve(signedIn)
        },
      }
    })
  }
  actAs({ name: () => operator.value?.name ?? null, askFirst })

  watch(
    () => app.generation,
    () => void refresh(),
    { immediate: true },
  )

  return {
    operator,
    known,
    pinIsShort,
    signIn,
    badgeIn,
    secure,
    rename,
    release,
    remove,
    asking,
    askFirst,
    signOut,
  }
})
