/** The application in the real Electron, where its binary is. Elsewhere the fake stands for it. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { _electron, type ElectronApplication, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { electronProgram } from '../../../scripts/setup/electron.mjs'
import { placesIn, projectRoot } from '../../../scripts/setup/places.mjs'
import { chooseHost } from '../../../scripts/start/host.mjs'

const places = placesIn(projectRoot)
const program = electronProgram(places)
/** Why Electron cannot be started here, or null. */
const obstacle = ((): string | null => {
  const choice = chooseHost({ electron: program, platform: process.platform, env: process.env })
  if (choice.host === 'browser') return choice.why
  if (process.getuid?.() === 0) return 'Chromium’s sandbox does not run as root'
  if (!existsSync(join(places.out, 'main', 'index.js'))) return 'the application is not built'
  return null
})()

let folder: string
let app: ElectronApplication | undefined
let page: Page | undefined
beforeAll(async () => {
  if (program === null || obstacle !== null) return
  folder = mkdtempSync(join(tmpdir(), 'fanoscope-electron-'))
  const { ELECTRON_RUN_AS_NODE: _none, ...inherited } = process.env
  const env: Record<string, string> = {}
  for (const [name, value] of Object.entries({ ...inherited, FANOSCOPE_STATE: join(folder, 'state.json') })) {
    if (value !== undefined) env[name] = value
  }
  app = await _electron.launch({
    executablePath: program,
    args: [places.root, `--user-data-dir=${join(folder, 'profile')}`],
    env,
  })
  page = await app.firstWindow()
  await page.waitForSelector('#app > *')
})
afterAll(async () => {
  if (app === undefined) return
  await app.close()
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
})

/** Evaluates an expression in the window. */
const inWindow = async (expression: string): Promise<unknown> => page?.evaluate(expression)

describe('in the real Electron', () => {
  it('the window shows the application over the bridge of the preload', async ({ skip }) => {
    skip(obstacle !== null, obstacle ?? '')
    expect(await inWindow('location.href')).toMatch(/^fanoscope:\/\/app\//)
    expect(await inWindow('window.fanoscope.host')).toBe('electron')
    expect(await inWindow('window.fanoscope.call("app.info", {})')).toMatchObject({ host: 'electron' })
  })

  it('the workspace is there and writes a setting', async ({ skip }) => {
    skip(obstacle !== null, obstacle ?? '')
    const open = `window.fanoscope.call("workspace.open", {
      dir: ${JSON.stringify(join(folder, 'line 1'))}, create: true })`
    expect(await inWindow(open)).toMatchObject({ name: 'line 1', images: 0 })
    expect(await inWindow('window.fanoscope.call("setting.set", { key: "a", value: 1 })')).toEqual({})
    expect(await inWindow('window.fanoscope.call("setting.get", { key: "a" })')).toEqual({ value: 1 })
  })

  it('the engine starts in a utility process', async ({ skip }) => {
    skip(obstacle !== null, obstacle ?? '')
    expect(await inWindow('window.fanoscope.call("engine.start", {})')).toMatchObject({ state: 'ready' })
  })

  it('the page has no Node, no network and no other window', async ({ skip }) => {
    skip(obstacle !== null, obstacle ?? '')
    expect(await inWindow('typeof require + typeof process')).toBe('undefinedundefined')
    expect(await inWindow('fetch("https://example.com").then(() => "sent", () => "refused")')).toBe('refused')
    expect(await inWindow('window.open("https://example.com") === null')).toBe(true)
    expect(app?.windows()).toHaveLength(1)
  })
  it('WebRTC finds no way out', async ({ skip }) => {
    skip(obstacle !== null, obstacle ?? '')
    const candidates = `(async () => {
      const connection = new RTCPeerConnection()
      connection.createDataChannel('x')
      const found = []
      const done = new Promise((resolve) => {
        connection.onicecandidate = ({ candidate }) => (candidate ? found.push(candidate.candidate) : resolve())
      })
      await connection.setLocalDescription(await connection.createOffer())
      await done
      return found
    })()`
    expect(await inWindow(candidates)).toEqual([])
  })
})
