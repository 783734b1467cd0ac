import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type EffectScope, effectScope } from 'vue'
import { settingKeeper } from '../../../src/renderer/data/setting-keeper.ts'
import { type FakeBridge, installFakeBridge } from '../fake-bridge.ts'

let bridge: FakeBridge
let page: EventTarget & { visibilityState: string }
let scope: EffectScope

beforeEach(() => {
  vi.useFakeTimers()
  bridge = installFakeBridge()
  page = Object.assign(new EventTarget(), { visibilityState: 'visible' })
  vi.stubGlobal('document', page)
  scope = effectScope()
})
afterEach(() => {
  scope.stop()
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

const stored = (): unknown[] =>
  bridge.calls.filter(({ name }) => name === 'setting.set').map(({ input }) => input)
const kept = (...values: number[]): unknown[] =>
  values.map((value) => ({ key: 'ui.opacity', value, operator: null }))
const keeper = (): ((value: unknown) => void) =>
  scope.run(() => settingKeeper('ui.opacity')) ?? expect.unreachable()

describe('a setting', () => {
  it('that is chosen once is stored at once, and once', () => {
    keeper()(0.5)
    expect(stored()).toEqual(kept(0.5))
    vi.runAllTimers()
    expect(stored()).toEqual(kept(0.5))
  })

  it('that is dragged is stored as it was at the end, not at each step', () => {
    const keep = keeper()
    for (let step = 1; step <= 100; step += 1) {
      keep(step)
      vi.advanceTimersByTime(16)
    }
    expect(stored()).toEqual(kept(1))
    vi.runAllTimers()
    expect(stored()).toEqual(kept(1, 100))
    keep(7)
    expect(stored()).toEqual(kept(1, 100, 7))
  })

  it.each([
    ['its screen is left', () => scope.stop()],
    [
      'the window is hidden',
      () => {
        page.visibilityState = 'hidden'
        page.dispatchEvent(new Event('visibilitychange'))
      },
    ],
  ])('is stored as it is when %s during a drag', (_when, leave) => {
    const keep = keeper()
    keep(1)
    keep(2)
    leave()
    expect(stored()).toEqual(kept(1, 2))
  })
})
