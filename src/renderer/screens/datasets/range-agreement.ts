/**
 * Which values are black and white, as a person types and confirms them. Numbers that were typed count for nothing by
 * themselves, and what is confirmed counts only for the photographs that were looked at.
 */
import { computed, type Ref, ref, watch } from 'vue'
import type { SampleRange } from '../../../shared/sample-range.ts'

type Typed = { [value in keyof SampleRange]: number | null | undefined }

/**
 * @param seen the values of the photographs
 * @param range is set to the range that was confirmed; null where none is
 */
export function useRangeAgreement(seen: () => SampleRange, range: Ref<SampleRange | null>) {
  const typed = ref<Typed>({ ...(range.value ?? seen()) })
  const agreed = ref(range.value !== null)
  /** Null where the numbers are no range. */
  const valid = computed<SampleRange | null>(() => {
    const { low, high } = typed.value
    return typeof low === 'number' && typeof high === 'number' && low < high ? { low, high } : null
  })

  watch(valid, (now) => {
    if (now === null) agreed.value = false
  })
  // The numbers and not the object, which is another one after each look into the folder.
  watch([() => seen().low, () => seen().high], () => {
    typed.value = { ...seen() }
    agreed.value = false
  })
  watch([agreed, valid], () => {
    range.value = agreed.value ? valid.value : null
  })

  return { typed, agreed, valid }
}
