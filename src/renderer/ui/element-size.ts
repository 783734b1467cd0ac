/** The size of an element as it changes, in whole pixels, since the size of a canvas is a whole number of pixels. */
import { useResizeObserver } from '@vueuse/core'
import { type Ref, ref } from 'vue'

export function useElementSize(element: Readonly<Ref<HTMLElement | null>>) {
  const width = ref(0)
  const height = ref(0)
  useResizeObserver(element, ([entry]) => {
    if (entry === undefined) return
    width.value = Math.floor(entry.contentRect.width)
    height.value = Math.floor(entry.contentRect.height)
  })
  return { width, height }
}
