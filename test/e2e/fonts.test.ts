/** Chinese on a computer that has no font for it, and no network: the windows, and a report that was sent to somebody. */

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { projectRoot } from '../../scripts/setup/places.mjs'
import { launchChromium } from '../../scripts/window/chromium.mjs'
import { settled } from '../../scripts/window/settled.mjs'
import { documents } from '../main/command-line/documents.ts'
import { createStation, describeInChromium, done, eventually, stockLine } from './station.ts'

/** Of the characters of an element: which fonts they were drawn with. */
async function drawnWith(page: Page, selector: string) {
  await page.locator(selector).first().waitFor()
  await settled(page)
  const session = await page.context().newCDPSession(page)
  await page.evaluate('document.fonts.ready')
  await session.send('DOM.enable')
  await session.send('CSS.enable')
  const { root } = await session.send('DOM.getDocument')
  const { nodeId } = await session.send('DOM.querySelector', { nodeId: root.nodeId, selector })
  const { fonts } = await session.send('CSS.getPlatformFontsForNode', { nodeId })
  return z
    .array(z.object({ isCustomFont: z.boolean(), glyphCount: z.number() }))
    .parse(fonts)
    .filter(({ glyphCount }) => glyphCount > 0)
}

/** The characters, as ranges of their codes, that the slices of a weight of the shipped font have. */
function rangesOf(weight: number): [number, number][] {
  const folder = join(projectRoot, 'node_modules', '@fontsource', 'noto-sans-sc')
  const sheet = readFileSync(join(folder, `${weight}.css`), 'utf8')
  return [...sheet.matchAll(/U\+([0-9A-F]+)(?:-([0-9A-F]+))?/gi)].map(([, first = '', last = first]) => [
    Number.parseInt(first, 16),
    Number.parseInt(last, 16),
  ])
}

it.each([400, 600])('the shipped font has every character of the Chinese words, in weight %i', (weight) => {
  const ranges = rangesOf(weight)
  const words = ['src/renderer/i18n/zh-CN.json', 'src/shared/messages/zh-CN.json']
  const said = words.map((file) => readFileSync(join(projectRoot, file), 'utf8')).join('')
  const characters = [...new Set(said.match(/[\p{Script=Han}\u3000-\u303f\uff00-\uffef]/gu))]
  expect(characters.length).toBeGreaterThan(500)
  const isThere = (character: string): boolean =>
    ranges.some(([first, last]) => first <= character.charCodeAt(0) && character.charCodeAt(0) <= last)
  expect(characters.filter((character) => !isThere(character))).toEqual([])
})

describeInChromium('Chinese on a computer whose fonts are all Latin', () => {
  const station = createStation()
  const bare = mkdtempSync(join(tmpdir(), 'fanoscope-no-fonts-'))
  let browser: Browser | null = null
  const freshPage = async (locale: string): Promise<Page> => {
    browser ??= await launchChromium({ ...process.env, FONTCONFIG_FILE: join(bare, 'fonts.conf') })
    const context = await browser.newContext({ locale, viewport: { width: 1280, height: 800 } })
    return context.newPage()
  }

  // Without a single one Chromium does not start.
  const latin = join(projectRoot, 'node_modules', 'pdfmake', 'fonts', 'Roboto')

  beforeAll(async () => {
    mkdirSync(join(bare, 'cache'))
    writeFileSync(
      join(bare, 'fonts.conf'),
      `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig><dir>${latin}</dir><cachedir>${join(bare, 'cache')}</cachedir></fontconfig>`,
    )
    await stockLine(station)
  })
  afterAll(async () => {
    await browser?.close()
    rmSync(bare, { recursive: true, force: true, maxRetries: 3 })
  })

  it('the windows bring theirs, and read the slices that they show', async () => {
    await station.open('--workspace', station.workspace)
    const { page } = station
    await page.getByRole('button', { name: 'Change language' }).click()
    await page.getByRole('navigation', { name: '页面' }).waitFor()
    await station.close()

    const served = await station.serve('--workspace', station.workspace)
    try {
      const window = await freshPage('zh-CN')
      const read: string[] = []
      window.on('request', (request) => read.push(request.url()))
      await window.goto(served.url)
      await window.getByRole('navigation', { name: '页面' }).waitFor()
      await eventually(() => drawnWith(window, '.screen-header h1')).toEqual([
        { isCustomFont: true, glyphCount: expect.any(Number) },
      ])
      const slices = read.filter((address) => address.endsWith('.woff2'))
      expect(slices.length).toBeGreaterThan(0)
      expect(slices.length).toBeLessThan(60)
      await window.context().close()
    } finally {
      await served.end()
    }
  })

  it('the first words that are drawn have their font already, and the name of the language on an English screen', async () => {
    const served = await station.serve('--workspace', station.workspace)
    try {
      const window = await freshPage('zh-CN')
      await window.addInitScript(`
        new MutationObserver((changes, observer) => {
          const text = document.querySelector('#app .rail')?.textContent
          if (!text) return
          observer.disconnect()
          globalThis.fontAtFirst = [text, document.fonts.check('400 12px "Noto Sans SC"', text)]
        }).observe(document, { childList: true, subtree: true })`)
      await window.goto(served.url)
      await eventually(() => window.evaluate('globalThis.fontAtFirst')).toEqual([
        expect.stringMatching(/\p{Script=Han}/u),
        true,
      ])
      await window
        .getByPlaceholder(/\p{Script=Han}/u)
        .first()
        .waitFor()
      const fields = await window.evaluate(
        `[...document.querySelectorAll('input')].map((field) => getComputedStyle(field).fontFamily)`,
      )
      for (const family of z.array(z.string()).parse(fields)) expect(family).toContain('Noto Sans SC')
      await window.locator('.status').getByRole('button', { name: '切换语言' }).click()
      await window.getByRole('navigation', { name: 'Screens' }).waitFor()
      await window.reload()
      await window.getByRole('link', { name: 'Settings' }).click()
      await eventually(() => drawnWith(window, '.el-segmented__item:last-child')).toEqual([
        { isCustomFont: true, glyphCount: 4 },
      ])
      await window.context().close()
    } finally {
      await served.end()
    }
  })

  it('a report brings its own, and asks for nothing else', async () => {
    const at = ['--workspace', station.workspace, '--json']
    const training = '--dataset sample --preset smoke --set ganSteps=2 encoderSteps=2 discriminatorSamples=32'
    const { run } = documents.train.parse(await done(station.command('train', ...training.split(' '), ...at)))
    await done(station.command('score', '--run', run, ...at))
    const file = join(station.folder, 'report.html')
    const form = ['--format', 'report', '--language', 'zh-CN', '--to', file]
    await done(station.command('export', '--run', run, ...form, ...at))
    const own = pathToFileURL(file).href
    const page = await freshPage('en-US')
    await page.context().setOffline(true)
    const asked: string[] = []
    page.on('request', (request) => asked.push(request.url()))
    await page.goto(own)
    const drawn = await drawnWith(page, 'h2')
    expect(drawn.map(({ isCustomFont }) => isCustomFont)).toEqual([true])
    const elsewhere = asked.filter((address) => !address.startsWith('data:') && address !== own)
    expect(elsewhere).toEqual([])
    const widths = await page.evaluate('[...document.images].map((image) => image.naturalWidth)')
    expect(
      z
        .array(z.number())
        .parse(widths)
        .filter((width) => width === 0),
    ).toEqual([])
    expect(readFileSync(file, 'utf8')).not.toContain('<script')
    await page.context().close()
  })
})
