/** Stores a setting that may change with every frame while somebody drags: the first value at once, then the last. */
import { useEventListener, useTimeoutFn } from '@vueuse/core'
import { onScopeDispose } from 'vue'
import { call } from '../bridge.ts'

/** How long a value must be left alone to count as the last, in milliseconds. */
const pause = 400

/** A value that waits is stored at once when its component is removed or the window is hidden. */
export function settingKeeper(key: string): (value: unknown) => void {
  let waiting: { value: unknown } | null = null

  // The choice holds in this window even if it cannot be stored.
  const store = (value: unknown): void => void call('setting.set', { key, value }).catch(() => undefined)
  const { isPending, start, stop } = useTimeoutFn(storeLast, pause, { immediate: false })

  function storeLast(): void {
    stop()
    if (waiting !== null) store(waiting.value)
    waiting = null
  }

  useEventListener(document, 'visibilitychange', () => {
    if (document.visibilityState === 'hidden') storeLast()
  })
  onScopeDispose(storeLast)

  return (value) => {
    if (isPending.value) waiting = { value }
    else store(value)
    start()
  }
}
