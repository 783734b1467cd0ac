/**
 * The smart brush on a noisy photograph in color, the worst that it meets: at middle tolerances what it grows winds
 * through the noise and is full of holes.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import sharp from 'sharp'
import { z } from 'zod'
import { settled } from '../../scripts/window/settled.mjs'
import { importFolder } from '../../src/main/features/import/import-folder.ts'
import { createRandom } from '../../src/main/platform/random.ts'
import { openWorkspace } from '../../src/main/store/workspace.ts'
import { at, atMost, type Measured } from './bar.ts'
import { mainThreadTasks } from './main-thread.ts'
import { openWindow, type Station, stockedWorkspace } from './station.ts'

const size = { width: 2000, height: 1500 }
/** From regions of a few pixels over those that wind through all of the noise to the whole photograph. */
const tolerances = [10, 16, 18, 20, 24, 30]

async function makeNoise(dir: string, scratch: string): Promise<void> {
  const random = createRandom(1, 'smart brush')
  const samples = new Uint8Array(size.width * size.height * 3)
  for (let i = 0; i < samples.length; i++) samples[i] = 98 + random.int(30) + random.int(30)
  const folder = join(scratch, 'noise')
  mkdirSync(folder)
  await sharp(samples, { raw: { ...size, channels: 3 } }).toFile(join(folder, 'noise.png'))
  const workspace = openWorkspace(dir, { create: true })
  try {
    await importFolder(workspace, { folder, dataset: 'noise' })
  } finally {
    workspace.close()
  }
}

async function setTolerance(page: Page, wanted: number): Promise<void> {
  const slider = page.getByRole('slider', { name: 'Tolerance' })
  for (;;) {
    const now = z.coerce.number().parse(await slider.getAttribute('aria-valuenow'))
    if (now === wanted) return
    await page.keyboard.press(now < wanted ? ']' : '[')
  }
}

/** Clicks, and gives the milliseconds until the shape is part of the drawing. */
async function clicked(page: Page, { x, y }: { x: number; y: number }): Promise<number> {
  await page.mouse.move(x, y)
  await page.evaluate(`(() => {
    const canvas = document.querySelector('.ground .canvas')
    const state = document.querySelector('.screen-header .state')
    window.grown = new Promise((resolve) => {
      canvas.addEventListener('pointerdown', ({ timeStamp }) => {
        const watcher = new MutationObserver(() => {
          if (!state.classList.contains('changed')) return
          watcher.disconnect()
          resolve(performance.now() - timeStamp)
        })
        watcher.observe(state, { attributes: true })
      }, { once: true, capture: true })
    })
  })()`)
  await page.mouse.down()
  await page.mouse.up()
  const took = z.number().parse(await page.evaluate('window.grown'))
  await page.keyboard.press('z')
  await page.locator('.state.saved').waitFor()
  return took
}

export async function measureSmartBrush(
  station: Station,
  { clicks }: { clicks: number },
): Promise<Measured[]> {
  const { say } = station
  const workspace = await stockedWorkspace(station, 'smart-brush', makeNoise)
  const opened = await openWindow(station, workspace, '/label')
  const { page } = opened
  try {
    await settled(page)
    // Only then is the photograph there to be pressed on.
    await page.locator('.state.saved').waitFor()
    const box = await page.locator('.ground .canvas').boundingBox()
    if (box === null) throw new Error('There is nothing to draw on.')
    const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 }
    await page.keyboard.press('F3')
    const rows: Measured[] = []
    // The first click also reads the photograph.
    await clicked(page, middle)
    for (const tolerance of tolerances) {
      say(`tolerance ${tolerance}`)
      await setTolerance(page, tolerance)
      const times: number[] = []
      const { processor } = await mainThreadTasks(station.browser, page, async () => {
        for (let i = 0; i < clicks; i++) times.push(await clicked(page, middle))
      })
      rows.push(
        atMost(`tolerance ${tolerance}: from the click to its shape, median`, at(times, 0.5), 100),
        atMost('longest task of the window, processor time', at(processor, 1), 50),
      )
    }
    return rows
  } finally {
    await opened.close()
  }
}
