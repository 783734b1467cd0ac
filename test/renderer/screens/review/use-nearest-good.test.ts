import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { effectScope, nextTick, reactive, ref, shallowRef } from 'vue'
import type { Spot } from '../../../../src/renderer/screens/review/map-spots.ts'
import { useNearestGood } from '../../../../src/renderer/screens/review/use-nearest-good.ts'
import type { PartAtHand } from '../../../../src/renderer/screens/review/use-part-pictures.ts'
import type { ComparedPlace } from '../../../../src/shared/nearest-good.ts'
import { installFakeBridge } from '../../fake-bridge.ts'
import { reviewItem } from './review-items.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

const placeAt = (x: number): ComparedPlace => ({ x, y: 0.5, across: 8, down: 8, distance: 2, nearest: [] })

/** The comparison of a part, with main answering when a test says so. */
function compared(firstSpots: readonly Spot[] | null) {
  const bridge = installFakeBridge()
  const asked: { image: number; answer: () => void; refuse: () => void }[] = []
  bridge.answer(
    'review.nearest',
    ({ image, places }) =>
      new Promise((resolve, reject) => {
        asked.push({
          image,
          answer: () => resolve(places.map(({ x }) => placeAt(x))),
          refuse: () => reject({ code: 'nearest-unknown', params: {} }),
        })
      }),
  )
  const part = reactive<PartAtHand>({ run: 'run-1', item: reviewItem(1), upcoming: [], threshold: 1 })
  const spots = shallowRef(firstSpots)
  const wanted = ref(true)
  const scope = effectScope()
  const nearest = scope.run(() => useNearestGood(part, spots, wanted))
  if (nearest === undefined) throw new Error('The scope has ended.')
  /** As long as a person stays with the part before main is asked. */
  const stay = () => vi.advanceTimersByTimeAsync(1000)
  const seen = () => ({ loading: nearest.loading.value, places: nearest.places.value.map(({ x }) => x) })
  return { asked, part, spots, wanted, nearest, stay, seen }
}

it('are looked for until the answer is there, and before they are asked for too', async () => {
  const { asked, spots, stay, seen } = compared(null)
  await stay()
  expect(seen()).toEqual({ loading: true, places: [] })
  spots.value = [{ x: 0.25, y: 0.5 }]
  await nextTick()
  expect(seen()).toEqual({ loading: true, places: [] })
  await stay()
  expect(seen()).toEqual({ loading: true, places: [] })
  asked[0]?.answer()
  await stay()
  expect(seen()).toEqual({ loading: false, places: [0.25] })
})

it('are looked for again with the next part, at once and without those of the part before', async () => {
  const { asked, part, spots, stay, seen } = compared([{ x: 0.25, y: 0.5 }])
  await stay()
  asked[0]?.answer()
  await stay()
  part.item = reviewItem(2)
  spots.value = [{ x: 0.75, y: 0.5 }]
  await nextTick()
  expect(seen()).toEqual({ loading: true, places: [] })
  await stay()
  asked[1]?.answer()
  await stay()
  expect(asked.map(({ image }) => image)).toEqual([1, 2])
  expect(seen()).toEqual({ loading: false, places: [0.75] })
})

it('stay on screen while the same part is asked about again', async () => {
  const { asked, spots, stay, seen } = compared([{ x: 0.25, y: 0.5 }])
  await stay()
  asked[0]?.answer()
  await stay()
  spots.value = [{ x: 0.5, y: 0.5 }]
  await stay()
  expect([asked.length, seen()]).toEqual([2, { loading: false, places: [0.25] }])
})

it('are none, and main is not asked, where the map has no spot', async () => {
  const { asked, stay, seen } = compared([])
  await stay()
  expect([asked.length, seen()]).toEqual([0, { loading: false, places: [] }])
})

it('are no longer looked for where main cannot tell', async () => {
  const { asked, nearest, stay, seen } = compared([{ x: 0.25, y: 0.5 }])
  await stay()
  asked[0]?.refuse()
  await stay()
  expect([nearest.failure.value?.code, seen().loading]).toEqual(['nearest-unknown', false])
})
