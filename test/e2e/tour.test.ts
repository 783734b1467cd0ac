/** Whoever opens the sample line for the first time is led through it in five steps, and may be again at any time. */
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { barriers } from './barriers.ts'
import { createStation, describeInChromium, eventually, patience } from './station.ts'

/** The screen of each step, and the words at its head. */
const steps = [
  ['Datasets', 'Look at the photographs'],
  ['Train', 'Train on good parts'],
  ['Review', 'Decide part by part'],
  ['Thresholds', 'Set the threshold'],
  ['Curate', 'Learn from what was accepted'],
] as const

describeInChromium('the tour', () => {
  const station = createStation()
  const card = (page: Page) => page.getByRole('region', { name: 'Tour' })
  const isSeen = () => station.page.evaluate(`window.fanoscope.call('setting.get', { key: 'ui.tour-seen' })`)

  async function step(page: Page, number: number): Promise<void> {
    const [screen, title] = steps[number] ?? expect.unreachable('there are five')
    await card(page)
      .getByText(`Step ${number + 1} of ${steps.length}`)
      .waitFor()
    await card(page).getByRole('heading', { name: title }).waitFor()
    await page.getByRole('heading', { name: screen, level: 1, exact: true }).waitFor()
  }

  it('is offered once the sample line is there, and does not take the focus', async () => {
    const page = await station.open()
    await page.getByRole('button', { name: /Open the sample line/ }).click()
    // Its 360 photographs are made first.
    await card(page)
      .getByRole('heading', { name: 'A tour in five steps?' })
      .waitFor({ timeout: 4 * patience })
    expect(await card(page).locator(':focus').count()).toBe(0)
    expect(await barriers(page)).toEqual([])
  })

  it('leads through five screens with the sample line on them, forward and back', async () => {
    const { page } = station
    await card(page).getByRole('button', { name: 'Tour in five steps' }).click()
    for (const number of steps.keys()) {
      await step(page, number)
      if (number === 1) await page.getByRole('main').getByText('sample').first().waitFor()
      if (number < steps.length - 1) await card(page).getByRole('button', { name: 'Next' }).click()
    }
    await card(page).getByRole('button', { name: 'Back' }).click()
    await step(page, 3)
    expect(await barriers(page)).toEqual([])
    await card(page).getByRole('button', { name: 'Next' }).click()
    await step(page, 4)
    await card(page).getByRole('button', { name: 'Done' }).click()
    await card(page).waitFor({ state: 'detached' })
    await eventually(isSeen).toEqual({ value: true })
  })

  it('begins with F1 and is walked with the keyboard alone', async () => {
    const { page } = station
    await page.keyboard.press('F1')
    await step(page, 0)
    await eventually(() => card(page).evaluate((element) => element === document.activeElement)).toBe(true)
    await page.keyboard.press('Tab')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await step(page, 1)
    await page.keyboard.press('Escape')
    await card(page).waitFor({ state: 'detached' })
  })

  it('is not offered again after a restart, and to be had under Settings', async () => {
    await station.close()
    const page = await station.open('--workspace', station.workspace)
    await page.getByRole('heading', { name: 'sample', level: 2 }).waitFor()
    expect(await isSeen()).toEqual({ value: true })
    expect(await card(page).count()).toBe(0)
    await page.getByRole('navigation').getByRole('link', { name: 'Settings' }).click()
    await page.getByRole('button', { name: 'Show the tour again' }).click()
    await step(page, 0)
    await card(page).getByRole('button', { name: 'End the tour' }).click()
    await card(page).waitFor({ state: 'detached' })
  })
})
