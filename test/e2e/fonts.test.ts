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
import { createStation, describeInChromium, done, stockLine } from './station.ts'

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
    await stockLine(station, station.workspace)
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
      expect(await drawnWith(window, '.screen-header h1')).toEqual([
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
