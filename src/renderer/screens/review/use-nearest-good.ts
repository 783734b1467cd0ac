/** What the spots of the part at hand were compared with, asked once the person stays with it. */
import { watchDebounced } from '@vueuse/core'
import { computed, type Ref, ref, watch } from 'vue'
import { call } from '../../bridge.ts'
import { useAnswer } from '../../data/answer.ts'
import type { Spot } from './map-spots.ts'
import { markOf } from './place-mark.ts'
import type { PartAtHand } from './use-part-pictures.ts'

/** Milliseconds: whoever steps through parts quickly asks for none of them. */
const pause = 250

export function useNearestGood(
  part: Readonly<PartAtHand>,
  /** Null while the part is loaded. */
  spots: Readonly<Ref<readonly Spot[] | null>>,
  wanted: Readonly<Ref<boolean>>,
) {
  const chosen = ref(0)
  // The answer stays until the next one is there: what a person looks at is not taken away meanwhile.
  const ask = async () => {
    const {
      run,
      item: { image },
    } = part
    if (!wanted.value || spots.value === null) return null
    const asked = [...spots.value]
    return {
      run,
      image,
      places: asked.length === 0 ? [] : await call('review.nearest', { run, image, places: asked }),
    }
  }
  const { answer, failure, read } = useAnswer(ask, { keeps: true })
  /** Null until the part at hand has its answer. */
  const answered = computed(() =>
    answer.value?.image === part.item.image && answer.value.run === part.run ? answer.value.places : null,
  )
  const places = computed(() => answered.value ?? [])
  const place = computed(() => (wanted.value ? (places.value[chosen.value] ?? null) : null))
  const mark = computed(() => place.value && markOf(part.item, place.value))

  watch(
    () => part.item.image,
    () => {
      chosen.value = 0
    },
  )
  watchDebounced([() => part.run, spots, wanted], read, { debounce: pause, immediate: true })

  return {
    chosen,
    places,
    mark,
    failure,
    loading: computed(() => wanted.value && failure.value === null && answered.value === null),
    next(): void {
      if (places.value.length > 0) chosen.value = (chosen.value + 1) % places.value.length
    },
  }
}
