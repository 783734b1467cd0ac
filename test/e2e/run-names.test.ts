/**
 * Runs that are alike in everything: every list says which dataset each learned from, tells apart those of one dataset,
 * and marks the model in use.
 */
import type { Page } from 'playwright-core'
import { beforeAll, expect, it } from 'vitest'
import { settled } from '../../scripts/window/settled.mjs'
import { createDataset } from '../../src/main/store/datasets.ts'
import { recordModelUse } from '../../src/main/store/model-uses.ts'
import { createRun, findRun, setRunState } from '../../src/main/store/runs.ts'
import { openWorkspace } from '../../src/main/store/workspace.ts'
import { createStation, describeInChromium, eventually, goTo, scoredLine } from './station.ts'

const names = ['sample', 'tiles', 'figures']

describeInChromium('runs that learned from several datasets', () => {
  const station = createStation()
  const { workspace } = station
  let run = ''
  let title = ''

  beforeAll(async () => {
    run = await scoredLine(station)
    const opened = openWorkspace(workspace)
    const { datasetId, model, preset, seed, config, stepsTotal } = findRun(opened.db, run)
    const make = (of: string): string => {
      const { id } = createRun(opened.db, { datasetId: of, model, preset, seed, config, stepsTotal })
      for (const state of ['training', 'trained'] as const) setRunState(opened.db, id, state)
      return id
    }
    for (const name of names.slice(1)) {
      make(createDataset(opened.db, { name, layout: 'flat', source: '/photographs' }).id)
    }
    const twin = make(datasetId)
    const use = { datasetId, operatorId: null, reason: null, gate: null }
    recordModelUse(opened.db, { ...use, runId: twin, action: 'promote' })
    opened.close()
    title = `f-AnoGAN · Smoke · ${seed}`
  })

  const go = (path: string): Promise<Page> => goTo(station.page, path)

  /** What the list of runs with this label has, as a person reads it. */
  async function choices(page: Page, label: string | RegExp): Promise<string[]> {
    await page.getByRole('combobox', { name: label }).press('Enter')
    await settled(page)
    const read = await page.getByRole('option', { includeHidden: true }).allTextContents()
    await page.keyboard.press('Escape')
    return read.map((text) => text.replace(/\s+/g, ' ').trim())
  }

  const everyOne = () => [
    ...names.map((name) => expect.stringContaining(`${title} · ${name}`)),
    expect.stringMatching(/ \(2\) · sample.*In use/),
  ]
  /** None is called as another, and one of them is marked. */
  const areToldApart = (read: string[]): boolean => {
    const runs = read.filter((text) => text.startsWith('f-AnoGAN'))
    return new Set(runs).size === names.length + 1 && runs.filter((text) => /In use/.test(text)).length === 1
  }

  it('have their dataset in the table of runs', async () => {
    const page = await station.open('--workspace', workspace)
    await go(`runs/${run}`)
    const rows = page.getByRole('region', { name: 'Runs', exact: true }).locator('tbody tr')
    await eventually(async () =>
      (await rows.allInnerTexts()).map((text) => names.filter((name) => text.includes(name))).sort(),
    ).toEqual([...names, 'sample'].map((name) => [name]).sort())
    const marked = rows.filter({ hasText: 'In use' })
    await eventually(() => marked.allInnerTexts()).toEqual([expect.stringContaining(`${title} (2)`)])
  })

  it.each([
    ['review', /^Run$/],
    ['thresholds', /^Run$/],
    ['curation', /^Run$/],
  ])('are named by it in the list of the screen %s', async (screen, label) => {
    const page = await go(`${screen}/${run}`)
    await eventually(() => choices(page, label)).toEqual(expect.arrayContaining(everyOne()))
    expect(areToldApart(await choices(page, label))).toBe(true)
  })

  it('are named by it in the list of the live screen', async () => {
    const page = await go('live')
    await eventually(() => choices(page, /^Model/)).toEqual(expect.arrayContaining(everyOne()))
    expect(areToldApart(await choices(page, /^Model/))).toBe(true)
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
