/** The defect types of a dataset: which there are, their colors, and the one that is drawn with. */
import { computed, type Ref, ref } from 'vue'
import type { DatasetSummary } from '../../../shared/dataset.ts'
import {
  type DefectType,
  defectColor,
  ignoredType,
  type ListedDefectType,
  type Shape,
  unnamedDefect,
} from '../../../shared/label.ts'
import { call } from '../../bridge.ts'
import { useNoticesStore } from '../../data/notices.ts'

export function useDefectTypes(
  dataset: Readonly<Ref<DatasetSummary | null>>,
  shapes: Readonly<Ref<readonly Shape[]>>,
) {
  const notices = useNoticesStore()
  const types = ref<ListedDefectType[]>([])
  const chosen = ref('')

  /** How many shapes of the photograph at hand are of each type. */
  const used = computed(() => {
    const counts = new Map<string, number>()
    for (const { defectType } of shapes.value) {
      if (defectType !== null && defectType !== ignoredType)
        counts.set(defectType, (counts.get(defectType) ?? 0) + 1)
    }
    return counts
  })
  /** How many regions to be ignored are drawn on it. */
  const ignored = computed(() => shapes.value.filter(({ defectType }) => defectType === ignoredType).length)
  /** Also types that only shapes have, so that each has a color. */
  const shown = computed<ListedDefectType[]>(() => {
    const names = new Set(types.value.map(({ name }) => name))
    const others = [...used.value.keys()].filter((name) => !names.has(name))
    return [
      ...types.value,
      ...others.map((name, i) => ({ name, color: defectColor(types.value.length + i), images: 1 })),
    ]
  })
  const drawn = computed(() => chosen.value || shown.value[0]?.name || unnamedDefect)
  /** The defect type of a part of which nothing else is said. */
  const said = computed(() =>
    drawn.value === ignoredType ? (shown.value[0]?.name ?? unnamedDefect) : drawn.value,
  )
  const colorOf = (name: string): string => {
    // On the photograph it is hatched; this is for its outline while it is drawn.
    if (name === ignoredType) return '#cfd6dd'
    return shown.value.find((type) => type.name === name)?.color ?? defectColor(0)
  }

  /** Answers to earlier calls that come later are dropped. */
  let turn = 0

  async function take(asked: Promise<ListedDefectType[]>): Promise<void> {
    turn += 1
    const mine = turn
    const answer = await asked
    if (mine !== turn) return
    types.value = answer
    const isKnown = chosen.value === ignoredType || answer.some(({ name }) => name === chosen.value)
    if (!isKnown) chosen.value = answer[0]?.name ?? ''
  }

  async function read(): Promise<void> {
    if (dataset.value !== null) await take(call('label.types', { dataset: dataset.value.id }))
  }

  /** After something was stored: its types stay in the list when another photograph is shown. */
  function readAgain(): void {
    types.value = [...shown.value]
    read().catch(notices.fail)
  }

  async function set(next: readonly DefectType[]): Promise<void> {
    if (dataset.value === null) return
    const types = next.map(({ name, color }) => ({ name, color }))
    try {
      await take(call('label.setTypes', { dataset: dataset.value.id, types }))
    } catch (thrown) {
      notices.fail(thrown)
    }
  }

  return { stored: types, used, ignored, shown, chosen, drawn, said, colorOf, read, readAgain, set }
}
