import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type ReportLanguage, sayIn } from '../../../../src/main/features/report/words.ts'
import { writeReport } from '../../../../src/main/features/report/write-report.ts'
import { settingsInUse } from '../../../../src/main/features/runs/score-settings.ts'
import { recordModelUse } from '../../../../src/main/store/model-uses.ts'
import { savePoint } from '../../../../src/main/store/operating-points.ts'
import { findOrMakeOperator } from '../../../../src/main/store/operators.ts'
import { findRun } from '../../../../src/main/store/runs.ts'
import { noFigures } from '../thresholds/no-figures.ts'
import { pdfContent } from './pdf-text.ts'
import { reported } from './reported.ts'

/** Of the four good parts none is flagged at 4.5, of the four defects three are. */
async function judged(target: string | null = 'fpr=0.02') {
  const { workspace, request, to } = await reported()
  const { db } = workspace
  const run = findRun(db, request.run)
  savePoint(db, {
    ...settingsInUse(db, run),
    run: run.id,
    name: 'Line 7',
    threshold: 4.512_345,
    regions: null,
    target,
    interval: null,
    validation: { normal: 4, anomalous: 4, hash: '0'.repeat(64) },
    figures: noFigures,
    operator: '李雷',
    reason: 'New fixture',
  })
  return { workspace, request, to, run }
}

async function pagesOf(
  { workspace, request, to }: Awaited<ReturnType<typeof judged>>,
  language: ReportLanguage = 'en',
): Promise<string[]> {
  const file = to('report.pdf')
  await writeReport(workspace, { ...request, language, form: 'pdf', to: file })
  return pdfContent(readFileSync(file)).text.replaceAll('\u200b', '').split('\n')
}

describe('the first page of a report', () => {
  it('says what an auditor looks for, and no parameter', async () => {
    const given = await judged()
    const { db } = given.workspace
    recordModelUse(db, {
      datasetId: given.run.datasetId,
      runId: given.run.id,
      action: 'promote',
      operatorId: findOrMakeOperator(db, '李雷').id,
      reason: 'Start of production',
      gate: null,
    })
    const [first = '', ...others] = await pagesOf(given)
    for (const said of [
      'parts',
      'fanogan',
      '4.51 and more is flagged (operating point "Line 7", version 1)',
      '4 good parts and 4 defects: the test images',
      // What it lets through, and what it rejects for nothing.
      '1 of 4',
      '25%; 95% interval: 5% to 70%',
      '0 of 4',
      '0%; 95% interval: 0% to 49%',
      'Too few parts to say whether the target is kept',
      'Target: at most 2% of good parts are flagged. Measured: 0 of 4, with a 95% interval of 0% to 49%.',
      'This model has been in use for parts since',
      // Who, when and why.
      'Threshold set',
      '李雷',
      'New fixture',
      'Start of production',
      'Wei Chen',
      'Jan 31, 2026',
      'Prepared',
      'Checked',
      'Approved',
      'Signature',
    ]) {
      expect(first).toContain(said)
    }
    for (const left of ['Parameters', 'Seed', 'SHA-256', given.run.id, '4.512345']) {
      expect(first).not.toContain(left)
    }
    expect(others.join()).toContain('Parameters')
    expect(others.join()).toContain('4.512345')
  })

  it.each(['en', 'zh-CN'] as const)('ends with the lines for the signatures (%s)', async (language) => {
    const say = sayIn(language)
    const pages = await pagesOf(await judged(), language)
    expect(pages[0]).toContain(say('approved'))
    expect(pages[1]).toContain(say('figures', { split: say('testImages') }))
  })

  it('says that a threshold by hand has no target', async () => {
    const [first] = await pagesOf(await judged(null))
    expect(first).toContain('The threshold was set by hand, without a target.')
    expect(first).toContain('Not in use: no model is in use for parts yet.')
  })

  it('names the files of parts and the models, not their numbers', async () => {
    const pages = await pagesOf(await judged())
    const audit = pages.find((page) => page.includes('What was done with this model'))
    expect(audit).toContain('part <0>.png')
    expect(audit).toContain('Line 7, Version 1: 4.51; New fixture')
  })
})
