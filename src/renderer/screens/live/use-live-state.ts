/** The figures, newest parts and queue of the watched folder, read again whenever a part was judged or seen. */
import { ref, shallowRef, watch } from 'vue'
import type { FailureData } from '../../../shared/failure.ts'
import type { LiveState } from '../../../shared/live.ts'
import { call } from '../../bridge.ts'
import { useEvent } from '../../data/use-event.ts'
import { asFailure } from '../../failure.ts'

/**
 * @param progress of the job that watches; it also changes when parts arrive that are not judged yet
 */
export function useLiveState(progress: () => unknown) {
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
  // Decisions may be made on another screen, in another window or by a command.
  useEvent('live.judged', () => void read())
  useEvent('live.seen', () => void read())
  useEvent('review.decided', () => void read())
  void read()
  return { state, failure, read }
}
