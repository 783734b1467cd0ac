/** The size of an element in whole pixels, as it changes: what is drawn on canvases has no halves of them. */
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
