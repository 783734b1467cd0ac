/** Ways of scoring are compared on made defects in the window, and the best is taken to the histogram. */
import { beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { choiceReportSchema } from '../../src/shared/choice.ts'
import { createStation, describeInChromium, done, eventually, scoredLine, stored } from './station.ts'

describeInChromium('choosing a score', () => {
  const station = createStation()
  let run = ''
  beforeAll(async () => {
    run = await scoredLine(station)
  })

  const dialog = () => station.page.getByRole('dialog', { name: 'Choose a score without defects' })
  const report = () => {
    const rows = stored(
      station.workspace,
      z.object({ result: z.string() }),
      "SELECT result FROM job WHERE kind = 'choose' AND state = 'done'",
    )
    return rows.map(({ result }) => choiceReportSchema.parse(JSON.parse(result)))
  }

  it('says what came of it as it is stored', async () => {
    const page = await station.open('--workspace', station.workspace)
    await page.getByRole('navigation').getByRole('link', { name: 'Threshold', exact: true }).click()
    await page.getByRole('button', { name: 'Compare', exact: true }).click()
    await dialog().getByRole('button', { name: 'Compare the scores' }).click()
    await dialog().getByRole('row').nth(1).waitFor()
    const [stands] = report()
    expect(stands?.runs).toEqual([run])
    const shown = 1 + Math.min(12, stands?.options.length ?? 0)
    await eventually(() => dialog().getByRole('row').count()).toBe(shown)
    const best = dialog().getByRole('row').nth(1)
    await best
      .getByText((stands?.options[0]?.made ?? 0).toFixed(3), { exact: true })
      .first()
      .waitFor()
  })

  it('is held against the test split, which changes nothing of the choice', async () => {
    const before = report()
    await dialog()
      .getByRole('button', { name: /See how far it holds/ })
      .click()
    await dialog().getByRole('columnheader', { name: 'Test split' }).waitFor()
    expect(report()).toEqual(before)
  })

  it('takes the score that is asked for to the histogram', async () => {
    const wanted = report()[0]?.options.find(({ inUse, score }) => !inUse && score === 'izi')
    expect(wanted).toBeDefined()
    await dialog()
      .getByRole('row')
      .filter({ hasText: 'Residual (izi)' })
      .first()
      .getByRole('button', { name: 'Look at it' })
      .click()
    await dialog().waitFor({ state: 'hidden' })
    await station.page.locator('.settings').getByText('Residual (izi)').waitFor()
  })

  it('is set by the command line, with the reason', async () => {
    await station.close()
    const at = ['--workspace', station.workspace, '--json']
    expect((await station.command('choose', '--run', run, '--apply', ...at)).code).toBe(2)
    const document = z
      .object({
        chosen: z.object({ score: z.string(), reduction: z.string() }),
        point: z.object({ score: z.string(), reduction: z.string(), reason: z.string(), id: z.int() }),
      })
      .parse(await done(station.command('choose', '--run', run, '--apply', '--reason', 'trial', ...at)))
    expect(document.point).toMatchObject({ ...document.chosen, reason: 'trial' })
    const points = stored(
      station.workspace,
      z.object({ id: z.int(), score: z.string() }),
      'SELECT id, score FROM operating_point',
    )
    expect(points).toEqual([{ id: document.point.id, score: document.chosen.score }])
  })
})
