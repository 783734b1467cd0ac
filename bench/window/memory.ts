/** Memory of the window and of the application. */
import { readFileSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'

export interface Memory {
  /** Of the page's JavaScript, after garbage was collected. */
  heap: number
  /** Resident, of the largest renderer. */
  renderer: number
  /** Resident, of the application with its threads. */
  main: number
}

function resident(pid: number): number {
  try {
    const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    return Number(kilobytes ?? Number.NaN) / 1024
  } catch {
    // Only Linux tells.
    return Number.NaN
  }
}

/** Seconds of processor time that the process which draws has used; without a GPU it is where pixels are computed. */
export async function drawingSeconds(browser: Browser): Promise<number> {
  const whole = await browser.newBrowserCDPSession()
  const { processInfo } = await whole.send('SystemInfo.getProcessInfo')
  await whole.detach()
  return processInfo.filter(({ type }) => type === 'GPU').reduce((sum, { cpuTime }) => sum + cpuTime, 0)
}

/** In MiB. */
export async function memoryOf(browser: Browser, page: Page, main: number): Promise<Memory> {
  const inspector = await page.context().newCDPSession(page)
  await inspector.send('HeapProfiler.collectGarbage')
  const { usedSize } = await inspector.send('Runtime.getHeapUsage')
  await inspector.detach()
  const whole = await browser.newBrowserCDPSession()
  const { processInfo } = await whole.send('SystemInfo.getProcessInfo')
  await whole.detach()
  const renderers = processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => resident(id))
  return { heap: usedSize / 2 ** 20, renderer: Math.max(...renderers), main: resident(main) }
}
