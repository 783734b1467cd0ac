import { describe, expect, it } from 'vitest'
import { isNewer, isVersion } from '../../../../src/main/features/update/version-order.ts'

// The order of the examples of semver.org, section 11, and numbers that are no order of words.
const ascending = [
  '0.9.9',
  '0.10.0',
  '1.0.0-alpha',
  '1.0.0-alpha.1',
  '1.0.0-alpha.beta',
  '1.0.0-beta',
  '1.0.0-beta.2',
  '1.0.0-beta.11',
  '1.0.0-rc.1',
  '1.0.0',
  '1.0.1',
  '1.1.0',
  '2.0.0',
  '10.0.0',
]

describe('versions', () => {
  it('come one after the other as semver.org has it', () => {
    for (const [i, a] of ascending.entries())
      for (const [j, b] of ascending.entries()) expect(isNewer(a, b), `${a} after ${b}`).toBe(i > j)
  })

  it.each(['', '1', '1.0', 'v1.0.0', '1.0.0/..', '../1.0.0', '1.0.0-', '1.0.0+build'])(
    'are not what is none, which would be the name of a folder: "%s"',
    (text) => {
      expect(isVersion(text)).toBe(false)
      expect(isNewer(text, '0.0.1')).toBe(false)
    },
  )
})
