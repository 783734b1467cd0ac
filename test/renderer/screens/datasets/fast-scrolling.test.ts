import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { effectScope, nextTick, ref } from 'vue'
import { restAfter, useFastScrolling } from '../../../../src/renderer/screens/datasets/fast-scrolling.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const page = 600

function list() {
  const offset = ref(0)
  const scope = effectScope()
  const isScrollingFast = scope.run(() =>
    useFastScrolling(
      () => offset.value,
      () => page,
    ),
  )
  return {
    scope,
    isScrollingFast: () => isScrollingFast?.value,
    async scroll(by: number) {
      offset.value += by
      await nextTick()
    },
  }
}

it('is not fast after one jump, which is a key or a click', async () => {
  const { scroll, isScrollingFast } = list()
  await scroll(50 * page)
  expect(isScrollingFast()).toBe(false)
  vi.advanceTimersByTime(restAfter)
  await scroll(-50 * page)
  expect(isScrollingFast()).toBe(false)
})

it('is fast from the second jump on, and no longer once it has come to rest', async () => {
  const { scroll, isScrollingFast } = list()
  await scroll(3 * page)
  await scroll(3 * page)
  expect(isScrollingFast()).toBe(true)
  vi.advanceTimersByTime(restAfter - 1)
  expect(isScrollingFast()).toBe(true)
  vi.advanceTimersByTime(1)
  expect(isScrollingFast()).toBe(false)
})

it('is never fast with less than a page at once, as a wheel moves it', async () => {
  const { scroll, isScrollingFast } = list()
  for (let i = 0; i < 20; i++) await scroll(page / 2)
  expect(isScrollingFast()).toBe(false)
})

it('waits for nothing once its screen is left', async () => {
  const { scope, scroll } = list()
  await scroll(3 * page)
  scope.stop()
  expect(vi.getTimerCount()).toBe(0)
})
