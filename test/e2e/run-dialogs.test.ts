/** Every dialog about runs and those who decide: it keeps nobody out, has the focus, and Escape leads back. */
import type { Page } from 'playwright-core'
import { beforeAll, expect, it } from 'vitest'
import { barriers } from './barriers.ts'
import { dialog, keepsNobodyOut, lookAt } from './dialogs.ts'
import { createStation, describeInChromium, goTo, scoredLine, signIn } from './station.ts'

const pin = '4711 line'

describeInChromium('every dialog about a run', () => {
  const station = createStation()
  let run = ''

  beforeAll(async () => {
    run = await scoredLine(station)
  })

  const go = (path: string): Promise<Page> => goTo(station.page, path)

  it('that asks who somebody is, by name and by PIN', async () => {
    await station.open('--workspace', station.workspace)
    const page = await go(`review/${run}`)
    await page.locator('.choice.accept:enabled').waitFor()
    await page.keyboard.press('a')
    await dialog(page, /sign in/i).waitFor()
    await keepsNobodyOut(page)
    await page.keyboard.press('Escape')
    await dialog(page, /sign in/i).waitFor({ state: 'hidden' })
    await signIn(page, 'Mei Lin')
    await go('settings')
    await page.getByLabel('New PIN').fill(pin)
    await page.getByRole('button', { name: 'Set PIN and badge' }).click()
    await page.getByText('PIN and badge are set.').waitFor()
    expect(await barriers(page)).toEqual([])
    await go('datasets')
    await page.getByRole('contentinfo').getByRole('button', { name: 'Mei Lin', exact: true }).click()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('button', { name: 'Nobody signed in' }).click()
    await page.getByRole('textbox', { name: 'Your name or badge' }).fill('Mei Lin')
    await keepsNobodyOut(page)
    await page.keyboard.press('Enter')
    const asked = page.getByLabel('PIN of Mei Lin')
    await asked.fill('wrong')
    await page.keyboard.press('Enter')
    await page.getByRole('alert').filter({ hasText: 'pin-wrong' }).waitFor()
    await keepsNobodyOut(page)
    await asked.fill(pin)
    await page.keyboard.press('Enter')
    await page.getByRole('contentinfo').getByRole('button', { name: 'Mei Lin', exact: true }).waitFor()
  })

  it('of the review: the question before the rest is accepted', async () => {
    const page = await go(`review/${run}`)
    await page.locator('.choice.accept:enabled').waitFor()
    // It is offered to who has begun.
    await page.keyboard.press('a')
    await page.getByRole('status').filter({ hasText: 'Stored:' }).waitFor()
    await lookAt(page, page.getByRole('button', { name: /^Accept the other/ }), /^Accept the other/)
  })

  it('in which a threshold is set as an operating point', async () => {
    const page = await go(`thresholds/${run}`)
    await page.getByRole('slider', { name: 'Threshold' }).waitFor()
    await lookAt(page, page.getByRole('button', { name: 'Set this threshold' }), 'Set the threshold')
  })

  it('of a run: its way into use, and what is written of it', async () => {
    const page = await go(`runs/${run}`)
    await page.getByRole('tab', { name: 'Evaluation' }).waitFor()
    const use = page.getByRole('main').getByRole('button', { name: 'Use this model' })
    await lookAt(page, use, 'Use this model', () =>
      dialog(page, 'Use this model').locator('.verdict').waitFor(),
    )
    await page.getByRole('button', { name: 'Export' }).focus()
    await page.keyboard.press('Enter')
    const report = page.getByRole('menuitem', { name: 'Report (HTML)' })
    await report.waitFor()
    await keepsNobodyOut(page)
    await report.click()
    await dialog(page, 'Folder to write to').waitFor()
    await keepsNobodyOut(page)
    await page.keyboard.press('Escape')
    await dialog(page, 'Folder to write to').waitFor({ state: 'hidden' })
  })
})
