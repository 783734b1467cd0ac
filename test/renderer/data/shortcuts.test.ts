import { describe, expect, it } from 'vitest'
import { keyOf } from '../../../src/renderer/data/shortcuts.ts'

const pressed = (key: string, modifiers: Partial<Parameters<typeof keyOf>[0]> = {}) =>
  keyOf({ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...modifiers })

describe('a pressed key', () => {
  it('is the same with and without caps lock', () => {
    expect(pressed('A', { shiftKey: false })).toBe('a')
  })

  it('is the sign that shift makes', () => {
    expect(pressed('?', { shiftKey: true })).toBe('?')
  })

  it('is the same on a Mac', () => {
    expect(pressed('z', { ctrlKey: true })).toBe('ctrl+z')
    expect(pressed('z', { metaKey: true })).toBe('ctrl+z')
  })

  it('tells shift where the key has a name or another modifier', () => {
    expect(pressed('Tab', { shiftKey: true })).toBe('shift+Tab')
    expect(pressed('Z', { ctrlKey: true, shiftKey: true })).toBe('ctrl+shift+z')
    expect(pressed('1', { altKey: true })).toBe('alt+1')
  })
})
