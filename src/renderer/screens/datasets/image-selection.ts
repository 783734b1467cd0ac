/** Images that are selected in the grid of a dataset, and what is done with all of them at once. */
import { computed, type Ref, ref } from 'vue'
import { useI18n } from 'vue-i18n'
import type { ChangedImages, DatasetSummary, GridFilter, ImageChange } from '../../../shared/dataset.ts'
import { call } from '../../bridge.ts'
import { useNoticesStore } from '../../data/notices.ts'
import { useOperatorStore } from '../../data/operator.ts'
import { useFormats } from '../../i18n/format.ts'

export function useImageSelection(
  dataset: Readonly<Ref<DatasetSummary | null>>,
  shown: { total: Readonly<Ref<number | null>>; filter: () => GridFilter },
) {
  const { t } = useI18n()
  const formats = useFormats()
  const notices = useNoticesStore()
  const operators = useOperatorStore()

  const chosen = ref<ReadonlySet<number>>(new Set())
  /** All that the filter shows is selected, whatever `chosen` says. */
  const everything = ref(false)
  const changing = ref(false)
  const count = computed(() => (everything.value ? (shown.total.value ?? 0) : chosen.value.size))

  function clear(): void {
    chosen.value = new Set()
    everything.value = false
  }

  function choose(ids: readonly number[], on: boolean): void {
    const next = new Set(chosen.value)
    for (const id of ids) {
      if (on) next.add(id)
      else next.delete(id)
    }
    everything.value = false
    chosen.value = next
  }

  async function change(what: ImageChange): Promise<void> {
    const of = dataset.value
    if (of === null || count.value === 0) return
    changing.value = true
    try {
      const { changed, wayBack } = await call('dataset.change', {
        dataset: of.id,
        choice: everything.value ? { filter: shown.filter() } : { ids: [...chosen.value] },
        change: what,
        operator: operators.operator?.name ?? null,
      })
      const text = t(`datasets.selection.done.${what.kind}`, { count: formats.value.count(changed) }, changed)
      const undo = { label: t('shortcuts.undo'), run: () => void takeBack(of.id, wayBack) }
      notices.tell('good', text, '', wayBack.length > 0 ? undo : null)
      clear()
    } catch (thrown) {
      notices.fail(thrown)
    } finally {
      changing.value = false
    }
  }

  async function takeBack(of: string, wayBack: ChangedImages['wayBack']): Promise<void> {
    try {
      const operator = operators.operator?.name ?? null
      for (const { ids, change: back } of wayBack) {
        await call('dataset.change', { dataset: of, choice: { ids }, change: back, operator })
      }
    } catch (thrown) {
      notices.fail(thrown)
    }
  }

  return { chosen, everything, changing, count, clear, choose, change }
}
