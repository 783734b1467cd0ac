import { describe, expect, it } from 'vitest'
import { isBelow } from '../../../src/main/shell/policy.ts'
import { siteBase } from '../../../src/preload/channels.ts'

describe('whether an address is Fanoscope’s own', () => {
  it.each([`${siteBase}`, `${siteBase}index.html#/review/r-1`, `${siteBase}asset/map/r-1/2?w=1`])(
    '%s is',
    (address) => expect(isBelow(siteBase, address)).toBe(true),
  )

  it.each([
    'https://example.com/',
    'http://127.0.0.1/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'data:text/html,hello',
    'about:blank',
    'fanoscope://apps/',
    'fanoscope://app.example.com/',
    'fanoscope://evil@app/',
    'fanoscope:app/',
    'https://example.com/fanoscope://app/',
    'not an address',
    '',
  ])('%s is not', (address) => expect(isBelow(siteBase, address)).toBe(false))
})
