import { readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import SummaryReporter from '../../../scripts/test/summary-reporter.mjs'
import { temporaryFolder } from '../../main/store/temporary-folder.ts'

interface Case {
  fullName: string
  state: string
  note?: string
}

function summaryOf(source: string, cases: Case[], errors: unknown[] = [], unhandled: unknown[] = []) {
  const folder = temporaryFolder()
  const moduleId = join(folder, 'a.test.ts')
  const file = join(folder, 'summary.json')
  writeFileSync(moduleId, source)
  vi.stubEnv('FANOSCOPE_TEST_SUMMARY', file)
  const allTests = () =>
    cases.map(({ fullName, state, note }) => ({ fullName, result: () => ({ state, note }) }))
  new SummaryReporter().onTestRunEnd([{ moduleId, errors: () => errors, children: { allTests } }], unhandled)
  vi.unstubAllEnvs()
  return { ...JSON.parse(readFileSync(file, 'utf8')), file: relative(process.cwd(), moduleId) }
}

describe('the summary of a test run', () => {
  it('counts what passed and what failed', () => {
    const cases = [
      { fullName: 'a', state: 'passed' },
      { fullName: 'b', state: 'passed' },
      { fullName: 'c', state: 'failed' },
    ]
    expect(summaryOf('', cases)).toMatchObject({ passed: 2, failed: 1, skipped: [] })
  })

  it('counts a file that does not load, and an error outside of any test, as failed', () => {
    expect(summaryOf('', [], [new Error('x')])).toMatchObject({ passed: 0, failed: 1 })
    expect(summaryOf('', [{ fullName: 'a', state: 'passed' }], [], [1, 2])).toMatchObject({ failed: 2 })
  })

  it('counts a test that never ran as failed', () => {
    expect(summaryOf('', [{ fullName: 'a', state: 'pending' }])).toMatchObject({ passed: 0, failed: 1 })
  })

  it('gives each skipped test its reason: the note, else the condition', () => {
    const source = "describe('suite', () => { it.skipIf(isWindows)('by condition', () => {}) })"
    const { skipped, file } = summaryOf(source, [
      { fullName: 'suite > by note', state: 'skipped', note: 'no desktop' },
      { fullName: 'suite > by condition', state: 'skipped' },
      { fullName: 'suite > by nothing', state: 'skipped' },
    ])
    expect(skipped).toEqual([
      { file, test: 'suite > by note', reason: 'no desktop' },
      { file, test: 'suite > by condition', reason: 'here isWindows' },
      { file, test: 'suite > by nothing', reason: 'no reason given' },
    ])
  })
})
