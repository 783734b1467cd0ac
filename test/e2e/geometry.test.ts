/**
 * It fits: on every screen, in every size of the window, nothing is cut off, covered, overlapping or, where operators
 * work with gloves, too small. `FANOSCOPE_GEOMETRY=all` looks at every size, scale and theme, which takes an hour; names of places after
 * it (`FANOSCOPE_GEOMETRY="all review,live"`) look only at those that begin so.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { beforeAll, expect, it } from 'vitest'
import { settled } from '../../scripts/window/settled.mjs'
import { geometryFaults } from './geometry.ts'
import { places, show, type Things, touchedLive } from './geometry-places.ts'
import { createStation, describeInChromium, done, goTo, patience, scoredLine, signIn } from './station.ts'

interface Size {
  width: number
  height: number
  /** In percent: a window shows as much less of a page as it is larger. */
  zoom: number
}

const size = (width: number, height: number, zoom = 100): Size => ({ width, height, zoom })
/** Where things collide first, and the size of most windows. */
const decisive = [size(1024, 720), size(1024, 720, 150), size(1280, 800)]
const windows = [size(1024, 720), size(1280, 800), size(1440, 900), size(1920, 1080), size(3840, 2160)]
const asked = process.env.FANOSCOPE_GEOMETRY ?? ''
const all = asked.startsWith('all')
const beginnings = asked.replace(/^all ?/, '').split(',')
const looked = places.filter(({ name }) => beginnings.some((begin) => name.startsWith(begin)))
const sizes = all
  ? windows.flatMap(({ width, height }) => [100, 125, 150, 200, 250].map((zoom) => size(width, height, zoom)))
  : decisive

type Look = { language: 'en' | 'zh-CN'; theme: 'dark' | 'light' }
const english: Look = { language: 'en', theme: 'dark' }
const chinese: Look = { language: 'zh-CN', theme: 'light' }
const looks: Look[] = all
  ? [english, { ...english, theme: 'light' }, { ...chinese, theme: 'dark' }, chinese]
  : [english, chinese]

async function resize(page: Page, { width, height, zoom }: Size): Promise<void> {
  const inPage = (length: number): number => Math.floor((length * 100) / zoom)
  await page.setViewportSize({ width: inPage(width), height: inPage(height) })
  await settled(page)
}

/** What is wrong with the page in each size, with the size. It is said at once where all are looked at, which takes long. */
async function faultsInSizes(page: Page, name: string, touched?: string): Promise<string[]> {
  const found: string[] = []
  for (const each of sizes) {
    await resize(page, each)
    const at = `${name} at ${each.width} x ${each.height}, ${each.zoom} %`
    for (const fault of await geometryFaults(page, touched)) found.push(`${at}: ${fault}`)
  }
  if (all)
    process.stderr.write([`${name}: ${sizes.length} sizes, ${found.length} faults`, ...found, ''].join('\n'))
  return found
}

/** From the next screen on. */
const change = (page: Page, { language, theme }: Look): Promise<unknown> =>
  page.evaluate(`(async () => {
    for (const [key, value] of [['ui.language', '${language}'], ['ui.theme', '${theme}']]) {
      localStorage.setItem(key, value)
      await window.fanoscope.call('setting.set', { key, value })
    }
  })()`)

describeInChromium('what finds faults', () => {
  const station = createStation()

  it('finds each kind, and nothing on a page without one', async () => {
    const page = await station.open()
    // Outside of the application, whose policy forbids styles of a page's own.
    await page.goto('about:blank')
    const body = (html: string): Promise<void> =>
      page.setContent(
        `<style>.truncate { overflow: hidden; text-overflow: ellipsis; white-space: nowrap }</style>${html}`,
      )
    const kinds = async (): Promise<string[]> => [
      ...new Set((await geometryFaults(page, 'button')).map((fault) => fault.split(':', 1)[0] ?? '')),
    ]
    const large = 'width: 100px; height: 60px'
    await body(`<button style="${large}">Fine</button>`)
    expect(await kinds()).toEqual([])
    await body(`<div style="width: 60px; overflow: hidden"><button style="${large}"></button></div>`)
    expect(await kinds()).toEqual(['cut off'])
    await body(`<div style="height: 40px; overflow: auto"><button style="${large}"></button></div>`)
    expect(await kinds()).toEqual([])
    await body(`<div style="width: 60px; overflow: auto"><button style="${large}"></button></div>`)
    expect(await kinds()).toEqual(['aside'])
    await body(
      `<button style="${large}"></button><p style="margin-top: -60px; height: 60px; position: relative">`,
    )
    expect(await kinds()).toEqual(['covered'])
    await body(`<p class="truncate" style="width: 60px">A sentence that is long</p>`)
    expect(await kinds()).toEqual(['text cut off without a title'])
    await body(`<p class="truncate" title="A sentence" style="width: 60px">A sentence that is long</p>`)
    expect(await kinds()).toEqual([])
    await body('<p style="height: 20px">One</p><p style="margin-top: -20px">Two</p>')
    expect(await kinds()).toEqual(['overlapping'])
    await body('<button style="width: 30px; height: 60px"></button>')
    expect(await kinds()).toEqual(['too small for a finger'])
  })
})

