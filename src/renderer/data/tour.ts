/** A tour in five steps along the sample line. It is offered once, and can be started again at any time. */
import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { useRememberedChoice } from './remembered-choice.ts'

/** The screens in the order of the work; each has its words under `tour.steps`. */
export const tourSteps = ['datasets', 'train', 'review', 'thresholds', 'curation'] as const

const isSeen = (value: unknown): value is boolean => typeof value === 'boolean'

export const useTourStore = defineStore('tour', () => {
  const seen = useRememberedChoice('tour-seen', false, isSeen)
  /** The step shown; null while there is no tour. */
  const at = ref<number | null>(null)
  const isOffered = ref(false)
  const step = computed(() => (at.value === null ? null : (tourSteps[at.value] ?? null)))

  /** Offered once: whoever took or declined it is not asked again. */
  function offer(): void {
    if (!seen.value && at.value === null) isOffered.value = true
  }

  function start(): void {
    isOffered.value = false
    at.value = 0
  }

  function go(by: number): void {
    if (at.value === null) return
    const next = at.value + by
    if (next >= tourSteps.length) end()
    else at.value = Math.max(0, next)
  }

  function end(): void {
    at.value = null
    isOffered.value = false
    seen.value = true
  }

  return { at, step, isOffered, offer, start, go, end }
})
