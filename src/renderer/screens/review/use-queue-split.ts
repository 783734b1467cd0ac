/** The split whose queue is on screen: the one that was chosen, or the one whose parts wait most urgently. */
import { type Ref, ref, watch } from 'vue'
import { type Split, splitSchema } from '../../../shared/image.ts'
import { call } from '../../bridge.ts'
import { useKeptChoice } from '../../data/kept-choice.ts'
import { useNoticesStore } from '../../data/notices.ts'
import { nextWaiting, type QueueSplit, splitToOpen, type Waiting } from './queue-split.ts'

const none = 'none'
const all = 'all'
type Choice = Split | typeof all | typeof none

/**
 * @param run the run whose parts are reviewed, once it is trained
 * @param asked the split that the address asks for
 */
export function useQueueSplit(run: Readonly<Ref<string | null>>, asked: () => unknown) {
  const notices = useNoticesStore()
  const choice = useKeptChoice<Choice>('review.split', none, [...splitSchema.options, all])
  const split = ref<QueueSplit>('test')
  const waiting = ref<Waiting | null>(null)
  /** The run for which the split was found: before, its queue need not be read. */
  const settledFor = ref<string | null>(null)

  async function count(id: string): Promise<void> {
    const found = await call('review.waiting', { run: id })
    if (run.value === id) waiting.value = found
  }

  /** Shows this split, and again after a reload. */
  function choose(name: QueueSplit): void {
    choice.value = name ?? all
    split.value = name
  }

  const chosen = (): QueueSplit | undefined =>
    choice.value === none ? undefined : choice.value === all ? null : choice.value

  watch(
    run,
    async (id) => {
      waiting.value = null
      if (id === null) return
      try {
        await count(id)
      } catch (thrown) {
        notices.fail(thrown)
      }
      if (run.value !== id) return
      const wanted = splitSchema.safeParse(asked())
      if (wanted.success) choose(wanted.data)
      else split.value = waiting.value === null ? (chosen() ?? 'test') : splitToOpen(waiting.value, chosen())
      settledFor.value = id
    },
    { immediate: true },
  )

  /** Where to go on once nothing of this split is left. */
  const next = (): Split | null =>
    waiting.value === null || split.value === null ? null : nextWaiting(waiting.value, split.value)

  return { split, waiting, settledFor, choose, count, next }
}
