/** The grid of a dataset of 100,000 images: scrolled for ten seconds at a time, and filtered and ordered. */
import { setTimeout } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import { z } from 'zod'
import { settled } from '../../scripts/window/settled.mjs'
import { at, atMost, type Measured, told } from './bar.ts'
import { framesDuring } from './frames.ts'
import { makeLargeWorkspace } from './large-dataset.ts'
import { mainThreadTasks } from './main-thread.ts'
import { memoryOf } from './memory.ts'
import { type Opened, openWindow, type Station, stockedWorkspace } from './station.ts'

const photographs = 2000

async function openGrid(station: Station, count: number): Promise<Opened> {
  const workspace = await stockedWorkspace(station, `large-${count}-${photographs}`, (dir, scratch) =>
    makeLargeWorkspace(dir, scratch, { count, photographs }),
  )
  const opened = await openWindow(station, workspace, '/datasets')
  await opened.page.locator('.cell img').first().waitFor()
  return opened
}

/** As a hand turns a wheel: a notch of 120 pixels every thirtieth of a second. */
async function turnWheel(page: Page, milliseconds: number, notch: number): Promise<void> {
  await page.locator('.scroller:has(.cell)').hover()
  const end = performance.now() + milliseconds
  for (let next = performance.now(); next < end; next += 33) {
    await page.mouse.wheel(0, notch)
    await setTimeout(Math.max(0, next + 33 - performance.now()))
  }
}

/** As the scroll bar is drawn from the first image to the last. */
async function drawBar(page: Page, milliseconds: number): Promise<void> {
  await page.evaluate(`new Promise((done) => {
    const scroller = document.querySelector('.scroller:has(.cell)')
    const began = performance.now()
    const step = () => {
      const share = Math.min(1, (performance.now() - began) / ${milliseconds})
      scroller.scrollTop = share * (scroller.scrollHeight - scroller.clientHeight)
      if (share < 1) requestAnimationFrame(step)
      else done()
    }
    requestAnimationFrame(step)
  })`)
}

const passes = 3

export async function measureScrolling(
  station: Station,
  { images, seconds }: { images: number; seconds: number },
): Promise<Measured[]> {
  const { browser, say } = station
  const opened = await openGrid(station, images)
  const { page, pid } = opened
  try {
    const rows: Measured[] = []
    const watched = async (name: string, act: () => Promise<void>): Promise<void> => {
      say(`${name}, ${seconds} s`)
      let frames: number[] = []
      const tasks = await mainThreadTasks(browser, page, async () => {
        frames = await framesDuring(page, act)
      })
      rows.push(
        atMost(`${name}: longest frame of ${frames.length}`, at(frames, 1), 50),
        told('frames over 50 ms', frames.filter((frame) => frame > 50).length, ''),
        told('median frame', at(frames, 0.5), 'ms'),
        atMost('longest task of the main thread, processor time', at(tasks.processor, 1), 50),
        told('main thread busy, processor time', share(tasks.processor, seconds), '%'),
      )
    }
    const milliseconds = seconds * 1000
    await watched('wheel, thumbnails made on the way', () => turnWheel(page, milliseconds, 120))
    await watched('wheel back, thumbnails there', () => turnWheel(page, milliseconds, -120))
    const memories = []
    for (let pass = 0; pass < passes; pass++) {
      if (pass === 0) await watched('scroll bar from end to end', () => drawBar(page, milliseconds))
      else {
        say(`scroll bar again, ${seconds} s`)
        await drawBar(page, milliseconds)
      }
      await setTimeout(1000)
      memories.push(await memoryOf(browser, page, pid))
    }
    const [first, last] = [memories[0], memories.at(-1)]
    if (first === undefined || last === undefined) return rows
    return [
      ...rows,
      atMost(`JavaScript heap, growth over ${passes - 1} more passes`, last.heap - first.heap, 8, 'MiB'),
      told('JavaScript heap', last.heap, 'MiB'),
      atMost('renderer, resident: growth over the same', last.renderer - first.renderer, 64, 'MiB'),
      told('renderer, resident', last.renderer, 'MiB'),
      atMost('application, resident: growth over the same', last.main - first.main, 64, 'MiB'),
      told('application, resident', last.main, 'MiB'),
    ]
  } finally {
    await opened.close()
  }
}

const share = (tasks: readonly number[], seconds: number): number =>
  tasks.reduce((sum, task) => sum + task, 0) / seconds / 10

/** Some fields are in a box of their own, which a click elsewhere closes. */
async function inReach(page: Page, field: string): Promise<void> {
  const box = page.getByRole('combobox', { name: field, exact: true })
  if (await box.isVisible()) return
  await page.getByRole('button', { name: 'More filters' }).click()
  await box.waitFor()
  await settled(page)
}

/** What is chosen lies over the field itself. */
const unfold = (page: Page, field: string): Promise<void> =>
  page
    .locator('.el-select')
    .filter({ has: page.getByRole('combobox', { name: field, exact: true }) })
    .click()

/** From the click that chooses to the frame after the one in which the first image of the answer is in the grid. */
async function choose(page: Page, field: string, option: string): Promise<number> {
  await inReach(page, field)
  await unfold(page, field)
  const wanted = page.getByRole('option', { name: option, exact: true }).locator('visible=true').first()
  await wanted.waitFor()
  // The list opens with an animation, which is not what is measured.
  await settled(page)
  await page.evaluate(`(() => {
    const first = () => document.querySelector('.cell [data-index="0"]')?.getAttribute('aria-label')
    const count = () => document.querySelector('.filters [aria-live]').textContent
    const before = first() + count()
    window.taken = new Promise((done) => {
      addEventListener('click', ({ timeStamp }) => {
        const look = () => {
          if (first() !== undefined && first() + count() !== before && document.querySelector('.cell img')) {
            requestAnimationFrame((frame) => done(frame - timeStamp))
          } else requestAnimationFrame(look)
        }
        requestAnimationFrame(look)
      }, { once: true, capture: true })
    })
  })()`)
  await wanted.click()
  return z.number().parse(await page.evaluate('window.taken'))
}

export async function measureFilters(
  station: Station,
  { images, rounds }: { images: number; rounds: number },
): Promise<Measured[]> {
  const opened = await openGrid(station, images)
  const { page } = opened
  try {
    await inReach(page, 'Scores of')
    await unfold(page, 'Scores of')
    await page.getByRole('option').filter({ hasText: 'f-AnoGAN' }).locator('visible=true').first().click()
    const times = new Map<string, number[]>()
    const act = async (name: string, field: string, option: string): Promise<void> => {
      const taken = await choose(page, field, option)
      times.set(name, [...(times.get(name) ?? []), taken])
    }
    for (let round = 0; round < rounds; round++) {
      station.say(`filters, round ${round + 1} of ${rounds}`)
      await act('all, by score', 'Order', 'Highest score')
      await act('undecided, by score', 'Decision', 'Undecided')
      await act('undecided, by name', 'Order', 'File name')
      await act('undecided of a split, by name', 'Split', 'Test')
      await act('undecided of a split, newest first', 'Order', 'Newest first')
      await act('all decisions again', 'Decision', 'Any decision')
      await act('all splits again', 'Split', 'All splits')
      await act('all, as imported', 'Order', 'As imported')
    }
    return [...times].map(([name, taken]) =>
      atMost(`${name}, median of ${taken.length}`, at(taken, 0.5), 150),
    )
  } finally {
    await opened.close()
  }
}
