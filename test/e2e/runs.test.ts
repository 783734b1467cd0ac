/** Runs side by side, tables as they were left, the log that is searched, and a window that asks before it closes. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { createRun, findRun, setRunState } from '../../src/main/store/runs.ts'
import { openWorkspace } from '../../src/main/store/workspace.ts'
import { boxOf, createStation, describeInChromium, eventually, stored, trainedLine } from './station.ts'

describeInChromium('runs in the window', () => {
  const station = createStation()
  const { workspace } = station
  /** The older one first. */
  const runs: string[] = []

  beforeAll(async () => {
    const run = await trainedLine(station)
    // Of the second one only what it was told matters.
    const opened = openWorkspace(workspace)
    const { datasetId, model, preset, config, stepsTotal } = findRun(opened.db, run)
    const other = { datasetId, model, preset, seed: 2, config: { ...config, batch: 8 }, stepsTotal }
    const { id } = createRun(opened.db, other)
    for (const state of ['training', 'trained'] as const) setRunState(opened.db, id, state)
    opened.close()
    runs.push(run, id)
  })

  const table = (page: Page) => page.getByRole('region', { name: 'Runs', exact: true }).getByRole('table')
  const header = (page: Page, name: string) => table(page).getByRole('columnheader').filter({ hasText: name })
  const widthOf = async (page: Page, name: string): Promise<number> => {
    const box = await header(page, name).boundingBox()
    return Math.round(box?.width ?? expect.unreachable('the column is not on screen'))
  }
  const kept = async (key: string): Promise<unknown> =>
    z
      .object({ value: z.unknown() })
      .parse(await station.page.evaluate(`window.fanoscope.call('setting.get', { key: '${key}' })`)).value

  async function openRuns(): Promise<Page> {
    const page = await station.open('--workspace', workspace)
    await page.getByRole('navigation').getByRole('link', { name: 'Runs' }).click()
    await page.getByRole('heading', { name: 'Runs', level: 1 }).waitFor()
    return page
  }

  it('are rows of a table, the newest first, with what is stored of each', async () => {
    const page = await openRuns()
    const rows = table(page).locator('tbody tr')
    await rows.nth(1).waitFor()
    const held = stored(
      workspace,
      z.object({ id: z.string(), made: z.int(), total: z.int() }),
      'SELECT id, steps_done AS made, steps_total AS total FROM run ORDER BY created_at DESC, id DESC',
    )
    expect(held.map(({ id }) => id)).toEqual(runs.toReversed())
    const links = rows.getByRole('link')
    await eventually(() =>
      links.evaluateAll((all) => all.map((link) => link.getAttribute('href')?.split('/').at(-1))),
    ).toEqual(held.map(({ id }) => id))
    for (const [i, { made, total }] of held.entries()) {
      const steps = made === total ? String(made) : `${made} / ${total}`
      await eventually(() => rows.nth(i).getByRole('cell').allInnerTexts()).toEqual(
        expect.arrayContaining(['sample', 'f-AnoGAN', steps]),
      )
    }
  })

  it('have columns that are drawn by pointer and by arrow keys, and are as wide the next day', async () => {
    const { page } = station
    const grip = (name: string) => header(page, name).getByRole('button')
    const before = await widthOf(page, 'Dataset')
    const box = await boxOf(grip('Dataset'))
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2]
    await page.mouse.move(x, y)
    await page.mouse.down()
    await page.mouse.move(x + 90, y, { steps: 5 })
    await page.mouse.up()
    await eventually(() => widthOf(page, 'Dataset')).toBe(before + 90)
    await grip('System').focus()
    // The second press counts from what the first has drawn.
    for (const _press of [1, 2]) {
      const width = await widthOf(page, 'System')
      await page.keyboard.press('ArrowRight')
      await eventually(() => widthOf(page, 'System')).toBeGreaterThan(width)
    }
    const drawn = { dataset: await widthOf(page, 'Dataset'), system: await widthOf(page, 'System') }
    expect(drawn.dataset).toBe(before + 90)
    await eventually(() => kept('ui.columns.runs')).toEqual(drawn)
    await station.close()
    const again = await openRuns()
    await eventually(async () => ({
      dataset: await widthOf(again, 'Dataset'),
      system: await widthOf(again, 'System'),
    })).toEqual(drawn)
    await header(again, 'Dataset').getByRole('button').dblclick()
    await eventually(() => kept('ui.columns.runs')).toEqual({ system: drawn.system })
  })

  it('are cards where somebody prefers them, also after a restart', async () => {
    const { page } = station
    await page.getByText('Cards', { exact: true }).click()
    const cards = page.getByRole('list', { name: 'Runs' }).getByRole('link')
    await eventually(() => cards.count()).toBe(runs.length)
    await cards.nth(1).click()
    await page.waitForURL((url) => url.hash.endsWith(runs[0] ?? ''))
    await eventually(() => cards.nth(1).getAttribute('aria-current')).toBe('true')
    await eventually(() => kept('ui.runs-view')).toBe('cards')
    await station.close()
    await (await openRuns()).getByRole('list', { name: 'Runs' }).getByRole('link').nth(1).waitFor()
    await station.page.getByText('Table', { exact: true }).click()
    await table(station.page).waitFor()
  })

  it('say in which parameters they differ, and all of them on request', async () => {
    const { page } = station
    await table(page).getByRole('link').first().click()
    await page.getByRole('tab', { name: 'Compare' }).click()
    const differences = page.getByRole('table', { name: 'Parameters' })
    await differences.waitFor()
    const rows = differences.locator('tbody tr')
    const told = () =>
      rows.evaluateAll((all) =>
        all.map((row) => [
          row.querySelector('th')?.title,
          ...[...row.querySelectorAll('td')].map((cell) => cell.textContent?.trim()),
        ]),
      )
    const configs = stored(
      workspace,
      z.object({ id: z.string(), seed: z.int(), config: z.string() }),
      'SELECT id, seed, config FROM run',
    ).map(({ id, seed, config }) => ({
      id,
      seed,
      batch: z.object({ batch: z.int() }).parse(JSON.parse(config)).batch,
    }))
    const [older, newer] = runs.map((id) => configs.find((config) => config.id === id))
    await eventually(told).toEqual([
      ['seed', String(older?.seed), String(newer?.seed)],
      ['batch', String(older?.batch), String(newer?.batch)],
    ])
    await page.getByText('Also show those that are the same').click()
    await eventually(() => rows.count()).toBeGreaterThan(10)
    await eventually(() => differences.locator('tr.marked-row').count()).toBe(2)
  })

  it('have left lines in the log, which is searched by words, and shown for one job alone', async () => {
    const { page } = station
    const lines = readFileSync(join(workspace, 'logs', 'fanoscope.log'), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => z.object({ msg: z.string() }).parse(JSON.parse(line)))
    const ended = lines.filter(({ msg }) => msg.includes('ended: done'))
    expect(ended.length).toBeGreaterThan(1)
    await page.keyboard.press('j')
    const drawer = page.getByRole('dialog', { name: 'Jobs' })
    await drawer.getByRole('tab', { name: 'Log' }).click()
    const found = drawer.getByRole('list', { name: 'Log' }).getByRole('listitem')
    await found.first().waitFor()
    await drawer.getByRole('textbox', { name: 'Words in the log' }).fill('ENDED: DONE')
    await eventually(() => found.allInnerTexts()).toSatisfy(
      (texts: string[]) => texts.length > 0 && texts.every((text) => text.includes('ended: done')),
    )
    await eventually(() => found.count()).toBe(ended.length)
    await drawer.getByRole('textbox', { name: 'Words in the log' }).fill('no line says this')
    await drawer.getByText('The log has no such line').waitFor()
    await drawer.getByRole('textbox', { name: 'Words in the log' }).fill('')
    await drawer.getByRole('tab', { name: 'Jobs' }).click()
    const job = drawer.getByRole('listitem').first()
    await job.getByRole('button', { name: 'Log' }).click()
    await found.first().waitFor()
    await eventually(() => found.count()).toBeLessThan(lines.length)
    await page.keyboard.press('Escape')
    await drawer.waitFor({ state: 'hidden' })
  })

  it('are asked about before the window closes while one is trained, which goes on if it stays', async () => {
    const { page } = station
    await page.getByRole('navigation').getByRole('link', { name: 'Train' }).click()
    await page.getByText('Under 20 seconds').click()
    await page.getByLabel(/^GAN steps/).fill('90000')
    await page.getByRole('button', { name: 'Start the training' }).click()
    const state = (name: string) => page.locator('.screen-header .state').getByText(name, { exact: true })
    await state('Training').waitFor()
    const asked = page.waitForEvent('dialog')
    await page.close({ runBeforeUnload: true })
    const question = await asked
    expect(question.type()).toBe('beforeunload')
    await question.dismiss()
    expect(page.isClosed()).toBe(false)
    await state('Training').waitFor()
    await page.locator('.screen-header').getByRole('button', { name: 'Stop', exact: true }).click()
    await page.getByRole('tooltip').getByRole('button', { name: 'Stop', exact: true }).click()
    await state('Stopped').waitFor()
  })

  it('let the window close without a question when none is trained', async () => {
    const { page } = station
    let questions = 0
    page.on('dialog', (dialog) => {
      questions += 1
      void dialog.dismiss()
    })
    const closed = page.waitForEvent('close')
    await page.close({ runBeforeUnload: true })
    await closed
    expect(questions).toBe(0)
  })
})
