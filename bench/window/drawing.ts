/** The label screen with a polygon of 2,000 points among a hundred masks: what a move of the pointer costs. */
import { setTimeout } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import { z } from 'zod'
import { settled } from '../../scripts/window/settled.mjs'
import { at, atMost, type Measured, told } from './bar.ts'
import { mainThreadTasks } from './main-thread.ts'
import { makePhotographs } from './photographs.ts'
import { openWindow, type Station, stockedWorkspace } from './station.ts'

interface Point {
  x: number
  y: number
}

/** Milliseconds from each move, as the page gets it, to the next frame. */
async function moves(page: Page, count: number, path: (share: number) => Point): Promise<number[]> {
  await page.evaluate(`(() => {
    const times = []
    const seen = ({ timeStamp }) => requestAnimationFrame((frame) => times.push(performance.now() - timeStamp))
    addEventListener('pointermove', seen, { capture: true })
    window.movesSeen = () => {
      removeEventListener('pointermove', seen, { capture: true })
      return times
    }
  })()`)
  for (let i = 0; i < count; i++) {
    const began = performance.now()
    const { x, y } = path(i / count)
    await page.mouse.move(x, y)
    await setTimeout(Math.max(0, began + 16 - performance.now()))
  }
  return z.array(z.number()).parse(await page.evaluate('window.movesSeen()'))
}

export async function measureDrawing(
  station: Station,
  { side, count }: { side: number; count: number },
): Promise<Measured[]> {
  const { browser, say } = station
  const workspace = await stockedWorkspace(station, `photographs-${side}`, (dir, scratch) =>
    makePhotographs(dir, scratch, { side, count: 3 }),
  )
  const opened = await openWindow(station, workspace, '/label')
  const { page } = opened
  try {
    await settled(page)
    await setTimeout(2000)
    const box = await page.locator('.ground .canvas').boundingBox()
    if (box === null) throw new Error('There is nothing to draw on.')
    const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 }
    const radius = (Math.min(box.width, box.height) - 24) / 2
    const around = (share: number, part: number): Point => ({
      x: middle.x + part * radius * Math.cos(share * 2 * Math.PI),
      y: middle.y + part * radius * Math.sin(share * 2 * Math.PI),
    })
    const rows: Measured[] = []
    const watched = async (name: string, n: number, path: (share: number) => Point): Promise<void> => {
      say(`${name}, ${n} moves`)
      let times: number[] = []
      const { processor } = await mainThreadTasks(browser, page, async () => {
        times = await moves(page, n, path)
      })
      rows.push(
        atMost(`${name}: processor time a move`, processor.reduce((a, b) => a + b, 0) / n, 16),
        atMost('longest task, processor time', at(processor, 1), 16),
        told('from the move to its frame, median', at(times, 0.5), 'ms'),
        told('the same, 95th percentile', at(times, 0.95), 'ms'),
      )
    }

    await page.keyboard.press('v')
    // Between the masks, inside the large polygon.
    await page.mouse.click(middle.x, middle.y)
    await watched('pointer over a chosen polygon of 2,000 points', count, (share) => around(share, 0.5))
    await page.mouse.move(middle.x, middle.y)
    await page.mouse.down()
    await page.mouse.move(middle.x + 10, middle.y)
    await watched('the polygon moved', count, (share) => around(share, 0.1))
    await page.mouse.up()
    await page.keyboard.press('z')
    await page.keyboard.press('Escape')

    await page.keyboard.press('p')
    const start = around(0, 0.9)
    await page.mouse.move(start.x, start.y)
    await page.mouse.down()
    say('drawing 1,800 points by hand')
    const points = Array.from({ length: 1800 }, (_, i) => around(i / 90, 0.9 - (0.8 * i) / 2000))
    await page.evaluate(`(() => {
      const canvas = document.querySelector('.ground .canvas')
      for (const { x, y } of ${JSON.stringify(points)}) {
        canvas.dispatchEvent(new PointerEvent('pointermove', { clientX: x, clientY: y, pointerId: 1 }))
      }
    })()`)
    await watched('the last of 2,000 points drawn by hand', 200, (share) =>
      around(share * 2, 0.18 - 0.08 * share),
    )
    await page.mouse.up()
    await watched('pointer beside a polygon of 2,000 points being drawn', count, (share) =>
      around(share, 0.6),
    )
    await page.keyboard.press('Escape')
    await page.keyboard.press('b')
    await watched('brush over a hundred masks', count, (share) => around(share, 0.7))
    return rows
  } finally {
    await opened.close()
  }
}
