/**
 * Measures what a person waits for in the window, in a real Chromium over the browser host, on a sample line that
 * is made for it:
 *
 *     node bench/window.ts [--starts 5] [--parts 100] [--look 300]
 *
 * Prints one JSON document, in milliseconds. `firstPaint` is from asking for the address to the first contentful
 * paint of a fresh window; `usable` to the first screen with its choices. `nextPart` is from the key press to the
 * frame in which the pictures of the next part are on stage; `decided` the same where the key is a decision, which
 * main has then stored and synced. Each part is looked at for `--look` milliseconds before the next key, as the
 * quickest operator does; 0 presses as fast as the window answers, which measures how much it can do.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import type { Browser, Page } from 'playwright-core'
import { z } from 'zod'
import { launchChromium } from '../scripts/window/chromium.mjs'
import { type Served, serveWindow } from '../scripts/window/served.mjs'
import { settled } from '../scripts/window/settled.mjs'
import { quantile } from '../src/main/metrics/quantile.ts'

interface Figures {
  n: number
  median: number
  p99: number
  largest: number
}

const cli = resolve(import.meta.dirname, '../src/main/cli.ts')

function figures(times: readonly number[]): Figures {
  const sorted = times.toSorted((a, b) => a - b)
  const at = (share: number): number => Math.round((quantile(sorted, share) ?? Number.NaN) * 10) / 10
  return { n: times.length, median: at(0.5), p99: at(0.99), largest: at(1) }
}

/** The command line; what it reports goes to standard error. */
function fanoscope(env: NodeJS.ProcessEnv, parameters: readonly string[]): unknown {
  const { status, stdout } = spawnSync(process.execPath, [cli, ...parameters, '--json'], {
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  if (status !== 0) throw new Error(`fanoscope ${parameters[0]} ended with ${status}: ${stdout}`)
  return JSON.parse(stdout)
}

/** A scored queue of at least this many parts; its quality does not matter here. */
function prepare(env: NodeJS.ProcessEnv, folder: string, parts: number): { workspace: string; run: string } {
  const workspace = join(folder, 'workspace')
  const line = join(folder, 'line')
  const at = ['--workspace', workspace]
  const each = String(Math.ceil(parts / 6) + 1)
  fanoscope(env, ['sample', line, '--train', '40', '--test-good', each, '--per-defect', each])
  fanoscope(env, ['import', line, '--dataset', 'sample', '--has-direction', ...at])
  const document = fanoscope(env, ['train', '--dataset', 'sample', '--preset', 'smoke', ...at])
  const { run } = z.object({ run: z.string() }).parse(document)
  fanoscope(env, ['score', '--run', run, ...at])
  return { workspace, run }
}

/** One fresh window: nothing of it is in the browser's cache. */
async function start(browser: Browser, served: Served): Promise<{ firstPaint: number; usable: number }> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-US' })
  try {
    const page = await context.newPage()
    const asked = performance.now()
    await page.goto(served.url)
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

/**
 * Milliseconds from the key press, as the page gets it, to the frame after the one in which another part is on stage
 * with its pictures: then it has been painted.
 */
async function press(page: Page, key: string): Promise<number> {
  await page.evaluate(`(() => {
    const name = () => document.querySelector('.facts .name').textContent
    const before = name()
    const shown = () => name() !== before && document.querySelector('.choice.accept:enabled') !== null
    window.taken = new Promise((done) => {
      addEventListener('keydown', ({ timeStamp }) => {
        const look = () => {
          if (shown()) requestAnimationFrame((frame) => done(frame - timeStamp))
          else requestAnimationFrame(look)
        }
        requestAnimationFrame(look)
      }, { once: true, capture: true })
    })
  })()`)
  await page.keyboard.press(key)
  return z.number().parse(await page.evaluate('window.taken'))
}

const { values } = parseArgs({
  options: {
    starts: { type: 'string', default: '5' },
    parts: { type: 'string', default: '100' },
    look: { type: 'string', default: '300' },
  },
})
const [starts, parts, look] = [Number(values.starts), Number(values.parts), Number(values.look)]

async function pressAfterLooking(page: Page, key: string): Promise<number> {
  await setTimeout(look)
  return press(page, key)
}

const folder = mkdtempSync(join(tmpdir(), 'fanoscope-window-'))
const env = {
  ...process.env,
  HOME: folder,
  FANOSCOPE_STATE: join(folder, 'state.json'),
  FANOSCOPE_WORKSPACE: '',
}
const browser = await launchChromium()
try {
  const paints: number[] = []
  const usable: number[] = []
  for (let i = 0; i < starts; i++) {
    const served = await serveWindow(env, [])
    const first = await start(browser, served)
    paints.push(first.firstPaint)
    usable.push(first.usable)
    await served.end()
  }

  const { workspace, run } = prepare(env, folder, parts)
  const served = await serveWindow(env, ['--workspace', workspace])
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, locale: 'en-US' })
  await page.goto(served.url)
  await page.evaluate(`(async () => {
    await window.fanoscope.call('operator.signIn', { name: 'Bench' })
    sessionStorage.setItem('fanoscope.operator', 'Bench')
    location.hash = '#/review/${run}'
  })()`)
  await page.reload()
  await page.locator('.choice.accept:enabled').waitFor()
  await settled(page)
  const next: number[] = []
  for (let i = 0; i < parts; i++) next.push(await pressAfterLooking(page, 'ArrowRight'))
  await page.reload()
  await page.locator('.choice.accept:enabled').waitFor()
  await settled(page)
  const decided: number[] = []
  for (let i = 0; i < parts; i++) decided.push(await pressAfterLooking(page, 'a'))
  await page.close()
  await served.end()
  const document = {
    starts: { firstPaint: figures(paints), usable: figures(usable) },
    review: { nextPart: figures(next), decided: figures(decided) },
    chromium: browser.version(),
  }
  process.stdout.write(`${JSON.stringify(document, null, 2)}\n`)
} finally {
  await browser.close()
  rmSync(folder, { recursive: true, force: true })
}
