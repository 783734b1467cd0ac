/** Tells when a click or a drag on a control has ended, wherever that is: the keys belong to the part again. */
import { useEventListener, useTimeoutFn } from '@vueuse/core'

/** @returns to be called when a pointer goes down on the control */
export function useReleasedKeys(released: () => void): () => void {
  let isDown = false
  // After the click that follows the pointer's going up.
  const { start } = useTimeoutFn(released, 0, { immediate: false })
  useEventListener(document, 'pointerup', () => {
    if (isDown) start()
    isDown = false
  })
  return () => {
    isDown = true
  }
}
