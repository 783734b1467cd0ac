import { expect, it } from 'vitest'
import { summaryLines } from '../../../scripts/test/summary-lines.mjs'

it('a test run ends with how long it took, and with its counts as the last line', () => {
  expect(summaryLines({ passed: 12, failed: 1, skipped: [] }, 492_300)).toEqual([
    'Took 8 min 12 s',
    '12 passed, 1 failed, 0 skipped',
  ])
})

it('each skipped test is listed before, with its reason', () => {
  const skipped = [{ file: 'test/a.test.ts', test: 'suite > case', reason: 'no desktop' }]
  expect(summaryLines({ passed: 2, failed: 0, skipped }, 4000)).toEqual([
    'Skipped:',
    '  test/a.test.ts: suite > case',
    '    no desktop',
    'Took 4.0 s',
    '2 passed, 0 failed, 1 skipped',
  ])
})
