/** Runs of several datasets that are alike in everything else: every list says which dataset each learned from. */
import type { Page } from 'playwright-core'
import { beforeAll, expect, it } from 'vitest'
import { settled } from '../../scripts/window/settled.mjs'
import { createDataset } from '../../src/main/store/datasets.ts'
import { createRun, findRun, setRunState } from '../../src/main/store/runs.ts'
import { openWorkspace } from '../../src/main/store/workspace.ts'
import { createStation, describeInChromium, eventually, scoredLine } from './station.ts'

const names = ['sample', 'tiles', 'figures']

describeInChromium('runs that learned from several datasets', () => {
  const station = createStation()
  const { workspace } = station
  let run = ''
  let title = ''

  beforeAll(async () => {
    run = await scoredLine(station)
    const opened = openWorkspace(workspace)
    const { model, preset, seed, config, stepsTotal } = findRun(opened.db, run)
    for (const name of names.slice(1)) {
      const dataset = createDataset(opened.db, { name, layout: 'flat', source: '/photographs' })
      const { id } = createRun(opened.db, { datasetId: dataset.id, model, preset, seed, config, stepsTotal })
      for (const state of ['training', 'trained'] as const) setRunState(opened.db, id, state)
    }
    opened.close()
    title = `f-AnoGAN · Smoke · ${seed}`
  })

  async function go(path: string): Promise<Page> {
    const { page } = station
    await page.evaluate(`location.hash = '#/${path}'`)
    await page.locator(`.rail .entry[aria-current=page][href*='/${path.split('/')[0]}']`).waitFor()
    await settled(page)
    return page
  }

  /** What the list of runs with this label has, as a person reads it. */
  async function choices(page: Page, label: string | RegExp): Promise<string[]> {
    await page.getByRole('combobox', { name: label }).press('Enter')
    await settled(page)
    const read = await page.getByRole('option', { includeHidden: true }).allTextContents()
    await page.keyboard.press('Escape')
    return read.map((text) => text.replace(/\s+/g, ' ').trim())
  }

  const everyOne = () => names.map((name) => expect.stringContaining(`${title} · ${name}`))

  it('have their dataset in the table of runs', async () => {
    const page = await station.open('--workspace', workspace)
    await go(`runs/${run}`)
    const rows = page.getByRole('region', { name: 'Runs', exact: true }).locator('tbody tr')
    await eventually(async () =>
      (await rows.allInnerTexts()).map((text) => names.filter((name) => text.includes(name))).sort(),
    ).toEqual(names.map((name) => [name]).sort())
  })

  it.each([
    ['review', /^Run$/],
    ['thresholds', /^Run$/],
    ['curation', /^Run$/],
  ])('are named by it in the list of the screen %s', async (screen, label) => {
    const page = await go(`${screen}/${run}`)
    await eventually(() => choices(page, label)).toEqual(expect.arrayContaining(everyOne()))
  })

  it('are named by it in the list of the live screen', async () => {
    const page = await go('live')
    await eventually(() => choices(page, /^Model/)).toEqual(expect.arrayContaining(everyOne()))
  })

  it('are named by it among all commands', async () => {
    const page = await go('settings')
    await page.keyboard.press('Control+k')
    await page.getByRole('dialog').getByRole('combobox').fill('f-AnoGAN')
    const options = page.getByRole('dialog').getByRole('option')
    await eventually(() => options.allInnerTexts()).toEqual(expect.arrayContaining(everyOne()))
    await page.keyboard.press('Escape')
  })
})
