/** A training is paused, continued, stopped and resumed from the window, and outlives its engine. */
import { readFileSync } from 'node:fs'
import { beforeAll, expect, it } from 'vitest'
import { createStation, describeInChromium, eventually, stockLine } from './station.ts'

describeInChromium('a training in the window', () => {
  const station = createStation()
  beforeAll(() => stockLine(station))

  const header = () => station.page.locator('.screen-header')
  const button = (name: string) => header().getByRole('button', { name, exact: true })
  const state = (name: string) => header().locator('.state').getByText(name, { exact: true })
  const steps = () => station.page.locator('.facts > div').filter({ hasText: 'Steps' }).locator('dd')

  /** Waits until more steps are done than these, and tells how many. */
  async function stepsBeyond(before: number): Promise<number> {
    for (;;) {
      const text = (await steps().textContent()) ?? ''
      const done = Number(/^[\d,]+/.exec(text)?.[0].replaceAll(',', ''))
      if (done > before) return done
      // The next change of the text, whatever it is.
      await steps().filter({ hasNotText: text }).waitFor()
    }
  }

  async function stop(): Promise<void> {
    await button('Stop').click()
    await station.page.getByRole('tooltip').getByRole('button', { name: 'Stop', exact: true }).click()
    await state('Stopped').waitFor()
  }

  it('starts with a parameter that was changed, and says what should be minded', async () => {
    const page = await station.open('--workspace', station.workspace)
    await page.getByRole('navigation').getByRole('link', { name: 'Train' }).click()
    await page.getByText('Under 20 seconds').click()
    await page.getByLabel(/^GAN steps/).fill('90000')
    await page.getByText('1 parameter changed').waitFor()
    await page.getByRole('button', { name: 'Start the training' }).click()
    const message = page
      .getByRole('region', { name: 'Messages' })
      .getByText('only 6 normal validation images')
    await Promise.all([message.waitFor(), state('Training').waitFor()])
    expect(await stepsBeyond(0)).toBeGreaterThan(0)
  })

  it('is paused and goes on', async () => {
    await button('Pause').click()
    await state('Paused').waitFor()
    const paused = await stepsBeyond(0)
    await button('Continue').click()
    await state('Training').waitFor()
    expect(await stepsBeyond(paused)).toBeGreaterThan(paused)
  })

  it('is stopped, and resumed where it was', async () => {
    await stop()
    const stopped = await stepsBeyond(0)
    await button('Go on training').click()
    await state('Training').waitFor()
    expect(await stepsBeyond(stopped)).toBeGreaterThan(stopped)
  })

  it.skipIf(process.platform !== 'linux')('whose engine was killed is shown so, and can go on', async () => {
    const { page, pid } = station
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')
    expect(children).toHaveLength(1)
    process.kill(Number(children[0]), 'SIGKILL')
    await state('Interrupted').waitFor()
    await page.getByRole('alert').getByText('Code: engine-crashed').waitFor({ state: 'attached' })
    const kept = await stepsBeyond(0)
    await button('Go on training').click()
    await state('Training').waitFor()
    expect(await stepsBeyond(0)).toBeGreaterThan(0)
    expect(await stepsBeyond(kept)).toBeGreaterThan(kept)
    await eventually(() => page.getByRole('alert').count()).toBe(0)
  })

  async function openFrom(group: string): Promise<void> {
    const page = await station.open('--workspace', station.workspace)
    await page.getByRole('navigation').getByRole('link', { name: 'Train' }).click()
    await page.getByRole('region', { name: group }).getByRole('link').click()
  }

  it('goes on by itself after the application was closed in the middle', async () => {
    const before = await stepsBeyond(0)
    await station.close()
    await openFrom('Under way')
    await state('Training').waitFor()
    expect(await stepsBeyond(before)).toBeGreaterThan(before)
  })

  it('is listed as unfinished after a power cut, and goes on when it is told to', async () => {
    await station.kill()
    await openFrom('Can go on')
    await state('Interrupted').waitFor()
    const kept = await stepsBeyond(0)
    await button('Go on training').click()
    await state('Training').waitFor()
    expect(await stepsBeyond(kept)).toBeGreaterThan(kept)
    await stop()
  })
})
