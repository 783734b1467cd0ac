import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { useNoticesStore } from '../../../src/renderer/data/notices.ts'

beforeEach(() => {
  setActivePinia(createPinia())
  vi.useFakeTimers()
})
afterEach(() => vi.useRealTimers())

describe('messages in the corner', () => {
  it('go away by themselves when they are good news', () => {
    const notices = useNoticesStore()
    notices.tell('good', 'Done')
    vi.runAllTimers()
    expect(notices.notices).toEqual([])
  })

  it('stay until they are closed when something failed', () => {
    const notices = useNoticesStore()
    notices.fail({ code: 'drop-unknown', params: {} })
    vi.runAllTimers()
    expect(notices.notices).toMatchObject([
      { title: 'This folder is not being dropped any more.', detail: 'Drop it again.' },
    ])
    notices.close(notices.notices[0]?.id ?? 0)
    expect(notices.notices).toEqual([])
  })

  it('are never more than four', () => {
    const notices = useNoticesStore()
    for (const title of ['a', 'b', 'c', 'd', 'e']) notices.tell('info', title)
    expect(notices.notices.map(({ title }) => title)).toEqual(['b', 'c', 'd', 'e'])
  })

  it('say something of an error that nobody foresaw', () => {
    const notices = useNoticesStore()
    expect(notices.fail(new TypeError('x is not a function'))).toEqual({
      code: 'internal',
      params: { case: 'window', message: 'x is not a function' },
    })
    expect(notices.notices).toMatchObject([{ title: 'x is not a function', detail: '' }])
  })
})
