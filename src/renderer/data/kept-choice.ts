/**
 * What was chosen on a screen, kept for this tab: it is there again after a reload, and when a person comes back to the
 * screen. A stored value that is no option any more is replaced by `standard`.
 */
import { type ShallowRef, shallowRef, watch } from 'vue'

export function useKeptChoice<T>(name: string, standard: T, options: readonly T[]): ShallowRef<T> {
  const key = `screen.${name}`
  const stored = sessionStorage.getItem(key)
  const choice = shallowRef<T>(options.find((option) => String(option) === stored) ?? standard)
  watch(choice, (value) => sessionStorage.setItem(key, String(value)), { flush: 'sync' })
  return choice
}
