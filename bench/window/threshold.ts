/** The threshold dragged over 100,000 scored parts, and another score or reduction chosen. */
import { setTimeout } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import { z } from 'zod'
import { openWorkspace } from '../../src/main/store/workspace.ts'
import { storeScoredValidation } from '../scored-validation.ts'
import { at, atMost, type Measured, told } from './bar.ts'
import { framesDuring } from './frames.ts'
import { mainThreadTasks } from './main-thread.ts'
import { openWindow, type Station, stockedWorkspace } from './station.ts'

/** The pointer moves on once a frame, as a mouse does. */
async function dragLine(page: Page, milliseconds: number): Promise<void> {
  const box = await page.getByRole('slider', { name: 'Threshold' }).boundingBox()
  if (box === null) throw new Error('There is no threshold to drag.')
  const y = box.y + box.height / 2
  await page.mouse.move(box.x + box.width / 2, y)
  await page.mouse.down()
  const began = performance.now()
  for (let now = began; now - began < milliseconds; now = performance.now()) {
    const share = 0.5 + 0.3 * Math.sin((now - began) / 400)
    await page.mouse.move(box.x + box.width * share, y)
    await setTimeout(Math.max(0, now + 16 - performance.now()))
  }
  await page.mouse.up()
}

/** From the choice to the frame in which the axis and the area under the curve are those of the answer. */
async function choose(page: Page, list: string, option: string): Promise<number> {
  const field = page.locator('.el-select').filter({ has: page.getByRole('combobox', { name: list }) })
  await field.click()
  const wanted = page
    .getByRole('option', { name: new RegExp(`^${option}`) })
    .locator('visible=true')
    .first()
  await wanted.waitFor()
  await setTimeout(400)
  await page.evaluate(`(() => {
    const shown = () => [...document.querySelectorAll('.axis, .curve')]
      .map((part) => part.textContent + part.getAttribute('aria-label')).join()
    const before = shown()
    window.taken = new Promise((done) => {
      addEventListener('click', ({ timeStamp }) => {
        const look = () => {
          if (shown() !== before) requestAnimationFrame((frame) => done(frame - timeStamp))
          else requestAnimationFrame(look)
        }
        requestAnimationFrame(look)
      }, { once: true, capture: true })
    })
  })()`)
  await wanted.click()
  return z.number().parse(await page.evaluate('window.taken'))
}

export async function measureThreshold(
  station: Station,
  { images, seconds, rounds }: { images: number; seconds: number; rounds: number },
): Promise<Measured[]> {
  const { browser, say } = station
  const workspace = await stockedWorkspace(station, `scored-${images}`, async (dir) => {
    const made = openWorkspace(dir, { create: true })
    storeScoredValidation(made.db, images)
    made.close()
  })
  const opened = await openWindow(station, workspace, '/thresholds')
  const { page } = opened
  try {
    await page.getByRole('slider', { name: 'Threshold' }).waitFor()
    await setTimeout(1500)
    say(`drag, ${seconds} s`)
    let frames: number[] = []
    const { processor } = await mainThreadTasks(browser, page, async () => {
      frames = await framesDuring(page, () => dragLine(page, seconds * 1000))
    })
    const busy = processor.reduce((sum, task) => sum + task, 0)
    const rows = [
      // At 60 frames a second one frame is 16.7 ms, and none can be shorter.
      atMost('drag: frame, median', at(frames, 0.5), 17),
      told('frame, 95th percentile', at(frames, 0.95), 'ms'),
      atMost('processor time of the main thread a frame', busy / frames.length, 16),
    ]
    const times = new Map<string, number[]>()
    for (let round = 0; round < rounds; round++) {
      // The highest tenth of nine tiles is one tile, and so the same as the highest.
      for (const [list, option] of [
        ['Score', 'Peak of the map'],
        ['Tiles to one', 'Mean$'],
        ['Score', 'Residual and features'],
        ['Tiles to one', 'Highest'],
      ] as const) {
        say(`${list}: ${option}`)
        const taken = await choose(page, list, option)
        times.set(`${list}: ${option}`, [...(times.get(`${list}: ${option}`) ?? []), taken])
      }
    }
    return [...rows, ...[...times].map(([name, taken]) => atMost(`${name}, median`, at(taken, 0.5), 100))]
  } finally {
    await opened.close()
  }
}
