/**
 * Review by keyboard: from the key press, as the page gets it, to the frame after the one in which the pictures of
 * another part are on stage; then they have been painted. Deciding means that main has stored and synced before.
 */
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import { z } from 'zod'
import { at, atMost, type Measured, told } from './bar.ts'
import { mainThreadTasks } from './main-thread.ts'
import { fanoscope, openWindow, type Station, stockedWorkspace } from './station.ts'

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

/** A queue of at least this many scored parts; its quality does not matter here. */
async function scoredLine(station: Station, parts: number): Promise<string> {
  return stockedWorkspace(station, `review-${parts}`, async (workspace, scratch) => {
    const line = join(scratch, 'line')
    const each = String(Math.ceil(parts / 6) + 1)
    const at = ['--workspace', workspace]
    fanoscope(station, ['sample', line, '--train', '40', '--test-good', each, '--per-defect', each])
    fanoscope(station, ['import', line, '--dataset', 'sample', '--has-direction', ...at])
    const trained = fanoscope(station, ['train', '--dataset', 'sample', '--preset', 'smoke', ...at])
    const { run } = z.object({ run: z.string() }).parse(trained)
    fanoscope(station, ['score', '--run', run, ...at])
  })
}

/** @param look milliseconds for which a part is looked at before the next key; 0 is as fast as the window answers */
export async function measureReview(
  station: Station,
  { parts, look }: { parts: number; look: number },
): Promise<Measured[]> {
  const { browser, say } = station
  const opened = await openWindow(station, await scoredLine(station, parts), '/review')
  const { page } = opened
  try {
    await page.locator('.choice.accept:enabled').waitFor()
    const through = async (key: string, count: number): Promise<number[]> => {
      const times: number[] = []
      for (let i = 0; i < count; i++) {
        await setTimeout(look)
        times.push(await press(page, key))
      }
      return times
    }
    say(`deciding ${parts} parts, ${look} ms at each`)
    const decided = await through('a', parts)
    say('stepping back through 100 of them')
    const stepped: number[] = []
    const steps = Math.min(100, parts - 1)
    const { processor } = await mainThreadTasks(browser, page, async () => {
      stepped.push(...(await through('ArrowLeft', steps)))
    })
    return [
      atMost(`decision to next part painted, median of ${parts}`, at(decided, 0.5), 50),
      atMost('the same, 99th percentile', at(decided, 0.99), 120),
      told('the same, slowest', at(decided, 1), 'ms'),
      atMost(`arrow key to next part painted, median of ${steps}`, at(stepped, 0.5), 50),
      atMost('the same, 99th percentile', at(stepped, 0.99), 120),
      told('processor time of the main thread a step', processor.reduce((a, b) => a + b, 0) / steps, 'ms'),
    ]
  } finally {
    await opened.close()
  }
}
