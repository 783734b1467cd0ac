/** The heat map over a photograph of 4096 x 4096: its opacity drawn to and fro, then zoomed. */
import { setTimeout } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import { at, atLeast, type Measured, told } from './bar.ts'
import { framesDuring } from './frames.ts'
import { mainThreadTasks } from './main-thread.ts'
import { drawingSeconds } from './memory.ts'
import { makePhotographs } from './photographs.ts'
import { openWindow, type Station, stockedWorkspace } from './station.ts'

/** The pointer moves on once a frame, as a mouse does. */
async function drawSlider(page: Page, milliseconds: number): Promise<void> {
  const box = await page.locator('.opacity .el-slider__runway').boundingBox()
  if (box === null) throw new Error('There is no slider for the opacity.')
  const y = box.y + box.height / 2
  await page.mouse.move(box.x + box.width * 0.7, y)
  await page.mouse.down()
  const began = performance.now()
  for (let now = began; now - began < milliseconds; now = performance.now()) {
    const share = 0.5 + 0.45 * Math.sin((now - began) / 250)
    await page.mouse.move(box.x + box.width * share, y)
    await setTimeout(Math.max(0, now + 16 - performance.now()))
  }
  await page.mouse.up()
}

export async function measureHeatMap(
  station: Station,
  { side, seconds }: { side: number; seconds: number },
): Promise<Measured[]> {
  const { browser, say } = station
  const workspace = await stockedWorkspace(station, `photographs-${side}`, (dir, scratch) =>
    makePhotographs(dir, scratch, { side, count: 3 }),
  )
  const opened = await openWindow(station, workspace, '/review')
  const { page } = opened
  try {
    await page.locator('.choice.accept:enabled').waitFor()
    await setTimeout(2000)
    const rows: Measured[] = []
    for (const layout of ['Overlay', 'Side by side', 'All four']) {
      await page.getByText(layout, { exact: true }).first().click()
      await setTimeout(500)
      say(`opacity, ${layout}, ${seconds} s`)
      let frames: number[] = []
      const before = await drawingSeconds(browser)
      const { processor } = await mainThreadTasks(browser, page, async () => {
        frames = await framesDuring(page, () => drawSlider(page, seconds * 1000))
      })
      const drawn = (await drawingSeconds(browser)) - before
      const passed = frames.reduce((sum, frame) => sum + frame, 0) / 1000
      rows.push(
        atLeast(`${layout}: opacity drag, frames a second`, frames.length / passed, 50, '1/s'),
        told('longest frame', at(frames, 1), 'ms'),
        told(
          'processor time of the main thread a frame',
          processor.reduce((sum, task) => sum + task, 0) / frames.length,
          'ms',
        ),
        told('processor time of drawing a frame, outside of it', (drawn * 1000) / frames.length, 'ms'),
      )
    }
    return rows
  } finally {
    await opened.close()
  }
}
