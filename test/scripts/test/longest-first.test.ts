import { expect, it } from 'vitest'
import { typicalTime } from '../../../scripts/test/longest-first.mjs'

it('a file that opens a browser is begun before one that starts an engine, and that before one that only computes', () => {
  const sources = [
    "describeInChromium('runs in the window', () => {",
    'const session = sessionOn(dir)',
    "expect(auroc([1, 2], ['normal', 'anomalous'])).toBe(1)",
  ]
  const times = sources.map(typicalTime)
  expect(times).toEqual(times.toSorted((a, b) => b - a))
  expect(new Set(times).size).toBe(3)
})
