/** Which model is in use is said alike on every screen, and the line takes no other one unless a person wants that. */
import type { Page } from 'playwright-core'
import { beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { beginWatch, endWatch } from '../../src/main/store/live.ts'
import { recordModelUse } from '../../src/main/store/model-uses.ts'
import { createRun, findRun, setRunState } from '../../src/main/store/runs.ts'
import { openWorkspace } from '../../src/main/store/workspace.ts'
import { dialog } from './dialogs.ts'
import { createStation, describeInChromium, done, goTo, scoredLine, signIn, stored } from './station.ts'

describeInChromium('the model in use', () => {
  const station = createStation()
  const { workspace } = station
  let smoke = ''
  let quick = ''

  beforeAll(async () => {
    smoke = await scoredLine(station)
    const set = ['threshold', '--run', smoke, '--target', 'fpr=0.01', '--set', '--name', 'Line 4']
    const why = ['--operator', 'Li Na', '--reason', 'a trial', '--workspace', workspace, '--json']
    await done(station.command(...set, ...why))
  })

  const go = (path: string): Promise<Page> => goTo(station.page, path)

  const sentence = (page: Page, text: RegExp) => page.locator('.model-in-use').filter({ hasText: text })

  const none =
    /No model is in use for sample yet\. The threshold Line 4, version 1 \([\d.]+\), is set for this run/
  const inUse =
    /In use for sample: f-AnoGAN · Smoke · \d+\. It judges by the threshold Line 4, version 1 \([\d.]+\)\./

  it('is said to be missing with the same words where it is chosen, set and run', async () => {
    const page = await station.open('--workspace', workspace)
    await signIn(page, 'Mei Lin')
    for (const screen of ['live', `thresholds/${smoke}`]) {
      await go(screen)
      await sentence(page, none).waitFor()
    }
    await go(`runs/${smoke}`)
    await page.getByRole('main').getByRole('button', { name: 'Use this model' }).click()
    await sentence(page, none).waitFor()
    await dialog(page, 'Use this model').getByRole('button', { name: 'Use from the next part on' }).click()
    await dialog(page, 'Use this model').waitFor({ state: 'hidden' })
  })

  it('is said with the same words once it is there', async () => {
    for (const screen of ['live', `thresholds/${smoke}`]) await sentence(await go(screen), inUse).waitFor()
  })

  it('judges the line also after another one did, was watched with, and was rolled back', async () => {
    await station.close()
    const opened = openWorkspace(workspace)
    const { datasetId, model, seed, config, stepsTotal } = findRun(opened.db, smoke)
    quick = createRun(opened.db, { datasetId, model, preset: 'quick', seed, config, stepsTotal }).id
    for (const state of ['training', 'trained'] as const) setRunState(opened.db, quick, state)
    const by = { datasetId, operatorId: null, reason: 'a trial', gate: null }
    const use = recordModelUse(opened.db, { ...by, runId: quick, action: 'promote' })
    const watched = { folder: '/camera', resultFolder: '/results', runId: quick, datasetId }
    endWatch(opened.db, beginWatch(opened.db, watched, use.id).id)
    recordModelUse(opened.db, { ...by, runId: smoke, action: 'rollback' })
    opened.close()
    const page = await station.open('--workspace', workspace)
    await go('live')
    await page.locator('.setup .el-select').filter({ hasText: 'Smoke' }).waitFor()
    await sentence(page, inUse).waitFor()
    expect(await page.getByRole('alert').filter({ hasText: 'is not the model in use' }).count()).toBe(0)
  })

  it('is not left without a warning, and is one click away', async () => {
    const { page } = station
    await page.getByRole('combobox', { name: /^Model/ }).press('Enter')
    await page.getByRole('option').filter({ hasText: 'Quick' }).click()
    const warning = page.getByRole('alert').filter({ hasText: /Quick.* is not the model in use\./ })
    await warning.waitFor()
    await sentence(page, inUse).waitFor()
    await warning.getByRole('button', { name: 'Take the model in use' }).click()
    await warning.waitFor({ state: 'hidden' })
    await page.locator('.setup .el-select').filter({ hasText: 'Smoke' }).waitFor()
  })
  it('goes back only to a model that is named, and with a reason that the audit keeps', async () => {
    await station.close()
    const opened = openWorkspace(workspace)
    const { datasetId } = findRun(opened.db, smoke)
    const use = { datasetId, runId: quick, operatorId: null, reason: null, gate: null }
    recordModelUse(opened.db, { ...use, action: 'promote' })
    opened.close()
    const page = await station.open('--workspace', workspace)
    await signIn(page, 'Mei Lin')
    await go(`runs/${quick}`)
    await page.getByRole('main').getByRole('button', { name: 'Roll back' }).click()
    const asked = dialog(page, 'Roll back')
    await asked.getByText(/^f-AnoGAN · Quick/).waitFor()
    await asked.getByText(/^f-AnoGAN · Smoke/).waitFor()
    await asked.getByText(/^Line 4, version 1/).waitFor()
    const back = asked.getByRole('button', { name: 'Roll back' })
    expect(await back.isDisabled()).toBe(true)
    await asked.getByLabel(/^Reason/).fill('Too many false rejects')
    await back.click()
    await asked.waitFor({ state: 'hidden' })
    const told = stored(
      workspace,
      z.object({ run: z.string(), detail: z.string() }),
      "SELECT run, detail FROM audit WHERE action = 'model.rolled-back' ORDER BY id DESC LIMIT 1",
    )
    expect(told).toMatchObject([{ run: smoke, detail: expect.stringContaining('Too many false rejects') }])
  })
})
