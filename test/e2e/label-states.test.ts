/** What the label screen shows where something is missing: always words, and a way on. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { createDataset } from '../../src/main/store/datasets.ts'
import { openWorkspace } from '../../src/main/store/workspace.ts'
import { numbered, writeFolder } from '../main/features/import/photographs.ts'
import { labelDesk } from './label-desk.ts'
import { createStation, describeInChromium, done, eventually, goTo, stockLine, stored } from './station.ts'

describeInChromium('the label screen', () => {
  const station = createStation()
  const { saved, imageOf, shapesOf, maskOf, drag, show } = labelDesk(station, 'Mei Lin')
  const at = ['--workspace', station.workspace, '--json']
  const files: string[] = []

  const maskFile = (file: string): string => {
    const { mask } = imageOf(file)
    return join('images', (mask ?? '').slice(0, 2), `${mask}.png`)
  }
  const idOf = (name: string): string =>
    stored(
      station.workspace,
      z.object({ id: z.string() }),
      `SELECT id FROM dataset WHERE name = '${name}'`,
    )[0]?.id ?? expect.unreachable(`There is no dataset ${name}.`)
  const open = (page: Page, name: string): Promise<Page> => goTo(page, `label/${idOf(name)}`)

  beforeAll(async () => {
    await stockLine(station)
    const folder = await writeFolder(join(station.folder, 'unlabeled'), numbered('photos', 3, 40))
    const imported = station.command(
      'import',
      folder,
      '--dataset',
      'unlabeled',
      '--unlabeled-as',
      'unlabeled',
      ...at,
    )
    await done(imported)
    const opened = openWorkspace(station.workspace)
    createDataset(opened.db, { name: 'empty', layout: 'flat', source: '/photographs' })
    opened.close()
    const masked = stored(
      station.workspace,
      z.object({ file: z.string() }),
      `SELECT file FROM image WHERE mask_sha256 IS NOT NULL
         AND id NOT IN (SELECT image_id FROM annotation) ORDER BY id LIMIT 2`,
    )
    files.push(...masked.map(({ file }) => file))
  })

  it('opens a photograph whose mask is damaged, names the file, and leaves it where a person says so', async () => {
    const [file = ''] = files
    writeFileSync(join(station.workspace, maskFile(file)), 'no mask any more')
    const before = imageOf(file)
    const page = await station.open('--workspace', station.workspace)
    await open(page, 'sample')
    await show(page, file)
    const notice = page.getByRole('alert').filter({ hasText: 'The file of this mask is damaged or missing' })
    await notice.getByText(maskFile(file)).waitFor()
    // Nothing that is done by mistake touches it.
    await page.keyboard.press('q')
    await drag(page, [40, 40], [80, 80])
    await page.keyboard.press('g')
    await page.getByRole('textbox', { name: 'File name' }).fill('')
    await page.keyboard.press('Enter')
    await show(page, file)
    expect(imageOf(file)).toEqual(before)
    await page.getByRole('textbox', { name: 'File name' }).fill('')
    await page.keyboard.press('Enter')
    await notice.waitFor({ state: 'detached' })
    await show(page, file)
    await notice.getByRole('button', { name: 'Leave it, next photograph' }).click()
    expect(imageOf(file)).toEqual(before)
    expect(shapesOf(file)).toEqual([])
  })

  it('draws a mask that is missing anew', async () => {
    const { page } = station
    const [, file = ''] = files
    rmSync(join(station.workspace, maskFile(file)))
    await page.getByRole('textbox', { name: 'File name' }).fill('')
    await show(page, file)
    await page.getByRole('button', { name: 'Draw it again' }).click()
    await page.getByRole('alert').waitFor({ state: 'detached' })
    await drag(page, [40, 40], [80, 80])
    await saved(page)
    await eventually(() => shapesOf(file)).toHaveLength(1)
    const mask = await maskOf(file)
    expect([mask.at(60, 60), mask.at(100, 100)]).toEqual([true, false])
  })

  it('the file of a drawn mask is damaged: the check says so, and the button beside it writes it again', async () => {
    const { page } = station
    const [, file = ''] = files
    const path = join(station.workspace, maskFile(file))
    const whole = readFileSync(path)
    writeFileSync(path, 'no mask any more')
    await goTo(page, 'settings')
    await page.getByRole('button', { name: 'Check every file' }).click()
    await page.getByText(`the file of the mask of ${file} is damaged`).waitFor()
    await page.getByRole('button', { name: 'Write masks again' }).click()
    await page.getByText('1 mask was written again').waitFor()
    await page.getByText(`the file of the mask of ${file} is damaged`).waitFor({ state: 'detached' })
    expect(readFileSync(path)).toEqual(whole)
    await open(page, 'sample')
  })

  it('says that the filters hide everything, and shows all again', async () => {
    const { page } = station
    await page.getByRole('textbox', { name: 'File name' }).fill('there is no such file')
    await page.getByText('No photograph passes the filters').waitFor()
    await page.getByRole('button', { name: 'Show all photographs' }).click()
    await page.locator('.pane .list-row.current').waitFor()
  })

  it('says that a dataset is empty, or that all of it was removed, and where to go', async () => {
    const { page } = station
    await open(page, 'empty')
    await page.getByText('This dataset has no photographs').waitFor()
    await page.getByRole('button', { name: 'Go to Datasets' }).click()
    await page.locator('.rail .entry[aria-current=page][href*="/datasets"]').waitFor()
    await open(page, 'unlabeled')
    await page.locator('.work[aria-label*="photos"]').waitFor()
    await saved(page)
    await page.evaluate(
      `window.fanoscope.call('dataset.change', {
        dataset: ${JSON.stringify(idOf('unlabeled'))}, choice: { filter: {} }, change: { kind: 'remove' } })`,
    )
    await goTo(page, 'datasets')
    await open(page, 'unlabeled')
    await page.getByText('All photographs of this dataset were removed').waitFor()
    await page.getByText('3 photographs can be restored').waitFor()
    await page.getByRole('button', { name: 'Restore them' }).click()
    await page.locator('.work[aria-label*="photos"]').waitFor()
  })

  it('draws on a photograph of a dataset that is only unlabeled, which then is anomalous', async () => {
    const { page } = station
    await open(page, 'unlabeled')
    const file = await show(page, 'photos')
    expect(imageOf(file)).toMatchObject({ label: 'unlabeled', mask: null })
    await page.keyboard.press('q')
    await drag(page, [60, 60], [180, 180])
    await saved(page)
    await eventually(() => imageOf(file)).toMatchObject({ label: 'anomalous', defectType: 'defect' })
  })
})
