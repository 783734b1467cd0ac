/** The defect types of a dataset: which there are, their colors, and the one that is drawn with. */
import { computed, type Ref, ref } from 'vue'
import type { DatasetSummary } from '../../../shared/dataset.ts'
import { type DefectType, defectColor, type Shape, unnamedDefect } from '../../../shared/label.ts'
import { call } from '../../bridge.ts'
import { useNoticesStore } from '../../data/notices.ts'

export function useDefectTypes(
  dataset: Readonly<Ref<DatasetSummary | null>>,
  shapes: Readonly<Ref<readonly Shape[]>>,
) {
  const notices = useNoticesStore()
  const types = ref<DefectType[]>([])
  const chosen = ref('')

  /** How many shapes of the photograph at hand are of each type. */
  const used = computed(() => {
    const counts = new Map<string, number>()
    for (const { defectType } of shapes.value) {
      if (defectType !== null) counts.set(defectType, (counts.get(defectType) ?? 0) + 1)
    }
    return counts
  })
  /** Also types that only shapes have, so that each has a color. */
  const shown = computed<DefectType[]>(() => {
    const names = new Set(types.value.map(({ name }) => name))
    const others = [...used.value.keys()].filter((name) => !names.has(name))
    return [
      ...types.value,
      ...others.map((name, i) => ({ name, color: defectColor(types.value.length + i) })),
    ]
  })
  const drawn = computed(() => chosen.value || shown.value[0]?.name || unnamedDefect)
  const colorOf = (name: string): string =>
    shown.value.find((type) => type.name === name)?.color ?? defectColor(0)

  async function read(): Promise<void> {
    if (dataset.value === null) return
    types.value = await call('label.types', { dataset: dataset.value.id })
    if (!types.value.some(({ name }) => name === chosen.value)) chosen.value = types.value[0]?.name ?? ''
  }

  async function set(next: DefectType[]): Promise<void> {
    if (dataset.value === null) return
    try {
      types.value = await call('label.setTypes', { dataset: dataset.value.id, types: next })
    } catch (thrown) {
      notices.fail(thrown)
    }
  }

  return { used, shown, chosen, drawn, colorOf, read, set }
}
