/**
 * A station as a person has it: the application as a process of its own, and its window in a real Chromium.
 * Whatever a window says on its console that it should not, a text that is missing, and every request that leaves
 * this machine is a failure of the test in which it happened.
 */

import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeEach, describe, expect, inject } from 'vitest'
import { z } from 'zod'
import { takeLock } from '../../scripts/setup/lock.mjs'
import { placesIn, projectRoot } from '../../scripts/setup/places.mjs'
import { launchChromium } from '../../scripts/window/chromium.mjs'
import { type Served, serveWindow } from '../../scripts/window/served.mjs'
import { settled } from '../../scripts/window/settled.mjs'
import { documents } from '../main/command-line/documents.ts'
import { type Finished, fanoscope } from '../main/command-line/fanoscope.ts'

/** What a machine under load may take for anything that a test waits for, in milliseconds. */
export const patience = 60_000

/**
 * What a screen shows, and what is stored, may be a moment behind the input that changes it: on a busy machine even the
 * press of a key is told as done before it is drawn. So it is read again until it is as expected.
 */
export const eventually = <T>(read: () => T | Promise<T>, message = ''): ReturnType<typeof expect.poll<T>> =>
  expect.poll(read, { timeout: patience, message })

/** Where it is on screen, once nothing moves any more. */
export async function boxOf(
  element: Locator,
): Promise<{ x: number; y: number; width: number; height: number }> {
  await element.waitFor()
  await settled(element.page())
  return (await element.boundingBox()) ?? expect.unreachable(`${element} is not on screen`)
}

let browser: Browser | null = null
const obstacle = await (async (): Promise<string | null> => {
  if (!existsSync(join(placesIn(projectRoot).out, 'renderer', 'index.html')))
    return 'the windows are not built'
  try {
    browser = await launchChromium()
    return null
  } catch (error) {
    return `Chromium does not start here: ${error instanceof Error ? error.message.split('\n', 1)[0] : error}`
  }
})()
afterAll(() => browser?.close())

/** Where no Chromium starts, the flows are skipped with this reason. */
export function describeInChromium(name: string, body: () => void): void {
  if (obstacle === null) describe(name, body)
  else describe.skip(`${name} (${obstacle})`, body)
}

export interface Station {
  folder: string
  /** Where the first start makes the workspace. */
  workspace: string
  /** Starts the application and opens its window. */
  open(...parameters: string[]): Promise<Page>
  /** Starts the application without a window. */
  serve(...parameters: string[]): Promise<Served>
  /** The window that is open. */
  readonly page: Page
  /** The application's process. */
  readonly pid: number
  /** Ends it as Ctrl-C does. */
  close(): Promise<void>
  /** Ends it as a power cut does. */
  kill(): Promise<void>
  /** The same, and leaves its window as it was then. What that says from now on is no failure. */
  cut(): Promise<void>
  /** What the window says of this, from now on, is what the test brings about, and no failure. */
  expects(problem: RegExp): void
  /** The command line of this station. */
  command(...parameters: string[]): Promise<Finished>
}

/** To be called where tests are described: what it opens ends with them. */
export function createStation(): Station {
  const folder = mkdtempSync(join(tmpdir(), 'fanoscope-e2e-'))
  const home = join(folder, 'home')
  mkdirSync(home)
  const environment = {
    HOME: home,
    USERPROFILE: home,
    FANOSCOPE_STATE: join(folder, 'state.json'),
    FANOSCOPE_WORKSPACE: '',
  }
  let open: { served: Served; context: BrowserContext; page: Page } | null = null
  /** Windows of applications that are gone; what they say arrives late, too. */
  const left = new Set<BrowserContext>()
  let problems: string[] = []
  let failed: string | null = null
  const expected: RegExp[] = []

  const opened = () => {
    if (open === null) throw new Error('No window is open.')
    return open
  }
  const stop = async (how: 'end' | 'kill'): Promise<void> => {
    const { served, context } = opened()
    open = null
    // First, so that it does not tell of a connection that broke.
    await context.close()
    if (!left.has(context)) await served[how]()
  }

  const onScreen = async (): Promise<string> => {
    if (open === null) return 'no window'
    return open.page.locator('body').ariaSnapshot({ timeout: 5000 }).catch(String)
  }

  // The tests of a station are the steps of one story: where one failed, the next would wait for nothing.
  beforeEach(({ skip }) => skip(failed !== null, `"${failed}" failed before`))
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail' && failed === null) {
      failed = task.name
      // What a person saw then; the report of a machine far away holds nothing else of it.
      const screen = await onScreen()
      for (const error of task.result.errors ?? []) error.message += `\nOn screen:\n${screen}`
    }
    const found = problems.filter((problem) => !expected.some((known) => known.test(problem)))
    problems = []
    expect(found).toEqual([])
  })
  afterAll(async () => {
    if (open !== null) await stop('end')
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  })

  return {
    folder,
    workspace: join(home, 'Fanoscope'),
    serve: (...parameters) => serveWindow({ ...process.env, ...environment }, parameters, 'ignore'),
    async open(...parameters) {
      if (browser === null) throw new Error('There is no browser.')
      if (open !== null && left.has(open.context)) await stop('kill')
      const served = await this.serve(...parameters)
      const context = await browser.newContext({
        viewport: { width: 1280, height: 800 },
        locale: 'en-US',
        colorScheme: 'dark',
        reducedMotion: 'reduce',
      })
      context.setDefaultTimeout(patience)
      watch(context, (problem) => {
        if (!left.has(context)) problems.push(problem)
      })
      const page = await context.newPage()
      open = { served, context, page }
      await page.goto(served.url)
      // The first screen is on: before it, an address that a test sets is overwritten by that of the start.
      await page.locator('h1').waitFor()
      return page
    },
    get page() {
      return opened().page
    },
    get pid() {
      return opened().served.pid
    },
    close: () => stop('end'),
    kill: () => stop('kill'),
    async cut() {
      const { served, context } = opened()
      left.add(context)
      await served.kill()
    },
    expects: (problem) => void expected.push(problem),
    command: (...parameters) => fanoscope(parameters, { environment }),
  }
}

