/** Every screen: for those who see little, for those who use the keyboard alone, in both languages and both themes. */
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { settled } from '../../scripts/window/settled.mjs'
import { documents } from '../main/command-line/documents.ts'
import { barriers } from './barriers.ts'
import { createStation, describeInChromium, done, eventually, scoredLine } from './station.ts'

const places = [
  'datasets',
  'label',
  'train',
  'training',
  'review',
  'thresholds',
  'curation',
  'live',
  'runs',
  'settings',
] as const
type Place = (typeof places)[number]

describeInChromium('every screen', () => {
  const station = createStation()
  const nextDay = join(station.folder, 'next day')
  let run = ''

  beforeAll(async () => {
    const { workspace } = station
    run = await scoredLine(station)
    const at = ['--workspace', workspace, '--json']
    // Parts of another day, one of them accepted: there is something to watch, and something to learn from.
    const other = '--seed 7 --train 4 --test-good 1 --per-defect 1 --json'
    await done(station.command('sample', nextDay, ...other.split(' ')))
    const good = join(nextDay, 'train', 'good')
    await done(station.command('score', '--run', run, '--images', good, ...at))
    const queue = documents.list.parse(await done(station.command('review', '--run', run, '--list', ...at)))
    const fresh = queue.find(({ file }) => !file.includes('test/'))
    const decision = ['--image', String(fresh?.image), '--decision', 'accept', '--operator', 'Mei Lin']
    await done(station.command('review', '--run', run, ...decision, ...at))
  })

  async function visit(place: Place): Promise<Page> {
    const { page } = station
    const path = place === 'training' ? `train/${run}` : place
    await page.evaluate(`location.hash = '#/${path}'`)
    // The screen before it stays until its own code is there.
    await page
      .locator(`.rail .entry[aria-current=page][href*='/${place === 'training' ? 'train' : place}']`)
      .waitFor()
    await page.locator('.screen-header h1').waitFor()
    if (place === 'review') await page.locator('.choice.accept:enabled').waitFor()
    await settled(page)
    return page
  }

  const look = async (page: Page) =>
    z.object({ language: z.string(), theme: z.enum(['dark', 'light']) }).parse(
      await page.evaluate(`({
        language: document.documentElement.lang,
        theme: document.documentElement.classList.contains('dark') ? 'dark' : 'light',
      })`),
    )

  /**
   * The controls that Tab does not reach. Of controls that share one stop (the choices of a radio group, the cells
   * of a grid) one is enough: arrows lead to the others.
   */
  async function unreached(page: Page): Promise<string[]> {
    const stops = await page.evaluate(`(() => {
      document.activeElement.blur()
      const controls = [
        ...document.querySelectorAll(
          'a[href], button, input, select, textarea, summary, [role=slider], [role=switch], [role=tab]',
        ),
      ].filter((control) =>
        control.checkVisibility() &&
        !control.matches(':disabled, [aria-disabled=true], [aria-hidden=true] *, .is-disabled *'))
      for (const control of controls) control.dataset.stop = ''
      return controls.length
    })()`)
    const most = 2 * z.int().positive().parse(stops) + 10
    // It starts where somebody clicked last. The end of the page, which is the browser's own, is a stop too.
    let ends = 0
    for (let presses = 0; presses < most && ends < 2; presses++) {
      await page.keyboard.press('Tab')
      const isEnd = await page.evaluate(`(() => {
        document.activeElement.dataset.reached = ''
        return document.activeElement === document.body
      })()`)
      if (isEnd === true) ends += 1
    }
    const missed = await page.evaluate(`(() => {
      delete document.body.dataset.reached
      const group = '[role=radiogroup], [role=tablist], [role=list], fieldset, .scroller, .el-slider'
      return [...document.querySelectorAll('[data-stop]')]
        .filter((control) => !control.matches('[data-reached]') && !control.querySelector('[data-reached]'))
        .filter((control) => !control.closest(group)?.querySelector('[data-reached]'))
        .map((control) => control.outerHTML.slice(0, 200))
    })()`)
    return z.array(z.string()).parse(missed)
  }

  it('the first start: nothing keeps anybody from it, in both themes, and Tab reaches every control', async () => {
    const page = await station.open()
    expect(await barriers(page)).toEqual([])
    expect(await unreached(page)).toEqual([])
    await page.getByRole('button', { name: 'Switch between dark and light' }).click()
    expect(await barriers(page)).toEqual([])
    await eventually(() => look(page)).toEqual({ language: 'en', theme: 'light' })
    await station.close()
  })

  it('holds the theme that was chosen after a restart', async () => {
    const page = await station.open('--workspace', station.workspace)
    await eventually(() => look(page)).toEqual({ language: 'en', theme: 'light' })
  })

  describe.each(['light', 'dark'])('in the %s theme', (theme) => {
    it.each(places)('keeps nobody out: %s', async (place) => {
      if ((await look(station.page)).theme !== theme) {
        await station.page.getByRole('button', { name: 'Switch between dark and light' }).click()
      }
      const page = await visit(place)
      await eventually(() => look(page)).toMatchObject({ theme })
      expect((await barriers(page)).join('\n')).toBe('')
    })

    it('keeps nobody out: the dialogs', async () => {
      const page = await visit('datasets')
      await page.locator('.screen-header').getByRole('button', { name: 'Import photographs' }).click()
      expect(await barriers(page)).toEqual([])
      await page.keyboard.press('Escape')
      await page.getByRole('dialog').waitFor({ state: 'hidden' })
      await page.keyboard.press('?')
      expect(await barriers(page)).toEqual([])
      await page.keyboard.press('Escape')
      await page.getByRole('dialog').waitFor({ state: 'hidden' })
      await page.keyboard.press('j')
      expect(await barriers(page)).toEqual([])
      await page.keyboard.press('Escape')
      await page.getByRole('dialog').waitFor({ state: 'hidden' })
    })
  })

  it.each(places)('Tab reaches every control: %s', async (place) => {
    expect(await unreached(await visit(place))).toEqual([])
  })

  it('the work is done with the keyboard alone', async () => {
    const page = await visit('datasets')
    await page.keyboard.press('Alt+2')
    await page.getByRole('heading', { name: 'Label', level: 1 }).waitFor()
    await page.keyboard.press('Alt+3')
    await page.getByRole('heading', { name: 'Train', level: 1 }).waitFor()
    await page.keyboard.press('Alt+4')
    await page.locator('.choice.accept:enabled').waitFor()
    await page.keyboard.press('r')
    await page.keyboard.type('Mei Lin')
    await page.keyboard.press('Enter')
    await page.getByRole('status').filter({ hasText: 'rejected' }).waitFor()
    await page.locator('.choice.accept:enabled').waitFor()
    const before = (await page.locator('.row.current .file').textContent()) ?? ''
    await page.keyboard.press('ArrowDown')
    await page.locator('.row.current').filter({ hasNotText: before }).waitFor()
    await page.keyboard.press('z')
    await page.getByRole('status').filter({ hasText: 'Taken back' }).waitFor()
  })

  it('judges what a camera puts into a folder', async () => {
    const page = await visit('live')
    await page.getByRole('button', { name: 'Choose the folder that' }).click()
    await page.getByLabel('Path of the folder').fill(join(nextDay, 'test', 'good'))
    await page.getByRole('button', { name: 'Go', exact: true }).click()
    await page.getByRole('button', { name: 'Use this folder' }).click()
    await page.getByRole('button', { name: 'Start', exact: true }).click()
    await page.locator('.verdict').waitFor()
    expect(await barriers(page)).toEqual([])
    expect(await unreached(page)).toEqual([])
    await page.getByRole('main').getByRole('button', { name: 'Stop', exact: true }).click()
    await page.getByRole('button', { name: 'Start', exact: true }).waitFor()
  })

  it('speaks Chinese on every screen, also after a restart', async () => {
    const { page } = station
    const { theme } = await look(page)
    await page.getByRole('button', { name: 'Change language' }).click()
    await page.getByRole('navigation', { name: '页面' }).waitFor()
    await station.close()
    const again = await station.open('--workspace', station.workspace)
    await eventually(() => look(again)).toEqual({ language: 'zh-CN', theme })
    for (const place of places) {
      await visit(place)
      // The title of a training is the run's own name.
      if (place === 'training') continue
      await eventually(() => again.locator('.screen-header h1').textContent()).toMatch(/^\p{Script=Han}+$/u)
    }
  })

  it('speaks English again when it is told to', async () => {
    const { page } = station
    await page.locator('.status').getByRole('button', { name: '切换语言' }).click()
    await page.getByRole('navigation', { name: 'Screens' }).waitFor()
    await eventually(() => look(page)).toMatchObject({ language: 'en' })
  })
})
