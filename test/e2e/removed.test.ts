/** Datasets and runs are renamed, deleted after a look at what goes with them, and put back from the list. */
import type { Page } from 'playwright-core'
import { beforeAll, expect, it } from 'vitest'
import { createDataset } from '../../src/main/store/datasets.ts'
import { createRun } from '../../src/main/store/runs.ts'
import { openWorkspace } from '../../src/main/store/workspace.ts'
import { createStation, describeInChromium, eventually, goTo } from './station.ts'

describeInChromium('a dataset and a run', () => {
  const station = createStation()
  beforeAll(async () => {
    const opened = openWorkspace(station.workspace, { create: true })
    const { id } = createDataset(opened.db, { name: 'parts', layout: 'flat', source: '/photographs' })
    const wanted = { model: 'fanogan', preset: 'smoke', seed: 1, config: {}, stepsTotal: 10 }
    createRun(opened.db, { datasetId: id, ...wanted })
    opened.close()
    await station.open('--workspace', station.workspace)
  })

  const go = (path: string): Promise<Page> => goTo(station.page, path)
  const textOf = (page: Page): Promise<string | null> => page.locator('main, .screen').first().textContent()

  async function choose(page: Page, menu: string, item: string): Promise<void> {
    await page.getByRole('button', { name: menu }).click()
    await page.getByRole('menuitem', { name: item, exact: true }).click()
  }

  async function rename(page: Page, menu: string, name: string): Promise<void> {
    await choose(page, menu, 'Rename')
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('textbox').fill(name)
    await dialog.getByRole('button', { name: 'Rename' }).click()
    await eventually(() => textOf(page)).toContain(name)
  }

  async function removeAndPutBack(page: Page, menu: string, name: string, goes: string): Promise<void> {
    await choose(page, menu, 'Delete')
    const dialog = page.getByRole('dialog', { name: /Delete the/ })
    await dialog.waitFor()
    expect(await dialog.textContent()).toContain(goes)
    await dialog.getByRole('button', { name: 'Delete' }).click()
    await eventually(() => textOf(page)).not.toContain(name)
    await page.getByRole('button', { name: 'Deleted' }).click()
    const list = page.getByRole('dialog', { name: 'Deleted' })
    await list
      .getByRole('listitem')
      .filter({ hasText: name })
      .getByRole('button', { name: 'Put back' })
      .click()
    await list.getByText('Nothing was deleted').waitFor()
    await page.keyboard.press('Escape')
    await eventually(() => textOf(page)).toContain(name)
  }

  it('the dataset', async () => {
    const page = await go('datasets')
    await rename(page, 'More for this dataset', 'line seven')
    await removeAndPutBack(page, 'More for this dataset', 'line seven', 'Runs')
  })

  it('the run', async () => {
    const page = await go('runs')
    await rename(page, 'More about this run', 'new lamp')
    await removeAndPutBack(page, 'More about this run', 'new lamp', 'thirty days')
  })
})
