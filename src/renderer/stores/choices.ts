/** How somebody likes a screen: kept for this person on this machine, in the browser at once and in main for good. */
import { type ShallowRef, shallowRef, watch } from 'vue'
import { call } from '../bridge.ts'

function local(key: string): unknown {
  try {
    return JSON.parse(localStorage.getItem(key) ?? 'null')
  } catch {
    return null
  }
}

/**
 * A choice that is remembered. What was stored and does not fit any more gives way to `standard`.
 * @param name part of the setting `ui.<name>`
 */
export function useChoice<T>(name: string, standard: T, is: (value: unknown) => value is T): ShallowRef<T> {
  const key = `ui.${name}`
  const stored = local(key)
  const choice = shallowRef<T>(is(stored) ? stored : standard)
  let isTouched = false
  watch(
    choice,
    (value) => {
      isTouched = true
      localStorage.setItem(key, JSON.stringify(value))
      // A choice that cannot be stored holds in this window all the same.
      void call('setting.set', { key, value }).catch(() => undefined)
    },
    { flush: 'sync' },
  )
  void call('setting.get', { key }).then(
    ({ value }) => {
      if (!isTouched && is(value) && JSON.stringify(value) !== JSON.stringify(choice.value))
        choice.value = value
    },
    () => undefined,
  )
  return choice
}
