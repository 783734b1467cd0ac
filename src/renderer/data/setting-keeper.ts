/** Stores a setting that may change with every frame while somebody drags: the first value at once, then the last. */
import { onScopeDispose } from 'vue'
import { call } from '../bridge.ts'

/** How long a value must be left alone to count as the last, in milliseconds. */
const pause = 400

/** What is still to be stored when its owner goes, or the window is hidden, is stored then. */
export function settingKeeper(key: string): (value: unknown) => void {
  let timer: ReturnType<typeof setTimeout> | null = null
  let waiting: { value: unknown } | null = null

  // A choice that cannot be stored holds in this window all the same.
  const store = (value: unknown): void => void call('setting.set', { key, value }).catch(() => undefined)

  function rest(): void {
    if (timer !== null) clearTimeout(timer)
    timer = null
    if (waiting !== null) store(waiting.value)
    waiting = null
  }

  const onHidden = (): void => {
    if (document.visibilityState === 'hidden') rest()
  }
  document.addEventListener('visibilitychange', onHidden)
  onScopeDispose(() => {
    document.removeEventListener('visibilitychange', onHidden)
    rest()
  })

  return (value) => {
    if (timer === null) store(value)
    else {
      waiting = { value }
      clearTimeout(timer)
    }
    timer = setTimeout(rest, pause)
  }
}
