/** Tells when a click or a drag that began on a control has ended, wherever the pointer is then. */
import { useEventListener, useTimeoutFn } from '@vueuse/core'

/** @returns what to call when a pointer goes down on the control */
export function useReleasedKeys(released: () => void): () => void {
  let isDown = false
  // The browser sends the click after `pointerup`, and the control must still have the focus for it.
  const { start } = useTimeoutFn(released, 0, { immediate: false })
  useEventListener(document, 'pointerup', () => {
    if (isDown) start()
    isDown = false
  })
  return () => {
    isDown = true
  }
}
