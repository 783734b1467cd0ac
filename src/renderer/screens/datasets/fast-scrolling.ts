import { useTimeoutFn } from '@vueuse/core'
import { type Ref, ref, watch } from 'vue'

/** Milliseconds without a move after which a list is at rest. */
export const restAfter = 100

/**
 * Whether a list is scrolled too fast for its pages to be looked at: by more than a page at once, and again before it
 * came to rest. A single jump comes from a key or a click, and its target is looked at.
 * @param offset how far the list is scrolled, in pixels
 * @param page height of what is on screen
 */
export function useFastScrolling(offset: () => number, page: () => number): Readonly<Ref<boolean>> {
  const isScrollingFast = ref(false)
  let jumps = 0
  const { start: waitForRest } = useTimeoutFn(
    () => {
      jumps = 0
      isScrollingFast.value = false
    },
    restAfter,
    { immediate: false },
  )
  watch(offset, (now, before) => {
    jumps = Math.abs(now - before) > page() ? jumps + 1 : 0
    if (jumps > 1) isScrollingFast.value = true
    waitForRest()
  })
  return isScrollingFast
}