describeInChromium('every screen fits', () => {
  const station = createStation()
  const { workspace } = station
  const nextDay = join(station.folder, 'next day')
  const things: Things = { run: '', delivery: nextDay }

  beforeAll(async () => {
    things.run = await scoredLine(station)
    const at = ['--operator', 'Li Na', '--reason', 'a trial', '--workspace', workspace, '--json']
    const set = ['threshold', '--run', things.run, '--target', 'fpr=0.01', '--set', '--name', 'Line 4']
    await done(station.command(...set, ...at))
    await done(station.command('promote', things.run, ...at))
    const few = '--seed 7 --train 4 --test-good 2 --per-defect 1 --json'
    await done(station.command('sample', nextDay, ...few.split(' ')))
    await signIn(await station.open('--workspace', workspace), 'Li Na')
  })

  it('Live, while it judges parts', async () => {
    const { page } = station
    await goTo(page, 'live')
    await page.locator('.setup .form-field .el-button').first().click()
    await page.getByLabel('Path of the folder').fill(join(nextDay, 'test', 'good'))
    await page.getByRole('button', { name: 'Go', exact: true }).click()
    await page.getByRole('button', { name: 'Use this folder' }).click()
    await page.getByRole('button', { name: 'Start', exact: true }).click()
    await page.locator('.verdict').waitFor()
    const found: string[] = []
    for (const look of [...looks.slice(1), english]) {
      await change(page, look)
      await page.reload()
      await page.locator('.verdict').waitFor()
      found.push(...(await faultsInSizes(page, `live, ${look.language}, ${look.theme}`, touchedLive)))
    }
    expect(found).toEqual([])
    await page.getByRole('main').getByRole('button', { name: 'Stop', exact: true }).click()
    await page.getByRole('button', { name: 'Start', exact: true }).waitFor()
  })

  it('notices have a place of their own, beside a dialog too, and are read out', async () => {
    const { page } = station
    const empty = join(station.folder, 'no model')
    mkdirSync(empty)
    await resize(page, size(1280, 800))
    await goTo(page, `runs/${things.run}`)
    const notices = page.getByRole('region', { name: 'Messages' })
    for (const count of [1, 2, 3, 4]) {
      await page.locator('.screen-header').getByRole('button', { name: 'Import a model' }).click()
      await page.getByLabel('Path of the folder').fill(empty)
      await page.getByRole('button', { name: 'Go', exact: true }).click()
      await page.getByRole('button', { name: 'Use this folder' }).click()
      await notices
        .getByRole('article')
        .nth(count - 1)
        .waitFor()
    }
    expect(await notices.getAttribute('aria-live')).toBe('polite')
    expect(await faultsInSizes(page, 'runs with notices')).toEqual([])
    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: 'Shortcuts' }).waitFor()
    expect(await faultsInSizes(page, 'a dialog with notices')).toEqual([])
    await notices.getByRole('button', { name: 'Close this message' }).first().click()
    await notices.getByRole('article').nth(3).waitFor({ state: 'detached' })
    await page.getByRole('dialog', { name: 'Shortcuts' }).waitFor()
  })

  // Every look in one test, so that a fault in the first hides none in the others.
  it('nothing is cut off, covered or overlapping, in either language and theme', {
    timeout: sizes.length * looks.length * places.length * patience,
  }, async () => {
    const { page } = station
    const found: string[] = []
    for (const look of looks) {
      await change(page, look)
      for (const place of looked) {
        await resize(page, size(1440, 900))
        await show(page, place, things)
        const name = `${place.name}, ${look.language}, ${look.theme}`
        found.push(...(await faultsInSizes(page, name, place.touched)))
      }
    }
    expect(found).toEqual([])
  })
})
