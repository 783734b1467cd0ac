import { describe, expect, it } from 'vitest'
import { repairLanguage } from '../../../src/renderer/i18n/language-tag.ts'

const repaired = (language: string): string => {
  const navigator = { language }
  repairLanguage(navigator)
  return navigator.language
}

describe('the language of the window', () => {
  it('stays as it is where Intl knows it', () => {
    expect(repaired('zh-CN')).toBe('zh-CN')
  })

  it('loses what the POSIX locale adds, so that numbers can be formatted', () => {
    expect(repaired('en-US@posix')).toBe('en-US')
    expect(new Intl.NumberFormat(repaired('en-US@posix')).format(1000)).toBe('1,000')
  })

  it('is English where nothing of it can be understood', () => {
    expect(repaired('')).toBe('en')
    expect(repaired('C.UTF-8')).toBe('en')
  })
})
