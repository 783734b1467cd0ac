/**
 * From decisions to a better model and back, through the window; what comes of each step is read from SQLite, not
 * from the screen.
 */

import { copyFileSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import * as steps from '../../bench/loop-steps.ts'
import { settled } from '../../scripts/window/settled.mjs'
import { type Comparison, comparisonSchema } from '../../src/shared/comparison.ts'
import { gateSchema } from '../../src/shared/model.ts'
import { workingPointSchema } from '../../src/shared/threshold.ts'
import { imageIdSchema } from '../../src/shared/values.ts'
import { createStation, describeInChromium, done, eventually, patience } from './station.ts'

const waits = { training: 4 * patience, scoring: 2 * patience }
/** For a test in which something is trained, scored or judged live. */
const long = { timeout: 8 * patience }
const few = { ganSteps: '4', encoderSteps: '4', discriminatorSamples: '32' }
const margin = 0.02
/** With fewer parts of a type the gate says nothing of it, unless its recall surely fell. */
const partsToJudge = 10

describeInChromium('from decisions to a better model', () => {
  const station = createStation()
  const line = join(station.folder, 'line')
  const shift = join(station.folder, 'shift')
  /** Good parts of the shift, by file name. */
  const good = new Set<string>()
  const isGood = (file: string): boolean => good.has(file)
  let parts = 0
  /** The first run, the one that is retrained from it, and another that gives way to neither. */
  const runs = { first: '', retrained: '', other: '' }

  /** Rows of the workspace as they are on the disk. */
  function rows<S extends z.ZodType>(row: S, sql: string): z.infer<S>[] {
    const db = new Sqlite(join(station.workspace, 'fanoscope.db'), { readonly: true })
    try {
      return z.array(row).parse(db.prepare(sql).all())
    } finally {
      db.close()
    }
  }

  /** The comparison as the application makes it, with all its digits. */
  const compared = async (a: string, b: string): Promise<Comparison> =>
    comparisonSchema.parse(
      await station.page.evaluate(`window.fanoscope.call('run.compare', { a: '${a}', b: '${b}' })`),
    )

  /** Whether any figure of b that there are parts enough for is lower than that of a by more than the gate allows. */
  function isWorse({ delta, perDefectType }: Comparison): boolean {
    const least = -margin - 1e-9
    const types = Object.values(perDefectType)
    const figures = [
      delta.imageAuroc,
      delta.recall,
      ...types.flatMap(({ n, imageAuroc, recall }) => (n >= partsToJudge ? [imageAuroc, recall] : [])),
    ]
    return (
      figures.some((figure) => figure !== null && figure.b - figure.a < least) ||
      types.some(({ recall }) => recall !== null && recall.high < least)
    )
  }

  const useRow = z.object({
    run: z.string(),
    action: z.string(),
    operator: z.string(),
    reason: z.string().nullable(),
    gate: z
      .string()
      .nullable()
      .transform((text) => (text === null ? null : gateSchema.parse(JSON.parse(text)))),
  })
  const uses = () =>
    rows(
      useRow,
      `SELECT run_id AS run, action, operator.name AS operator, reason, gate
       FROM model_use JOIN operator ON operator.id = model_use.operator_id ORDER BY model_use.id`,
    )

  const pointRow = z.object({
    id: z.int(),
    version: z.int(),
    threshold: z.number(),
    target: z.string().nullable(),
    reason: z.string(),
    operator: z.string(),
    figures: z.string().transform((text) => workingPointSchema.parse(JSON.parse(text))),
    active: z.int(),
  })
  const points = (run: string) =>
    rows(
      pointRow,
      `SELECT point.id, point.version, point.threshold, point.target, point.reason, operator.name AS operator,
         point.figures,
         point.id = (SELECT point_id FROM operating_point_use WHERE run_id = point.run_id ORDER BY id DESC LIMIT 1)
           AS active
       FROM operating_point AS point JOIN operator ON operator.id = point.operator_id
       WHERE point.run_id = '${run}' ORDER BY point.id`,
    )

  beforeAll(async () => {
    const size = '--train 60 --test-good 10 --per-defect 4 --json'
    await done(station.command('sample', line, ...size.split(' ')))
    const day = join(station.folder, 'next day')
    const other = '--seed 7 --train 8 --test-good 1 --per-defect 1 --json'
    await done(station.command('sample', day, ...other.split(' ')))
    mkdirSync(shift)
    for (const folder of ['train/good', ...readdirSync(join(day, 'test')).map((kind) => `test/${kind}`)]) {
      for (const file of readdirSync(join(day, folder))) {
        parts += 1
        const name = `part ${parts}.png`
        copyFileSync(join(day, folder, file), join(shift, name))
        if (folder.endsWith('/good')) good.add(name)
      }
    }
  })

  it(
    'gives the validation set its share of the good parts and of each kind of defect, and freezes it',
    long,
    async () => {
      const page = await station.open('--workspace', station.workspace)
      await steps.signIn(page, 'Mei Lin')
      await steps.importPhotographs(page, line, 'line', waits)
      await steps.shareOut(page, { validation: 30, test: 10, defects: 50 })
      const counts = rows(
        z.object({ kind: z.string(), train: z.int(), validation: z.int(), test: z.int() }),
        `SELECT coalesce(defect_type, 'good') AS kind, sum(split = 'train') AS train,
         sum(split = 'validation') AS validation, sum(split = 'test') AS test
       FROM image GROUP BY kind ORDER BY kind`,
      )
      expect(counts.find(({ kind }) => kind === 'good')).toEqual({
        kind: 'good',
        train: 42,
        validation: 21,
        test: 7,
      })
      const defects = counts.filter(({ kind }) => kind !== 'good')
      expect(defects.map(({ train, validation, test }) => [train, validation, test])).toEqual(
        Array.from(defects, () => [0, 2, 2]),
      )
      expect(defects.length).toBe(5)
      expect(
        rows(z.object({ frozen: z.int() }), 'SELECT validation_frozen_at IS NOT NULL AS frozen FROM dataset'),
      ).toEqual([{ frozen: 1 }])
    },
  )

  it('keeps a threshold that was dragged as an operating point, with who set it and why', long, async () => {
    const { page } = station
    // A few steps of networks find nothing; the texture of good parts finds most.
    runs.first = await steps.train(
      page,
      { preset: 'smoke', seed: 1, set: { ...few, score: 'texture' } },
      waits,
    )
    await steps.scoreValidation(page, runs.first, waits)
    const slider = page.getByRole('slider', { name: 'Threshold' })
    const before = await slider.getAttribute('aria-valuenow')
    await steps.dragThreshold(page, 0.8)
    await eventually(() => slider.getAttribute('aria-valuenow')).not.toBe(before)
    // The last move of the pointer may still be on its way to the screen.
    await settled(page)
    const dragged = Number(await slider.getAttribute('aria-valuenow'))
    await steps.saveThreshold(page, 'Line', 'Set by hand at the start')
    const [point] = points(runs.first)
    expect(point).toMatchObject({
      version: 1,
      target: null,
      operator: 'Mei Lin',
      reason: 'Set by hand at the start',
      active: 1,
    })
    expect(point?.threshold).toBeCloseTo(dragged, 12)
  })

  it('finds the threshold for a recall, and keeps it as the next version beside the first', async () => {
    const { page } = station
    await steps.findThreshold(page, 90)
    await steps.saveThreshold(page, 'Line', 'Nine of ten defects')
    const [first, second] = points(runs.first)
    expect(first).toMatchObject({ version: 1, active: 0 })
    expect(second).toMatchObject({ version: 2, target: 'recall=0.9', active: 1 })
    const { truePositives, falseNegatives } = second?.figures ?? { truePositives: 0, falseNegatives: 1 }
    expect(truePositives + falseNegatives).toBe(10)
    expect(truePositives / (truePositives + falseNegatives)).toBeGreaterThanOrEqual(0.9)
  })

  it('takes the first model into use', async () => {
    const { page } = station
    await steps.openGate(page, runs.first, waits)
    await steps.promote(page, 'First of the line')
    expect(uses()).toMatchObject([
      { run: runs.first, action: 'promote', operator: 'Mei Lin', reason: 'First of the line' },
    ])
    expect(uses()[0]?.gate).toMatchObject({ verdict: 'first', against: null })
  })

  it('judges a shift live by the threshold in use, and says which that is', long, async () => {
    const { page } = station
    await steps.watchFolder(page, shift, parts, waits)
    await eventually(() => page.getByText('Verdicts by Line, version 2').count()).toBe(1)
    const [point] = points(runs.first).filter(({ active }) => active === 1)
    const judged = rows(
      z.object({ verdict: z.string(), score: z.number(), threshold: z.number() }),
      'SELECT verdict, score, threshold FROM live_part',
    )
    expect(judged.length).toBe(parts)
    for (const { verdict, score, threshold } of judged) {
      expect(threshold).toBe(point?.threshold)
      expect(verdict).toBe(score >= threshold ? 'flagged' : 'good')
    }
  })

  it('stores what an operator decides by keyboard about each part of the shift', long, async () => {
    const { page } = station
    await steps.review(page, runs.first, parts, isGood)
    await eventually(() => page.getByText('Verdicts by Line, version 2').count()).toBe(1)
    const decided = rows(
      z.object({ file: z.string(), decision: z.string(), operator: z.string() }),
      `SELECT image.file, decision.decision, operator.name AS operator FROM decision
       JOIN image ON image.id = decision.image_id JOIN operator ON operator.id = decision.operator_id`,
    )
    const wanted = readdirSync(shift).map((file) => ({
      file,
      decision: isGood(file) ? 'accept' : 'reject',
      operator: 'Mei Lin',
    }))
    const byFile = (a: { file: string }, b: { file: string }): number => (a.file < b.file ? -1 : 1)
    expect(decided.sort(byFile)).toEqual(wanted.sort(byFile))
  })

  it('makes a version of accepted parts that a person confirmed, without rejected or held-out ones', async () => {
    const { page } = station
    await steps.curate(page, runs.first, isGood, 'Accepted in the first shift')
    const imageOf = (number: number) =>
      rows(
        z.object({
          id: imageIdSchema,
          split: z.string(),
          dataset: z.string(),
          decision: z.string().nullable(),
        }),
        `SELECT image.id, image.split, dataset.name AS dataset, decision.decision
         FROM dataset_version_image AS member
           JOIN dataset_version AS version ON version.id = member.version_id
           JOIN image ON image.id = member.image_id JOIN dataset ON dataset.id = image.dataset_id
           LEFT JOIN decision ON decision.image_id = image.id
         WHERE version.number = ${number}`,
      )
    const before = new Set(imageOf(1).map(({ id }) => id))
    expect(before.size).toBe(42)
    const now = imageOf(2)
    const added = now.filter(({ id }) => !before.has(id))
    expect(now.length - added.length).toBe(42)
    expect(added.length).toBeGreaterThan(0)
    expect([...new Set(added.map(({ dataset, decision }) => `${dataset}: ${decision}`))]).toEqual([
      'live line: accept',
    ])
    expect(now.filter(({ dataset, split }) => dataset === 'line' && split !== 'train')).toEqual([])
    expect(
      rows(
        z.object({ reason: z.string(), operator: z.string() }),
        `SELECT reason, operator.name AS operator FROM dataset_version
         JOIN operator ON operator.id = operator_id WHERE number = 2`,
      ),
    ).toEqual([{ reason: 'Accepted in the first shift', operator: 'Mei Lin' }])
  })

  it('retrains on that version', long, async () => {
    const { page } = station
    runs.retrained = await steps.retrain(page, runs.first, 'beginning', waits)
    expect(
      rows(
        z.object({ parent: z.string(), start: z.string(), number: z.int() }),
        `SELECT run.parent_run_id AS parent, retraining.start, version.number FROM retraining
         JOIN run ON run.id = retraining.run_id
         JOIN dataset_version AS version ON version.id = retraining.version_id
         WHERE run.id = '${runs.retrained}' AND run.state = 'trained'`,
      ),
    ).toEqual([{ parent: runs.first, start: 'beginning', number: 2 }])
  })

  it('shows both on the same frozen parts: each difference with its paired interval', long, async () => {
    const { page } = station
    await page.getByRole('button', { name: 'Compare', exact: true }).click()
    const table = await steps.compare(page, runs.retrained, waits)
    const { validation, delta } = await compared(runs.first, runs.retrained)
    expect(validation).toMatchObject({ normal: 21, anomalous: 10 })
    const figure = delta.falseRejectRate
    const signed = (value: number): string => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(3)}`
    expect(figure).not.toBeNull()
    if (figure === null) return
    expect(figure.low).toBeLessThanOrEqual(figure.value)
    expect(figure.high).toBeGreaterThanOrEqual(figure.value)
    expect(table.get('False rejects at 95% recall')).toEqual([
      // Of 21 good parts: as they were counted.
      expect.stringMatching(new RegExp(`^${Math.round(figure.a * 21)} of 21\\b`)),
      expect.stringMatching(new RegExp(`^${Math.round(figure.b * 21)} of 21\\b`)),
      signed(figure.value),
      `${signed(figure.low)} … ${signed(figure.high)}`,
    ])
    const unfrozen = rows(
      z.object({ n: z.int() }),
      `SELECT count(*) AS n FROM score JOIN image ON image.id = score.image_id
       WHERE score.run_id = '${runs.retrained}' AND image.split <> 'validation'`,
    )
    expect(unfrozen).toEqual([{ n: 0 }])
  })

  it('takes the retrained model into use through the gate, whose verdict is kept', long, async () => {
    const { page } = station
    const worse = isWorse(await compared(runs.first, runs.retrained))
    await steps.openGate(page, runs.retrained, waits)
    // No threshold was set for it so far, and that is said.
    await page.getByText('No threshold is set for this run yet.').waitFor()
    await steps.promote(page, 'Learned from the first shift')
    expect(uses().at(-1)).toMatchObject({
      run: runs.retrained,
      action: 'promote',
      reason: 'Learned from the first shift',
      gate: { against: runs.first, margin, verdict: worse ? 'worse' : 'passed' },
    })
  })

  it('goes back to the model before, with a reason that is kept', async () => {
    const { page } = station
    await steps.rollBack(page, runs.retrained, 'Too many false rejects')
    expect(uses().at(-1)).toMatchObject({
      run: runs.first,
      action: 'rollback',
      operator: 'Mei Lin',
      reason: 'Too many false rejects',
    })
    await page.getByRole('row', { name: /In use/ }).waitFor()
  })

  it(
    'refuses a model that is worse, also past the window, until there is a reason, which is kept',
    long,
    async () => {
      const { page } = station
      await page.getByRole('navigation').getByRole('link', { name: 'Datasets' }).click()
      await page.getByRole('link', { name: /^line\b/ }).click()
      await page.getByRole('heading', { name: 'line', level: 2, exact: true }).waitFor()
      runs.other = await steps.train(page, { preset: 'smoke', seed: 2, set: few }, waits)
      await steps.openGate(page, runs.other, waits)
      const comparison = await compared(runs.first, runs.other)
      expect(isWorse(comparison), 'the third run must be worse in a figure for this to be a test').toBe(true)
      const before = uses().length
      const dialog = page.getByRole('dialog', { name: 'Use this model' })
      await dialog.getByText('It can only be used with a reason.').waitFor()
      const use = dialog.getByRole('button', { name: 'Use from the next part on' })
      await eventually(() => use.isDisabled()).toBe(true)
      const refusal = await page.evaluate(
        `window.fanoscope.call('model.promote', { run: '${runs.other}', operator: 'Mei Lin', reason: '  ' })
        .then(() => null, ({ code }) => code)`,
      )
      expect(refusal).toBe('reason-missing')
      expect(uses().length).toBe(before)
      await steps.promote(page, 'The first one is needed at line 2')
      expect(uses().at(-1)).toMatchObject({
        run: runs.other,
        action: 'promote',
        reason: 'The first one is needed at line 2',
        gate: { verdict: 'worse', against: runs.first },
      })
    },
  )

  it('has all of it in an audit that nobody changed', async () => {
    await station.close()
    const at = ['--workspace', station.workspace, '--json']
    expect(await done(station.command('verify', ...at))).toMatchObject({ ok: true })
    const actions = new Set(
      rows(z.object({ action: z.string() }), 'SELECT action FROM audit').map(({ action }) => action),
    )
    expect([...actions]).toEqual(
      expect.arrayContaining([
        'image.moved',
        'threshold.set',
        'decision.made',
        'dataset.curated',
        'model.promoted',
        'model.rolled-back',
      ]),
    )
  })
})
