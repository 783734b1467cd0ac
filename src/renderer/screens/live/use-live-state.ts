/** The figures, newest parts and queue of an inspection point, read again whenever a part was judged or seen. */
import { ref, shallowRef, watch } from 'vue'
import type { FailureData } from '../../../shared/failure.ts'
import type { LiveState } from '../../../shared/live.ts'
import { call } from '../../bridge.ts'
import { useEvent } from '../../data/use-event.ts'
import { asFailure } from '../../failure.ts'

/**
 * @param point which one; null while that is not known
 * @param progress of the job that watches; it also changes when parts arrive that are not judged yet
 */
export function useLiveState(point: () => string | null, progress: () => unknown) {
  const state = shallowRef<LiveState | null>(null)
  const failure = ref<FailureData | null>(null)
  let isReading = false
  let isStale = false

  /** Reads once at a time: at ten parts a second, several are covered by one reading. */
  async function read(): Promise<void> {
    const asked = point()
    if (asked === null) return
    if (isReading) {
      isStale = true
      return
    }
    isReading = true
    try {
      const answer = await call('live.state', { point: asked })
      if (asked === point()) state.value = answer
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

  watch([point, progress], () => void read())
  // Decisions may be made on another screen, in another window or by a command.
  useEvent('live.judged', () => void read())
  useEvent('inspection.changed', () => void read())
  useEvent('live.seen', () => void read())
  useEvent('review.decided', () => void read())
  void read()
  return { state, failure, read }
}
