/** Folders of photographs come in through the window, and what was refused is told. */

import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { numbered, photograph, writeFolder } from '../main/features/import/photographs.ts'
import { createStation, describeInChromium, eventually, type Station } from './station.ts'

const figures = resolve('../shared/data/molded-figure')

/** Opens the dialog, and in it the folder picker. */
async function askForFolder({ page }: Station): Promise<void> {
  await page.locator('.screen-header').getByRole('button', { name: 'Import photographs' }).click()
  await askAgain(page)
}

async function askAgain(page: Page): Promise<void> {
  await page.getByRole('dialog').getByRole('button', { name: 'Choose a folder' }).click()
}

/** Chooses the folder in the dialog and imports it, up to the report. */
async function importFolder(station: Station, folder: string): Promise<void> {
  const { page } = station
  await askForFolder(station)
  await page.getByLabel('Path of the folder').fill(folder)
  await page.getByRole('button', { name: 'Go', exact: true }).click()
  await page.getByRole('button', { name: 'Use this folder' }).click()
  await page.getByRole('button', { name: /^Import \d+ files?$/ }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Show the images' }).waitFor()
}

describeInChromium('importing a folder', () => {
  const station = createStation()

  it('shows what was refused, for which reason, and which files these are', async () => {
    const cut = (await photograph(90)).subarray(0, 300)
    const folder = await writeFolder(join(station.folder, 'camera'), {
      ...numbered('good', 6),
      'good/copy of 0.png': 0,
      'good/cut off while it was copied.png': cut,
      'good/empty.jpg': '',
      ...Object.fromEntries(
        Array.from({ length: 4 }, (_, i) => [`good/note ${i}.jpg`, `not a picture at all, ${i}`]),
      ),
    })
    const page = await station.open('--workspace', station.workspace)
    await importFolder(station, folder)
    await page.getByText('6 images imported into camera').waitFor()
    const refused = page.getByRole('tabpanel', { name: /^Refused/ })
    const reasons = refused.locator('.reasons > li')
    await eventually(async () => (await reasons.locator('p.warn-text').allTextContents()).sort()).toEqual([
      'Cut off: 1',
      'Empty file: 1',
      'Not an image: 4',
    ])
    // What can be done is said once for each reason, and names of many files only where they are asked for.
    await page.getByText('Leave the file out, or export it as PNG, JPEG, TIFF or BMP.').waitFor()
    const names = refused.locator('.files code').filter({ visible: true })
    expect((await names.allTextContents()).map((name) => name.replaceAll('\u200e', '')).sort()).toEqual([
      'good/cut off while it was copied.png',
      'good/empty.jpg',
    ])
    await refused.getByText('Which 4 files').click()
    await eventually(() => names.count()).toBe(6)
    await page.getByText('not an image, by its content').first().waitFor()
    await page.getByRole('tab', { name: 'Duplicates (1)' }).click()
    await page.getByText('the same picture as good/0.png').waitFor()
    await page.getByRole('button', { name: 'Show the images' }).click()
    await page.getByText('6 images shown').waitFor()
  })

  it('shows what each folder was taken for, and a person changes it before anything is written', async () => {
    const folder = await writeFolder(join(station.folder, 'mixed'), {
      ...numbered('good', 5),
      ...numbered('monday', 2, 20),
      'bad/0.png': 30,
      // As many values as a photograph, so that only a person can say that it is a mask.
      'outlines/monday/0.png': 40,
      'Thumbs.db': 'x',
      'notes.docx': 'x',
    })
    const { page } = station
    await askForFolder(station)
    await page.getByLabel('Path of the folder').fill(folder)
    await page.getByRole('button', { name: 'Go', exact: true }).click()
    await page.getByRole('button', { name: 'Use this folder' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('Taken for plain folders, by their names').waitFor()
    await dialog.getByRole('tab', { name: 'Left out (1)' }).waitFor()
    await dialog.getByRole('tab', { name: 'Skipped (1)' }).click()
    await dialog.getByText('1, for instance Thumbs.db').waitFor()
    const choose = async (label: string, meaning: string): Promise<void> => {
      await dialog.getByRole('combobox', { name: label, exact: true }).focus()
      await page.keyboard.press('Enter')
      await page.getByRole('option', { name: meaning }).click()
    }
    await choose('Label of outlines/monday', 'Masks')
    await dialog.getByRole('tab', { name: 'Masks (1)' }).click()
    await dialog.getByText('outlines/monday/0.png').last().waitFor()
    await choose('Label of monday', 'As its mask says')
    await page.getByRole('button', { name: 'Import 8 files' }).click()
    await dialog.getByText('8 images imported into mixed').waitFor()
    await dialog.getByText('Skipped: Windows (1).').waitFor()
    await dialog.getByRole('button', { name: 'Show the images' }).click()
    await page.getByText('8 images shown').waitFor()
  })

  it('imports photographs of real parts', async ({ skip }) => {
    skip(!existsSync(figures), 'the photographs of ../shared/data/molded-figure are not here')
    const { page } = station
    await importFolder(station, figures)
    await page.getByText('76 images imported into molded figure').waitFor()
    await page.getByText('Every file was imported. Nothing was refused.').waitFor()
    await page.getByRole('button', { name: 'Show the images' }).click()
    await page.getByRole('heading', { name: 'molded figure', level: 2 }).waitFor()
    await page.getByText('76 images shown').waitFor()
  })

  it('asks for a folder, and writes nothing under a person who is about to type its path', async () => {
    const { page } = station
    let isHeld = false
    const held: (() => void)[] = []
    await page.routeWebSocket(/./, (socket) => {
      const host = socket.connectToServer()
      host.onMessage((message) => {
        if (!isHeld || !message.toString().includes('"parent"')) socket.send(message)
        else held.push(() => socket.send(message))
      })
    })
    await page.reload()
    const field = page.getByLabel('Path of the folder')
    // The second time, the question begins in the folder that was shown last.
    for (const ask of [() => askForFolder(station), () => askAgain(page)]) {
      isHeld = true
      await ask()
      await field.focus()
      await field.selectText()
      await eventually(() => held.length).toBeGreaterThan(0)
      isHeld = false
      for (const letGo of held.splice(0)) letGo()
      await page.getByRole('list', { name: 'Folders' }).waitFor()
      await page.keyboard.insertText(station.folder)
      expect(await field.inputValue()).toBe(station.folder)
      await page.getByRole('button', { name: 'Go', exact: true }).click()
      await page.getByRole('list', { name: 'Folders' }).getByRole('button', { name: 'home' }).waitFor()
      await page.keyboard.press('Escape')
      await page.getByRole('list', { name: 'Folders' }).waitFor({ state: 'hidden' })
    }
    await page.reload()
    await askForFolder(station)
    await eventually(() => field.inputValue()).toBe(join(station.folder, 'home'))
  })
})
