/** How somebody likes a screen: kept for this person on this machine, in the browser at once and in main for good. */
import { type ShallowRef, shallowRef, watch } from 'vue'
import { call } from '../bridge.ts'
import { settingKeeper } from './setting-keeper.ts'

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
export function useRememberedChoice<T>(
  name: string,
  standard: T,
  is: (value: unknown) => value is T,
): ShallowRef<T> {
  const key = `ui.${name}`
  const stored = local(key)
  const choice = shallowRef<T>(is(stored) ? stored : standard)
  const keep = settingKeeper(key)
  let isTouched = false
  watch(
    choice,
    (value) => {
      isTouched = true
      localStorage.setItem(key, JSON.stringify(value))
      keep(value)
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
