import { expect, it } from 'vitest'
import { effectScope, nextTick, ref } from 'vue'
import { useRangeAgreement } from '../../../../src/renderer/screens/datasets/range-agreement.ts'
import type { SampleRange } from '../../../../src/shared/sample-range.ts'

function asked(confirmed: SampleRange | null = null) {
  const seen = ref<SampleRange>({ low: 0, high: 1 })
  const range = ref(confirmed)
  const agreement = effectScope().run(() => useRangeAgreement(() => seen.value, range))
  if (agreement === undefined) throw new Error('The scope has ended.')
  return { seen, range, ...agreement }
}

it('is confirmed by a person alone, and not by numbers that were typed', async () => {
  const { range, typed, agreed } = asked()
  typed.value.high = 4
  await nextTick()
  expect(range.value).toBeNull()
  agreed.value = true
  await nextTick()
  expect(range.value).toEqual({ low: 0, high: 4 })
})

it.each([
  ['black is white', { low: 1 }],
  ['black is above white', { low: 2 }],
  ['a number is missing', { high: null }],
])('cannot be confirmed where %s, and has to be confirmed again afterwards', async (_case, wrong) => {
  const { range, typed, agreed, valid } = asked()
  agreed.value = true
  await nextTick()
  Object.assign(typed.value, wrong)
  await nextTick()
  expect([valid.value, range.value]).toEqual([null, null])
  Object.assign(typed.value, { low: 0, high: 1 })
  await nextTick()
  expect([agreed.value, valid.value, range.value]).toEqual([false, { low: 0, high: 1 }, null])
})

it('stays confirmed when the folder is looked at again and has the same values', async () => {
  const { seen, range, agreed } = asked()
  agreed.value = true
  seen.value = { low: 0, high: 1 }
  await nextTick()
  expect(range.value).toEqual({ low: 0, high: 1 })
})

it('is asked again, with the numbers that are seen, where the photographs have other values', async () => {
  const { seen, range, typed, agreed } = asked()
  agreed.value = true
  await nextTick()
  seen.value = { low: 0, high: 7 }
  await nextTick()
  expect([agreed.value, range.value, typed.value]).toEqual([false, null, { low: 0, high: 7 }])
})

it('is shown as it was confirmed when the question comes back to the screen', () => {
  const { typed, agreed } = asked({ low: 2, high: 5 })
  expect([agreed.value, typed.value]).toEqual([true, { low: 2, high: 5 }])
})
