/** Every dialog of photographs and of the frame: it keeps nobody out, has the focus, and Escape leads back. */

import { join } from 'node:path'
import { it } from 'vitest'
import { numbered, writeFolder } from '../main/features/import/photographs.ts'
import { dialog, hasFocus, keepsNobodyOut, lookAt } from './dialogs.ts'
import { createStation, describeInChromium, eventually } from './station.ts'

describeInChromium('every dialog', () => {
  const station = createStation()

  it('the import, with folders that are corrected, and its report', async () => {
    const folder = await writeFolder(join(station.folder, 'camera 2'), {
      ...numbered('good', 6, 500),
      ...numbered('ng/dent', 2, 600),
      'ng/notes.txt': 'no photograph',
    })
    const page = await station.open('--workspace', station.workspace)
    const opener = page.locator('.screen-header').getByRole('button', { name: 'Import photographs' })
    const box = dialog(page, 'Import photographs')
    await lookAt(page, opener, 'Import photographs')
    await opener.click()
    await box.getByRole('button', { name: 'Choose a folder' }).click()
    await keepsNobodyOut(page)
    await page.getByLabel('Path of the folder').fill(folder)
    await page.getByRole('button', { name: 'Use this folder' }).click()
    await box.getByRole('textbox', { name: 'Defect type of ng/dent' }).fill('crack')
    await page.getByRole('combobox', { name: 'Split of good' }).focus()
    await page.keyboard.press('Enter')
    const option = page.getByRole('option', { name: 'Train', exact: true })
    await option.waitFor()
    await keepsNobodyOut(page)
    await option.click()
    await box.getByRole('button', { name: /^Import \d+ files$/ }).click()
    await page.getByText('8 images imported into camera 2').waitFor()
    await keepsNobodyOut(page)
    await box.getByRole('button', { name: 'Show the images' }).click()
    await page.getByText('8 images shown').waitFor()
  })

  it('of a dataset: a photograph, its splits, its duplicates, and the question before it is frozen', async () => {
    const { page } = station
    await lookAt(page, page.locator('[data-index="0"]'), /\.png$/)
    const more = page.getByRole('button', { name: 'More for this dataset' })
    const choose = async (item: string): Promise<void> => {
      await more.focus()
      await page.keyboard.press('Enter')
      await page.getByRole('menuitem', { name: item }).click()
    }
    await choose('Split again')
    const splits = dialog(page, /^Splits of/)
    await splits.getByRole('textbox', { name: 'Photographs of one part (pattern)' }).fill('(\\d)')
    await splits.locator('.examples').waitFor()
    await eventually(() => hasFocus(splits)).toBe(true)
    await keepsNobodyOut(page)
    await page.keyboard.press('Escape')
    await splits.waitFor({ state: 'hidden' })
    await choose('Duplicates across splits')
    const duplicates = dialog(page, /^Duplicates across/)
    await keepsNobodyOut(page)
    await duplicates.getByRole('button', { name: 'Search', exact: true }).click()
    await duplicates.locator('.summary').waitFor()
    await keepsNobodyOut(page)
    await page.keyboard.press('Escape')
    await duplicates.waitFor({ state: 'hidden' })
    await lookAt(page, page.getByRole('button', { name: 'Freeze validation' }), 'Freeze validation')
  })

  it('of the frame: shortcuts, palette, jobs and log', async () => {
    const { page } = station
    for (const [key, name] of [
      ['?', 'Shortcuts'],
      ['Control+k', 'Everything that can be done'],
    ] as const) {
      await page.keyboard.press(key)
      const box = page.getByRole('dialog').filter({ visible: true })
      await box.waitFor()
      await eventually(() => hasFocus(box), name).toBe(true)
      await keepsNobodyOut(page)
      await page.keyboard.press('Escape')
      await box.waitFor({ state: 'hidden' })
    }
    await page.keyboard.press('j')
    const drawer = dialog(page, 'Jobs')
    await drawer.getByRole('listitem').first().waitFor()
    await keepsNobodyOut(page)
    await drawer.getByRole('tab', { name: 'Log' }).click()
    await drawer.getByRole('list', { name: 'Log' }).waitFor()
    await keepsNobodyOut(page)
    await page.keyboard.press('Escape')
    await drawer.waitFor({ state: 'hidden' })
  })
})
