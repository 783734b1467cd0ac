/** The curves of one run: what is stored, then what a running training adds. */
import { onBeforeUnmount, ref, shallowRef, watch } from 'vue'
import type { FailureData } from '../../shared/failure.ts'
import { call, listen } from '../bridge.ts'
import { asFailure } from '../failure.ts'
import { Curves, type PhaseCurves } from './loss-curves.ts'

/** Milliseconds between two drawings of curves that grow. */
const betweenDrawings = 1_000

export function useRunCurves(runOf: () => string) {
  const phases = shallowRef<PhaseCurves[]>([])
  const state = ref<'loading' | 'ready' | 'failed'>('loading')
  const failure = ref<FailureData | null>(null)
  let curves = new Curves()
  let drawing: ReturnType<typeof setTimeout> | undefined

  /**
   * Draws at most once in this time, however many points arrive: without a graphics card, drawing takes processor time
   * from the training.
   */
  function draw(): void {
    drawing ??= setTimeout(() => {
      drawing = undefined
      phases.value = curves.phases()
    }, betweenDrawings)
  }

  async function load(): Promise<void> {
    const run = runOf()
    const mine = new Curves()
    curves = mine
    phases.value = []
    state.value = 'loading'
    try {
      const { points } = await call('run.curves', { run })
      if (curves !== mine) return
      mine.add(points)
      phases.value = mine.phases()
      failure.value = null
      state.value = 'ready'
    } catch (thrown) {
      if (curves !== mine) return
      failure.value = asFailure(thrown)
      state.value = 'failed'
    }
  }

  const stop = listen('run.points', ({ run, points }) => {
    if (run !== runOf()) return
    curves.add(points)
    draw()
  })
  watch(runOf, () => void load(), { immediate: true })
  onBeforeUnmount(() => {
    stop()
    clearTimeout(drawing)
  })

  return { phases, state, failure, load }
}
