/** What an engineer looks for after a training: the model's mistakes, and figures that say what they are measured on. */
import { beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { createStation, describeInChromium, done, eventually, goTo, scoredLine, stored } from './station.ts'

describeInChromium('what a model got wrong', () => {
  const station = createStation()
  const { workspace } = station
  let run = ''
  let threshold = 0
  let masks = 0

  beforeAll(async () => {
    run = await scoredLine(station)
    const evaluated = await done(
      station.command('evaluate', '--run', run, '--workspace', workspace, '--json'),
    )
    masks = z.object({ masks: z.int().positive() }).parse(evaluated).masks
    await station.open('--workspace', workspace)
  })

  it('the hint that no threshold is set leads to where one sets it', async () => {
    const page = await goTo(station.page, `review/${run}`)
    await page.getByRole('link', { name: 'Set one first' }).click()
    await page.getByRole('heading', { name: 'Thresholds', exact: true }).waitFor()
    expect(new URL(page.url()).hash).toBe(`#/thresholds/${run}`)
    const point = '--target percentile=80 --set --operator Ana --reason first --json'
    const set = await done(
      station.command('threshold', '--run', run, ...point.split(' '), '--workspace', workspace),
    )
    threshold = z.object({ threshold: z.number() }).parse(set).threshold
    await goTo(page, `review/${run}`)
    await page.getByRole('link', { name: 'Set one first' }).waitFor({ state: 'hidden' })
  })

  /** The test parts of a label on one side of the threshold, as the database has them. */
  const parts = (label: string, side: '>=' | '<'): string[] =>
    stored(
      workspace,
      z.object({ file: z.string() }),
      `SELECT image.file FROM score JOIN image ON image.id = image_id
       WHERE split = 'test' AND label = '${label}' AND score.score ${side} ${threshold} ORDER BY image.file`,
    ).map(({ file }) => file)

  it.each([
    ['False rejects', () => parts('normal', '>=')],
    ['Escapes', () => parts('anomalous', '<')],
  ])('the filter "%s" of Review shows those parts and no others', async (name, wanted) => {
    const page = await goTo(station.page, `review/${run}`)
    const queue = page.getByRole('region', { name: 'Queue' })
    const files = (): Promise<string[]> =>
      queue
        .locator('.file')
        .evaluateAll((rows) => rows.map((row) => row.getAttribute('title') ?? '').toSorted())
    const choose = async (option: string): Promise<void> => {
      await page.getByRole('combobox', { name: 'Mistakes of the model' }).press('Enter')
      await page.getByRole('option', { name: option, exact: true }).click()
    }
    await choose(name)
    await eventually(files).toEqual(wanted())
    await choose('All parts')
    await eventually(async () => (await files()).length).toBeGreaterThan(wanted().length)
  })

  it('figures of pixels say of how many masks they are, and formulas stand behind details', async () => {
    const page = await goTo(station.page, `runs/${run}`)
    await page.getByRole('tab', { name: 'Evaluation' }).click()
    await eventually(() =>
      page.getByText(`from ${masks} mask${masks === 1 ? '' : 's'}`, { exact: true }).count(),
    ).toBe(2)
    const details = page.locator('details').filter({ hasText: 'How this score is computed' })
    await details.waitFor()
    expect(await details.locator('code').isVisible()).toBe(false)
    await details.locator('summary').click()
    await details.locator('code').waitFor()
  })
})