/** Texts that a window may only say where something is wrong. */
const wrong = /^No text for |\[intlify\]|\[Vue warn\]/

function watch(context: BrowserContext, tell: (problem: string) => void): void {
  const request = (address: string): void => {
    const { protocol, hostname } = new URL(address)
    if (/^(http|ws):$/.test(protocol) ? hostname !== '127.0.0.1' : !/^(data|blob|about):$/.test(protocol)) {
      tell(`A request left this machine: ${address}`)
    }
  }
  context.on('request', (sent) => request(sent.url()))
  context.on('console', (message) => {
    const text = message.text()
    if (message.type() === 'error' || wrong.test(text)) tell(`Console: ${text} ${message.location().url}`)
  })
  context.on('weberror', (error) => tell(`Thrown: ${error.error().message}`))
  context.on('page', (page) => page.on('websocket', (socket) => request(socket.url())))
}

/** The workspaces that flows begin with, each made from the one before it. */
type Stage = 'stocked' | 'trained' | 'scored'

const at = (workspace: string): string[] => ['--workspace', workspace, '--json']

/** What is done for each stage, in a folder with a workspace and room for more. */
const making: Record<Stage, (station: Station, folder: string, workspace: string) => Promise<void>> = {
  async stocked(station, folder, workspace) {
    const line = join(folder, 'line')
    const size = '--train 40 --test-good 4 --per-defect 1 --json'
    await done(station.command('sample', line, ...size.split(' ')))
    await done(station.command('import', line, '--dataset', 'sample', '--has-direction', ...at(workspace)))
  },
  async trained(station, folder, workspace) {
    cpSync(join(await made('stocked', station), 'workspace'), workspace, { recursive: true })
    const training = '--dataset sample --preset smoke --set ganSteps=4 encoderSteps=4 discriminatorSamples=32'
    const finished = station.command('train', ...training.split(' '), ...at(workspace))
    writeFileSync(join(folder, 'run'), documents.train.parse(await done(finished)).run)
  },
  async scored(station, folder, workspace) {
    const trained = await made('trained', station)
    cpSync(trained, folder, { recursive: true })
    const run = readFileSync(join(folder, 'run'), 'utf8')
    await done(station.command('score', '--run', run, ...at(workspace)))
    await done(station.command('score', '--run', run, '--split', 'validation', ...at(workspace)))
  },
}

/** The folder of a stage. The first flow of a test run that needs it makes it; the others wait for that. */
async function made(stage: Stage, station: Station): Promise<string> {
  const folder = join(inject('globalFolder'), stage)
  const lock = await takeLock(`${folder}.lock`, () => undefined)
  try {
    if (!existsSync(folder)) {
      const half = mkdtempSync(`${folder}-`)
      await making[stage](station, half, join(half, 'workspace'))
      renameSync(half, folder)
    }
    return folder
  } finally {
    lock.release()
  }
}

async function workspaceOf(stage: Stage, station: Station): Promise<string> {
  const folder = await made(stage, station)
  cpSync(join(folder, 'workspace'), station.workspace, { recursive: true })
  return folder
}

/** A small sample line in the workspace of this station, by the command line. */
export async function stockLine(station: Station): Promise<void> {
  await workspaceOf('stocked', station)
}

/** The same with a model of a few steps. Tells the run. */
export const trainedLine = async (station: Station): Promise<string> =>
  readFileSync(join(await workspaceOf('trained', station), 'run'), 'utf8')

/** The same with the scores of its test and validation parts. */
export const scoredLine = async (station: Station): Promise<string> =>
  readFileSync(join(await workspaceOf('scored', station), 'run'), 'utf8')

/** What lies in a workspace's database, read beside the application that has it open. */
export function stored<S extends z.ZodType>(workspace: string, row: S, sql: string): z.output<S>[] {
  const db = new Sqlite(join(workspace, 'fanoscope.db'), { readonly: true })
  try {
    return z.array(row).parse(db.prepare(sql).all())
  } finally {
    db.close()
  }
}

/** Goes to the address of a screen, and waits until it is shown and at rest. */
export async function goTo(page: Page, path: string): Promise<Page> {
  await page.evaluate(`location.hash = '#/${path}'`)
  await page.locator(`.rail .entry[aria-current=page][href*='/${path.split('/')[0]}']`).waitFor()
  await settled(page)
  return page
}

/** Signs in by the status bar, where nobody is. */
export async function signIn(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: 'Nobody signed in' }).click()
  await page.getByRole('textbox', { name: 'Your name or badge' }).fill(name)
  await page.keyboard.press('Enter')
  await page.getByRole('contentinfo').getByRole('button', { name, exact: true }).waitFor()
}

/** The document of a command that must succeed. */
export async function done(command: Promise<Finished>): Promise<unknown> {
  const finished = await command
  expect(finished.code, finished.stderr).toBe(0)
  return finished.document()
}
