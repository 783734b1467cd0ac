import { createPinia, setActivePinia } from 'pinia'
import { afterEach, describe, expect, it } from 'vitest'
import { useNoticesStore } from '../../src/renderer/data/notices.ts'
import { asFailure, failureWords, reasonOf } from '../../src/renderer/failure.ts'
import { i18n } from '../../src/renderer/i18n/index.ts'

const unscored = { code: 'not-scored', params: { run: 'r-1', split: 'validation' } }

describe('a failure', () => {
  it('is shown in an English window in English, with its values', () => {
    expect(failureWords(unscored, 'en')).toEqual({
      title: 'The run r-1 has not scored the validation split.',
      remedy: 'Score it first: fanoscope score --run r-1 --split validation',
    })
  })

  it('is shown in a Chinese window in Chinese, with its values', () => {
    expect(failureWords(unscored, 'zh-CN')).toEqual({
      title: '训练 r-1 尚未为验证集评分。',
      remedy: '请先用该训练评分：fanoscope score --run r-1 --split validation',
    })
  })

  it('that was stored before words became data keeps its words', () => {
    const params = { code: 'disk-full', message: 'The disk is full.', remedy: 'Free some space.' }
    expect(failureWords({ code: 'recorded-before', params }, 'zh-CN')).toEqual({
      title: 'The disk is full.',
      remedy: 'Free some space.',
    })
  })

  it('with a code that nobody knows says the code', () => {
    expect(failureWords({ code: 'of-a-later-version', params: {} }, 'zh-CN').title).toBe('of-a-later-version')
  })

  it('that is another one for a reason says what that one is', () => {
    const params = { file: 'a.png', reason: reasonOf({ code: 'file-missing', params: { file: 'maps/7' } }) }
    expect(failureWords({ code: 'picture-unreadable', params }, 'en').title).toBe(
      'The pictures of a.png cannot be shown (maps/7 cannot be read.).',
    )
    expect(reasonOf(new Error('no picture'))).toBe('no picture')
  })
})

describe('what a call rejects with', () => {
  it('is the failure, where it is one', () => {
    expect(asFailure({ ...unscored, stack: 'secret' })).toEqual(unscored)
  })

  it.each([new TypeError('x is not y'), 'x is not y'])(
    'is an error of the window in any other case',
    (thrown) => {
      expect(asFailure(thrown)).toEqual({
        code: 'internal',
        params: { case: 'window', message: 'x is not y' },
      })
    },
  )
})

describe('a failure in the corner', () => {
  afterEach(() => {
    i18n.global.locale.value = 'en'
  })

  it('speaks the language of the window', () => {
    setActivePinia(createPinia())
    i18n.global.locale.value = 'zh-CN'
    const notices = useNoticesStore()
    notices.fail({ code: 'disk-full', params: {} })
    expect(notices.notices).toMatchObject([
      {
        title: '磁盘已满：最后一次更改没有保存。此前已确认的内容是安全的。',
        detail: '请在工作区所在的磁盘上腾出空间，然后重做最后一步。',
      },
    ])
  })
})
