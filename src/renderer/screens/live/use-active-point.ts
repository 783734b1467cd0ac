/** The operating point by which the parts of a run are judged now. */
import { onScopeDispose, shallowRef, watch } from 'vue'
import type { OperatingPoint } from '../../../shared/threshold.ts'
import { call, listen } from '../../bridge.ts'
import { useNoticesStore } from '../../data/notices.ts'

export function useActivePoint(run: () => string | undefined) {
  const notices = useNoticesStore()
  const point = shallowRef<OperatingPoint | null>(null)

  async function read(): Promise<void> {
    const asked = run()
    if (asked === undefined) return
    try {
      const { active, points } = await call('point.list', { run: asked })
      if (asked === run()) point.value = points.find(({ id }) => id === active) ?? null
    } catch (thrown) {
      notices.fail(thrown)
    }
  }

  watch(run, () => void read(), { immediate: true })
  onScopeDispose(
    listen('point.changed', ({ run: changed }) => {
      if (changed === run()) void read()
    }),
  )
  return point
}
