/**
 * Which part is on screen, and what the operator does with it. Flagged parts wait in the queue of the workspace until
 * each was seen; only a part that is shown whole, and stays on screen, can be decided.
 */
import { computed, ref, shallowRef } from 'vue'
import { useI18n } from 'vue-i18n'
import type { FailureData } from '../../../shared/failure.ts'
import type { LivePart, LiveState } from '../../../shared/live.ts'
import type { DecisionKind } from '../../../shared/review.ts'
import { call } from '../../bridge.ts'
import { useOperatorStore } from '../../data/operator.ts'
import { asFailure } from '../../failure.ts'

export type Act = DecisionKind | 'seen' | 'undo'

export function useFlaggedQueue(state: () => LiveState | null, read: () => Promise<void>) {
  const { t } = useI18n()
  const operators = useOperatorStore()
  const holdsFlagged = ref(true)
  /** The part that a person has chosen from a list. */
  const held = shallowRef<LivePart | null>(null)
  /** The part whose picture is on screen. */
  const shown = ref<number | null>(null)
  const saving = ref(false)
  const failed = ref<{ act: Act; failure: FailureData } | null>(null)
  const message = ref('')

  const queue = computed(() => state()?.unseen.parts ?? [])
  const part = computed(
    () => held.value ?? (holdsFlagged.value ? queue.value[0] : undefined) ?? state()?.parts[0] ?? null,
  )
  /** The part stays on screen whatever comes. */
  const stays = computed(() => held.value !== null || (holdsFlagged.value && queue.value.length > 0))
  const isUnseen = computed(() => queue.value.some(({ id }) => id === part.value?.id))
  const ready = computed(() => stays.value && part.value !== null && shown.value === part.value.id)
  const canDecide = computed(() => ready.value && part.value?.image != null && part.value.run !== null)

  function hold(chosen: LivePart | null): void {
    held.value = chosen
    failed.value = null
  }

  /** Goes to a neighbor in the queue, or in the list of the newest parts where none waits. */
  function step(by: number): void {
    const list = queue.value.length > 0 ? queue.value : (state()?.parts ?? [])
    const at = list.findIndex(({ id }) => id === part.value?.id)
    const next = list[Math.min(list.length - 1, Math.max(0, at + by))]
    if (next !== undefined) hold(next)
  }

  async function send(what: Act, operator: string, on: LivePart | null): Promise<void> {
    if (what === 'undo') {
      const { undone } = await call('live.undo', { operator })
      hold(undone)
      message.value = undone === null ? t('review.nothingToUndo') : t('review.undone', { file: undone.file })
    } else if (on !== null && what === 'seen') {
      await call('live.seen', { part: on.id, operator })
      message.value = t('live.queue.storedSeen', { file: on.file })
    } else if (on !== null && what !== 'seen' && on.image !== null && on.run !== null) {
      await call('review.decide', { run: on.run, image: on.image, decision: what, operator })
      message.value = t(`review.stored.${what}`, { file: on.file })
    }
    if (what !== 'undo' && held.value?.id === on?.id) hold(null)
  }

  async function act(what: Act): Promise<void> {
    if (saving.value || (what === 'seen' && !ready.value)) return
    if (what !== 'undo' && what !== 'seen' && !canDecide.value) return
    // A part that does not wait needs no mark: the screen goes on.
    if (what === 'seen' && !isUnseen.value) {
      hold(null)
      return
    }
    if (operators.operator === null) {
      if (await operators.askFirst('review.signInFirst')) await act(what)
      return
    }
    saving.value = true
    failed.value = null
    try {
      await send(what, operators.operator.name, part.value)
      await read()
    } catch (thrown) {
      message.value = ''
      failed.value = { act: what, failure: asFailure(thrown) }
    } finally {
      saving.value = false
    }
  }

  return {
    holdsFlagged,
    part,
    stays,
    isUnseen,
    ready,
    canDecide,
    shown,
    saving,
    failed,
    message,
    hold,
    step,
    act,
    showOldest: () => hold(queue.value[0] ?? null),
  }
}
