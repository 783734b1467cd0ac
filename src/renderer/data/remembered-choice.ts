/**
 * What a person chooses about a screen. It is kept in the browser, where it is there at once, and in main's settings.
 */
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
 * A choice that is remembered. A stored value that is not valid any more is replaced by `standard`.
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
