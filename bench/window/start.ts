/** What a fresh window loads, and how long until it shows something and can be used. */
import { readdirSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { z } from 'zod'
import { placesIn, projectRoot } from '../../scripts/setup/places.mjs'
import { serveWindow } from '../../scripts/window/served.mjs'
import { at, atMost, type Measured, told } from './bar.ts'
import type { Station } from './station.ts'

/** Megabytes that the files of a bundle have when they are compressed, but for fonts, which are already. */
function compressed(folder: string): { code: number; fonts: number } {
  const size = { code: 0, fonts: 0 }
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const bytes = readFileSync(join(entry.parentPath, entry.name))
    if (extname(entry.name) === '.woff2' || extname(entry.name) === '.woff') size.fonts += bytes.length / 1e6
    else size.code += gzipSync(bytes, { level: 9 }).length / 1e6
  }
  return size
}

/** One fresh window: nothing of it is in the browser's cache. */
async function start({ browser }: Station, url: string): Promise<{ firstPaint: number; usable: number }> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-US' })
  try {
    const page = await context.newPage()
    const asked = performance.now()
    await page.goto(url)
    await page.locator('.choice').first().waitFor()
    const usable = performance.now() - asked
    const firstPaint = await page.evaluate(`new Promise((found) => {
      new PerformanceObserver((list) => {
        for (const { startTime } of list.getEntriesByName('first-contentful-paint')) found(startTime)
      }).observe({ type: 'paint', buffered: true })
    })`)
    return { firstPaint: z.number().parse(firstPaint), usable }
  } finally {
    await context.close()
  }
}

export async function measureStart(station: Station, { starts }: { starts: number }): Promise<Measured[]> {
  const { code, fonts } = compressed(join(placesIn(projectRoot).out, 'renderer'))
  const paints: number[] = []
  const usable: number[] = []
  for (let i = 0; i < starts; i++) {
    station.say(`start ${i + 1} of ${starts}`)
    const served = await serveWindow(station.env, [], 'ignore')
    const first = await start(station, served.url)
    paints.push(first.firstPaint)
    usable.push(first.usable)
    await served.end()
  }
  return [
    atMost('renderer bundle, gzip: scripts, styles, pictures', Math.round(code * 1000) / 1000, 1.5, 'MB'),
    told('fonts, of which a window loads the slices it shows', fonts, 'MB'),
    atMost(`first paint of a fresh window, median of ${starts}`, at(paints, 0.5), 1000),
    told('the same, slowest', at(paints, 1), 'ms'),
    told('until the first screen can be used, median', at(usable, 0.5), 'ms'),
  ]
}
