/**
 * Measures what a person waits for in the window, in a real Chromium over the browser host, beside the bars that it
 * must meet. Each part runs alone:
 *
 *     node bench/window.ts --only start     bundle, first paint
 *     node bench/window.ts --only review    review by keyboard, 1,000 parts
 *     node bench/window.ts --only scroll    grid of 100,000 images, scrolled
 *     node bench/window.ts --only filter    grid of 100,000 images, filtered and ordered
 *     node bench/window.ts --only heat      opacity over a photograph of 4096 x 4096
 *     node bench/window.ts --only threshold threshold dragged over 100,000 scored parts, another score chosen
 *     node bench/window.ts --only drawing   polygon of 2,000 points among a hundred masks
 *     node bench/window.ts --only smart     smart brush on a noisy photograph of 2000 x 1500
 *
 * Without --only all of them, one after the other; with --json one document instead of tables. The windows must be
 * built (`npm run build`). The workspaces are made at the first use, which takes minutes, and kept in the system's
 * folder for temporary files.
 *
 * Times are on the wall unless they are called processor time, so they hold on a machine that does nothing else.
 */
import { parseArgs } from 'node:util'
import { launchChromium } from '../scripts/window/chromium.mjs'
import { barTable, type Measured } from './window/bar.ts'
import { measureDrawing } from './window/drawing.ts'
import { measureFilters, measureScrolling } from './window/grid.ts'
import { measureHeatMap } from './window/heat-map.ts'
import { measureReview } from './window/review.ts'
import { measureSmartBrush } from './window/smart-brush.ts'
import { measureStart } from './window/start.ts'
import { type Station, withStation } from './window/station.ts'
import { measureThreshold } from './window/threshold.ts'

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: 'start,review,scroll,filter,heat,threshold,drawing,smart' },
    json: { type: 'boolean', default: false },
    starts: { type: 'string', default: '5' },
    parts: { type: 'string', default: '1000' },
    /** Milliseconds for which each part is looked at; 0 is as fast as the window answers. */
    look: { type: 'string', default: '100' },
    images: { type: 'string', default: '100000' },
    seconds: { type: 'string', default: '10' },
    rounds: { type: 'string', default: '5' },
    side: { type: 'string', default: '4096' },
    moves: { type: 'string', default: '200' },
    clicks: { type: 'string', default: '7' },
  },
})

const [images, seconds] = [Number(values.images), Number(values.seconds)]
const side = Number(values.side)
const parts: Record<string, { title: string; measure: (station: Station) => Promise<Measured[]> }> = {
  start: { title: 'Start', measure: (at) => measureStart(at, { starts: Number(values.starts) }) },
  review: {
    title: 'Review by keyboard',
    measure: (at) => measureReview(at, { parts: Number(values.parts), look: Number(values.look) }),
  },
  scroll: {
    title: `Grid of ${images} images, scrolled`,
    measure: (at) => measureScrolling(at, { images, seconds }),
  },
  filter: {
    title: `Grid of ${images} images, filtered and ordered`,
    measure: (at) => measureFilters(at, { images, rounds: Number(values.rounds) }),
  },
  heat: {
    title: `Heat map of a photograph of ${side} x ${side}`,
    measure: (at) => measureHeatMap(at, { side, seconds: seconds / 2 }),
  },
  threshold: {
    title: `Threshold over ${images} scored parts`,
    measure: (at) => measureThreshold(at, { images, seconds: seconds / 2, rounds: Number(values.rounds) }),
  },
  drawing: {
    title: `Drawing on a photograph of ${side} x ${side} with a hundred masks`,
    measure: (at) => measureDrawing(at, { side, count: Number(values.moves) }),
  },
  smart: {
    title: 'Smart brush on a noisy photograph of 2000 x 1500',
    measure: (at) => measureSmartBrush(at, { clicks: Number(values.clicks) }),
  },
}

const say = (text: string): void => void process.stderr.write(`${text}\n`)
const browser = await launchChromium(process.env, 'none')
try {
  const document: Record<string, Measured[]> = {}
  for (const name of values.only.split(',')) {
    const part = parts[name]
    if (part === undefined)
      throw new Error(`There is no part "${name}"; there are ${Object.keys(parts).join(', ')}.`)
    const rows = await withStation(browser, say, part.measure)
    document[name] = rows
    if (!values.json) process.stdout.write(`${barTable(part.title, rows)}\n`)
  }
  if (values.json)
    process.stdout.write(`${JSON.stringify({ chromium: browser.version(), ...document }, null, 2)}\n`)
} finally {
  await browser.close()
}
