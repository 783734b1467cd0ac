/**
 * Actions that a person starts and that take a while: they are run one at a time, the screen knows that one runs, and
 * what it failed of is told. Either as a notice, or as a failure that stays on the screen until the next one begins.
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

/** Actions that are told apart by name, and whose failure the screen shows in a place of its own. */
export function useNamedActions<Name extends string>() {
  const failure = ref<FailureData | null>(null)
  const { running, during } = oneAtATime<Name>((thrown) => {
    failure.value = asFailure(thrown)
  })
  return {
    failure,
    /** The one that runs; null where none does. */
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
