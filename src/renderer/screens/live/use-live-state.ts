/** The figures and newest parts of the watched folder, read again whenever a part was judged. */
import { onScopeDispose, ref, shallowRef, watch } from 'vue'
import type { FailureData } from '../../../shared/failure.ts'
import type { LivePart, LiveState } from '../../../shared/live.ts'
import { call, listen } from '../../bridge.ts'
import { asFailure } from '../../failure.ts'

/**
 * @param progress of the job that watches; it also changes when parts arrive that are not judged yet
 * @param judged is called with each part that was judged
 */
export function useLiveState(progress: () => unknown, judged: (part: LivePart) => void) {
  const state = shallowRef<LiveState | null>(null)
  const failure = ref<FailureData | null>(null)
  let isReading = false
  let isStale = false

  /** Reads once at a time: at ten parts a second, several are covered by one reading. */
  async function read(): Promise<void> {
    if (isReading) {
      isStale = true
      return
    }
    isReading = true
    try {
      state.value = await call('live.state', {})
      failure.value = null
    } catch (thrown) {
      failure.value = asFailure(thrown)
    } finally {
      isReading = false
    }
    if (isStale) {
      isStale = false
      await read()
    }
  }

  watch(progress, () => void read())
  onScopeDispose(
    listen('live.judged', (part) => {
      judged(part)
      void read()
    }),
  )
  void read()
  return { state, failure, read }
}
