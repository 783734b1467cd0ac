import { describe, expect, it } from 'vitest'
import { conditionOf } from '../../../scripts/test/skip-condition.mjs'

const names = ['suite', 'test']

describe('why a test was skipped', () => {
  it('is the condition before its name', () => {
    expect(conditionOf("it.skipIf(!existsSync(folder))('test', () => {})", names)).toBe(
      'here !existsSync(folder)',
    )
    expect(conditionOf('it.runIf(hasGpu)("test", () => {})', names)).toBe('here not hasGpu')
  })

  it('may be the condition of its suite', () => {
    const source = "describe.skipIf(isWindows)('suite', () => { it('test', () => {}) })"
    expect(conditionOf(source, names)).toBe('here isWindows')
  })

  it('is the innermost where there are two', () => {
    const source = "describe.skipIf(a)('suite', () => { it.skipIf(b)('test', () => {}) })"
    expect(conditionOf(source, names)).toBe('here b')
  })

  it('may be spread over lines', () => {
    const source = "it.skipIf(\n  process.platform === 'win32' ||\n    isRoot(),\n)(\n  'test',\n  () => {})"
    expect(conditionOf(source, names)).toMatch(/^here process\.platform === 'win32' \|\| isRoot\(\)/)
  })

  it('is not the condition of another test', () => {
    const source = "it.skipIf(a)('other', () => {})\nit('test', () => {})"
    expect(conditionOf(source, names)).toBeNull()
    expect(conditionOf("it.skip('test', () => {})", names)).toBeNull()
    expect(conditionOf('', names)).toBeNull()
  })
})
