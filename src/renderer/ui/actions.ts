/**
 * Actions that a person starts and that take a while. They run one at a time, and the screen knows while one runs. A
 * failure is told as a notice, or stays on the screen until the next action begins.
 */
import { computed, type Ref, ref } from 'vue'
import type { FailureData } from '../../shared/failure.ts'
import { useNoticesStore } from '../data/notices.ts'
import { asFailure } from '../failure.ts'

/** Actions whose failures are notices. */
export function useActions() {
  const notices = useNoticesStore()
  const { running, during } = oneAtATime<'action'>(notices.fail)
  return {
    busy: computed(() => running.value !== null),
    during: (work: () => Promise<unknown>) => during('action', work),
  }
}

/** Actions with names, so that the screen knows which one runs; it shows their failure in a place of its own. */
export function useNamedActions<Name extends string>() {
  const failure = ref<FailureData | null>(null)
  const { running, during } = oneAtATime<Name>((thrown) => {
    failure.value = asFailure(thrown)
  })
  return {
    failure,
    /** The name of the action that runs; null where none does. */
    running,
    during(name: Name, work: () => Promise<unknown>): Promise<void> {
      return during(name, () => {
        failure.value = null
        return work()
      })
    },
  }
}

function oneAtATime<Name extends string>(fail: (thrown: unknown) => void) {
  const running: Ref<Name | null> = ref(null)
  return {
    running,
    /** Does nothing while another one runs. */
    async during(name: Name, work: () => Promise<unknown>): Promise<void> {
      if (running.value !== null) return
      running.value = name
      try {
        await work()
      } catch (thrown) {
        fail(thrown)
      } finally {
        running.value = null
      }
    },
  }
}
