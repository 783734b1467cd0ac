/** A second inspection point is added, and photographs of two cameras make one part there. */
import { copyFileSync, mkdirSync, readdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { elementAt } from '../../src/shared/element-at.ts'
import { createStation, describeInChromium, done, eventually, scoredLine, stored } from './station.ts'

describeInChromium('inspection points in the window', () => {
  const station = createStation()
  const { workspace } = station
  const camera = join(station.folder, 'top camera')
  let photographs: string[] = []

  beforeAll(async () => {
    await scoredLine(station)
    mkdirSync(camera)
    const day = join(station.folder, 'next day')
    const made = '--seed 5 --train 8 --test-good 2 --per-defect 1 --json'
    await done(station.command('sample', day, ...made.split(' ')))
    const files = readdirSync(day, { recursive: true, encoding: 'utf8' })
    photographs = files.filter((file) => /^train.*\.png$/.test(file)).map((file) => join(day, file))
  })

  /** As camera software does it: under another name first. */
  function take(i: number, name: string): void {
    const partial = join(camera, `${name}.part`)
    copyFileSync(elementAt(photographs, i), partial)
    renameSync(partial, join(camera, name))
  }

  const viewedRow = z.object({ number: z.string(), verdict: z.string().nullable(), views: z.int() })
  const viewed = () =>
    stored(
      workspace,
      viewedRow,
      `SELECT number, verdict, (SELECT count(*) FROM live_part WHERE viewed_part_id = viewed_part.id) AS views
       FROM viewed_part ORDER BY id`,
    )
  const points = (page: Page) => page.getByRole('navigation', { name: 'Inspection points' })

  it('are added, watched beside each other, and show a part with all its views', async () => {
    const page = await station.open('--workspace', workspace)
    await page.getByRole('navigation').getByRole('link', { name: 'Live' }).click()
    await points(page).getByRole('button', { name: 'Add an inspection point' }).click()
    const dialog = page.getByRole('dialog', { name: 'Add an inspection point' })
    await dialog.getByRole('textbox', { name: 'Name', exact: true }).fill('top')
    const several = page.getByRole('switch', { name: 'Several photographs make one part' })
    await dialog.locator('.el-switch').filter({ has: several }).click()
    const views = dialog.getByRole('textbox', { name: 'Views' })
    for (const view of ['left', 'right']) {
      await views.fill(view)
      await views.press('Enter')
    }
    await dialog.getByRole('button', { name: 'Save' }).click()
    await points(page).locator('[aria-current=true]').getByText('top', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Choose the folder that the camera writes to' }).click()
    await page.getByLabel('Path of the folder').fill(camera)
    await page.getByRole('button', { name: 'Go', exact: true }).click()
    await page.getByRole('button', { name: 'Use this folder' }).click()
    await page.getByRole('button', { name: 'Start', exact: true }).click()
    await page.getByRole('status').getByText('Watching', { exact: true }).waitFor()
    for (const [i, name] of ['0001_left.png', '0001_right.png', '0002_left.png'].entries()) take(i, name)
    await eventually(() => Promise.resolve(viewed().map(({ number, views: of }) => [number, of]))).toEqual([
      ['0001', 2],
      ['0002', 1],
    ])
    // The second view of part 0002 never comes.
    await eventually(() => Promise.resolve(viewed().map(({ verdict }) => verdict !== null))).toEqual([
      true,
      true,
    ])
    const [whole, half] = viewed()
    expect(whole?.verdict).not.toBe('incomplete')
    expect(half?.verdict).not.toBe('good')
    await page
      .getByRole('button', { name: /0002_left\.png/ })
      .first()
      .click()
    const strip = page.getByRole('region', { name: 'Views of part 0002' })
    await strip.getByText('Missing', { exact: true }).waitFor()
    await points(page).getByRole('button', { name: /^line/ }).click()
    await eventually(() => points(page).locator('[aria-current=true]').textContent()).toContain('line')
    await points(page).getByRole('button', { name: /^top/ }).click()
    await points(page).getByRole('button', { name: 'Change' }).click()
    const preview = page.getByRole('table', { name: 'What this makes of names of files' })
    const first = preview.getByRole('row').nth(1)
    await eventually(() => first.getByRole('cell').allTextContents()).toEqual([
      '0001_left.png',
      '0001',
      'left',
    ])
    await page.getByRole('textbox', { name: 'Names of files' }).fill('{view}_{part}')
    await eventually(() => first.getByRole('cell').last().textContent()).toBe('a part of its own')
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click()
    await points(page).getByRole('button', { name: 'Recipes' }).click()
    const recipes = page.getByRole('dialog', { name: 'Recipes of top' })
    await recipes.getByRole('textbox', { name: 'Name of the product' }).fill('M8')
    await recipes.getByRole('button', { name: 'Save the recipe' }).click()
    await recipes.getByRole('listitem').getByText('M8', { exact: true }).waitFor()
    await recipes.getByRole('button', { name: 'Done' }).click()
    await points(page).locator('.el-select').click()
    await page.getByRole('option', { name: 'M8' }).click()
    await page.getByText('M8 is chosen: parts that come from now on are judged by it.').waitFor()
    await eventually(() =>
      Promise.resolve(
        stored(workspace, z.object({ taken: z.int() }), 'SELECT taken_at > 0 AS taken FROM recipe_use'),
      ),
    ).toEqual([{ taken: 1 }])
    await page.locator('.screen-header').getByRole('button', { name: 'Stop', exact: true }).click()
    await page.getByRole('button', { name: 'Start', exact: true }).waitFor()
    const unlinked = stored(
      workspace,
      z.object({ n: z.int() }),
      `SELECT count(*) AS n FROM result JOIN live_watch ON live_watch.point = result.point
       WHERE result.point = 'top' AND result.viewed_part_id IS NULL`,
    )
    expect(unlinked).toEqual([{ n: 0 }])
  })
})
