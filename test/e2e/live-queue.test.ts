/** Flagged parts of a line queue until each was seen: decided on right there, kept over a reload, and undone. */
import { copyFileSync, mkdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import {
  createStation,
  describeInChromium,
  done,
  eventually,
  goTo,
  scoredLine,
  signIn,
  stored,
} from './station.ts'

const decisionSchema = z.object({
  file: z.string(),
  decision: z.string(),
  operator: z.string(),
  undone: z.int(),
})

describeInChromium('flagged parts of a line', () => {
  const station = createStation()
  const { workspace } = station
  const camera = join(station.folder, 'camera')
  let defects: string[] = []

  beforeAll(async () => {
    const run = await scoredLine(station)
    const point = '--target percentile=1 --set --operator Ana --reason test --json'
    await done(station.command('threshold', '--run', run, ...point.split(' '), '--workspace', workspace))
    mkdirSync(camera)
    // The parts with the highest scores are flagged when they come again.
    defects = stored(
      workspace,
      z.object({ sha: z.string() }),
      `SELECT sha256 AS sha FROM score JOIN image ON image.id = image_id ORDER BY score DESC LIMIT 3`,
    ).map(({ sha }) => join(workspace, 'images', sha.slice(0, 2), `${sha}.png`))
  })

  const alarm = (page: Page) => page.locator('.flagged-alarm')
  const says = (page: Page, words: string) => alarm(page).getByText(words, { exact: true }).waitFor()
  const queue = (page: Page): Promise<string[]> =>
    page
      .locator('.queue .truncate-start')
      .evaluateAll((rows) => rows.map((row) => row.getAttribute('title') ?? ''))
  const onStage = (page: Page) => page.locator('.verdict .file').getAttribute('title')
  const decisions = () =>
    stored(
      workspace,
      decisionSchema,
      `SELECT image.file, decision, operator.name AS operator, undone_at IS NOT NULL AS undone
       FROM decision JOIN image ON image.id = image_id JOIN operator ON operator.id = operator_id
       ORDER BY decision.id`,
    ).map(({ file, decision, operator, undone }) => [file, decision, operator, undone])

  /** Presses a key once the part is on screen and may be decided. */
  async function press(page: Page, file: string, key: string): Promise<void> {
    await eventually(() => onStage(page)).toBe(file)
    await page.locator('.choice.accept:enabled').waitFor()
    await page.keyboard.press(key)
  }

  it('are all queued when three come at once, and said so that it is read from afar', async () => {
    const page = await station.open('--workspace', workspace)
    await signIn(page, 'Mei Lin')
    await goTo(page, 'live')
    await page.getByRole('button', { name: 'Choose the folder that the camera writes to' }).click()
    await page.getByLabel('Path of the folder').fill(camera)
    await page.getByRole('button', { name: 'Go', exact: true }).click()
    await page.getByRole('button', { name: 'Use this folder' }).click()
    await page.getByRole('button', { name: 'Start', exact: true }).click()
    await page.getByRole('status').filter({ hasText: 'Watching' }).waitFor()
    for (const [i, photograph] of defects.entries()) {
      copyFileSync(photograph, join(camera, `${i}.part`))
      renameSync(join(camera, `${i}.part`), join(camera, `${i}.png`))
    }
    await says(page, '3 flagged parts wait')
    const files = await queue(page)
    expect(files.toSorted()).toEqual(['0.png', '1.png', '2.png'])
    expect(await onStage(page)).toBe(files[0])
    const size = await alarm(page)
      .locator('.words')
      .evaluate((words) => Number.parseFloat(getComputedStyle(words).fontSize))
    expect(size).toBeGreaterThanOrEqual(56)
  })

  it('are decided right there, by the keys of the review and with the name', async () => {
    const { page } = station
    const [first = '', second = '', third = ''] = await queue(page)
    await press(page, first, 'a')
    await says(page, '2 flagged parts wait')
    await press(page, second, 'r')
    await says(page, '1 flagged part waits')
    expect(decisions()).toEqual([
      [first, 'accept', 'Mei Lin', 0],
      [second, 'reject', 'Mei Lin', 0],
    ])
    await page.reload()
    await says(page, '1 flagged part waits')
    expect(await queue(page)).toEqual([third])
    await page.locator('.choice.accept:enabled').waitFor()
    await page.keyboard.press('z')
    await says(page, '2 flagged parts wait')
    expect(decisions()).toEqual([
      [first, 'accept', 'Mei Lin', 0],
      [second, 'reject', 'Mei Lin', 1],
    ])
    await press(page, second, ' ')
    await says(page, '1 flagged part waits')
    await press(page, third, ' ')
    await alarm(page).waitFor({ state: 'detached' })
    const seen = stored(
      workspace,
      z.object({ file: z.string(), by: z.string() }),
      `SELECT file, operator.name AS by FROM live_part JOIN operator ON operator.id = seen_by ORDER BY live_part.id`,
    )
    expect(seen).toEqual([first, second, third].map((file) => ({ file, by: 'Mei Lin' })))
  })

  it('are live parts in the review, and none of them is in its test queue', async () => {
    const { page } = station
    await goTo(page, 'review')
    const list = page.locator('.el-select').filter({ has: page.getByRole('combobox', { name: 'Split' }) })
    await list.click()
    await page.getByRole('option', { name: /^Live/ }).dispatchEvent('click')
    const files = () =>
      page
        .getByRole('region', { name: 'Queue' })
        .locator('.file')
        .evaluateAll((rows) => rows.map((row) => row.getAttribute('title') ?? '').toSorted())
    await eventually(files).toEqual(['0.png', '1.png', '2.png'])
  })
})
