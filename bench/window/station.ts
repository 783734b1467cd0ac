/** The application as a process of its own, and its window in a real Chromium. */
import { spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { type Served, serveWindow } from '../../scripts/window/served.mjs'
import { settled } from '../../scripts/window/settled.mjs'

const cli = resolve(import.meta.dirname, '../../src/main/cli.ts')
/** What takes minutes to make is kept here from one measurement to the next. */
const kept = join(tmpdir(), 'fanoscope-bench')

export interface Station {
  /** Gone at the end of the measurement. */
  folder: string
  env: NodeJS.ProcessEnv
  browser: Browser
  say: (text: string) => void
}

export interface Opened {
  page: Page
  /** The application. */
  pid: number
  close(): Promise<void>
}

export async function withStation<T>(
  browser: Browser,
  say: (text: string) => void,
  act: (station: Station) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'fanoscope-window-'))
  const state = join(folder, 'state.json')
  const env = { ...process.env, HOME: folder, FANOSCOPE_STATE: state, FANOSCOPE_WORKSPACE: '' }
  try {
    return await act({ folder, env, browser, say })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The command line. */
export function fanoscope({ env }: Station, parameters: readonly string[]): unknown {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...parameters, '--json'], {
    env,
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`fanoscope ${parameters[0]} ended with ${status}: ${stdout}${stderr}`)
  return JSON.parse(stdout)
}

const neverChanged = new Set(['images', 'runs'])

/**
 * A copy of a workspace that is made at the first use. Photographs are shared with the one that is kept, which the
 * application never changes; the database is its own.
 */
export async function stockedWorkspace(
  { folder, say }: Station,
  name: string,
  make: (workspace: string, scratch: string) => Promise<void>,
): Promise<string> {
  const original = join(kept, name)
  if (!existsSync(original)) {
    say(`making the workspace ${name} (once)`)
    const made = `${original}.${process.pid}`
    const scratch = mkdtempSync(join(tmpdir(), 'fanoscope-scratch-'))
    mkdirSync(kept, { recursive: true })
    try {
      await make(made, scratch)
      renameSync(made, original)
    } finally {
      rmSync(scratch, { recursive: true, force: true })
      rmSync(made, { recursive: true, force: true })
    }
  }
  const copy = join(folder, name)
  mkdirSync(copy)
  for (const entry of readdirSync(original)) {
    const [from, to] = [join(original, entry), join(copy, entry)]
    if (neverChanged.has(entry)) symlinkSync(from, to)
    else cpSync(from, to, { recursive: true })
  }
  return copy
}

/** Opens a window at a screen, with an operator signed in. */
export async function openWindow(station: Station, workspace: string, screen: string): Promise<Opened> {
  const served: Served = await serveWindow(station.env, ['--workspace', workspace], 'ignore')
  const context = await station.browser.newContext({
    viewport: { width: 1440, height: 900 },
    locale: 'en-US',
  })
  const page = await context.newPage()
  await page.goto(served.url)
  await page.evaluate(`(async () => {
    await window.fanoscope.call('operator.signIn', { name: 'Bench' })
    sessionStorage.setItem('fanoscope.operator', 'Bench')
    location.hash = ${JSON.stringify(`#${screen}`)}
  })()`)
  await page.reload()
  await settled(page)
  return {
    page,
    pid: served.pid,
    async close() {
      await context.close()
      await served.end()
    },
  }
}
