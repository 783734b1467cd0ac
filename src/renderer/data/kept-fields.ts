/**
 * Several fields of a screen, kept for this tab and for the item that they are about, such as the dataset that they
 * filter: they are there again after a reload, and when a person comes back to the item.
 */
import { type Reactive, reactive, watch } from 'vue'

export type Fields = Record<string, string | boolean>

/** What was stored, as far as it still fits the fields. */
function storedFields<T extends Fields>(key: string, standard: T): T {
  const fields = { ...standard }
  const text = sessionStorage.getItem(key)
  if (text === null) return fields
  let stored: unknown
  try {
    stored = JSON.parse(text)
  } catch {
    // An earlier version has stored something else under this name.
    return fields
  }
  if (typeof stored !== 'object' || stored === null) return fields
  const known = Object.entries(stored).filter(
    ([name, value]) => name in standard && typeof value === typeof standard[name],
  )
  return Object.assign(fields, Object.fromEntries(known))
}

/** @param of what the fields are about; null as long as it is not known */
export function useKeptFields<T extends Fields>(
  name: string,
  standard: Readonly<T>,
  of: () => string | null,
): Reactive<T> {
  const fields = reactive({ ...standard })
  const key = (id: string): string => `screen.${name}.${id}`
  watch(of, (id) => Object.assign(fields, id === null ? standard : storedFields(key(id), standard)), {
    immediate: true,
    flush: 'sync',
  })
  watch(
    fields,
    (now) => {
      const id = of()
      if (id !== null) sessionStorage.setItem(key(id), JSON.stringify(now))
    },
    { flush: 'sync' },
  )
  return fields
}
