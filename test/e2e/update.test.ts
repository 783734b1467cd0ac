/** An update in the settings: what is offered, the question, and what is said where it does not come about. */
import { existsSync, mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { launchChromium } from '../../scripts/window/chromium.mjs'
import { type Application, createApplication } from '../../src/main/app/application.ts'
import { launchStandardEngine } from '../../src/main/engine-host/standard-engine.ts'
import { noteEnd } from '../../src/main/features/update/update-notes.ts'
import type { Installation } from '../../src/main/platform/installation.ts'
import type { VersionChange } from '../../src/main/session/version-change.ts'
import { type BrowserHost, startBrowserHost } from '../../src/main/shell/browser.ts'
import { installed, newKeys, packedBundle, programs } from '../main/features/update/small-bundle.ts'
import { sharedFolder } from '../main/store/temporary-folder.ts'
import { barriers } from './barriers.ts'
import { dialog, keepsNobodyOut } from './dialogs.ts'
import { describeInChromium } from './station.ts'

// The small bundles are for Linux.
const describeThere = process.platform === 'win32' ? () => undefined : describeInChromium

describeThere('an update in the settings', () => {
  const folder = sharedFolder()
  const changes: VersionChange[] = []
  let installation: Installation
  let application: Application
  let host: BrowserHost
  let browser: Browser
  let page: Page
  const section = () => page.getByRole('region', { name: 'Update', exact: true })

  beforeAll(async () => {
    const keys = newKeys(folder)
    installation = await installed(join(folder, 'program'), { version: '1.0.0', keys })
    await packedBundle(join(folder, 'stick'), { version: '1.1.0', keys, program: programs.works })
    await packedBundle(join(folder, 'of others'), { version: '1.1.0', keys: newKeys(folder, 'other') })
    mkdirSync(installation.versions)
    const failure = {
      code: 'update-did-not-start',
      params: { version: '1.0.5', words: 'TensorFlow is missing' },
    }
    noteEnd(installation, { at: 1_796_000_000_000, from: '1.0.0', to: '1.0.5', failure, backup: null })
    application = createApplication({
      host: 'browser',
      chooseFolder: null,
      chooseFile: null,
      launchEngine: launchStandardEngine,
      installation,
      changeVersion: (change) => changes.push(change),
      environment: { ...process.env, FANOSCOPE_STATE: join(folder, 'state.json') },
    })
    await application.handlers['workspace.open']({
      dir: join(folder, 'line 1'),
      create: true,
      readOnly: false,
    })
    host = await startBrowserHost({ application, rendererFolder: resolve('out', 'renderer') })
    browser = await launchChromium()
    page = await (await browser.newContext({ locale: 'en-US', colorScheme: 'dark' })).newPage()
    await page.goto(host.url)
    await page.getByRole('heading', { name: 'No datasets yet' }).waitFor()
    await page.evaluate(`location.hash = '#/settings'`)
  })
  afterAll(async () => {
    await browser?.close()
    await host?.close()
    await application?.close()
  })

  async function choose(from: string): Promise<void> {
    await section().getByRole('button', { name: 'Update from a folder' }).click()
    await dialog(page, /new version/).waitFor()
    await page.getByRole('textbox', { name: 'Path of the folder' }).fill(join(folder, from))
    await page.getByRole('button', { name: 'Go', exact: true }).click()
    await page.getByRole('button', { name: 'Use this folder' }).click()
  }

  it('says how the last one ended, and why it did not come about', async () => {
    await section()
      .getByText(/From 1\.0\.0 to 1\.0\.5.*did not come about/)
      .waitFor()
    await section()
      .getByText(/did not start with this workspace: TensorFlow is missing/)
      .waitFor()
    const messages = page.getByRole('region', { name: 'Messages' })
    await messages.getByText(/Version 1\.0\.5 was installed, but did not start/).waitFor()
    expect(await barriers(page)).toEqual([])
    // It is told once, not at every start.
    await page.reload()
    await section()
      .getByText(/From 1\.0\.0 to 1\.0\.5/)
      .waitFor()
    expect(await messages.getByText(/did not start/).count()).toBe(0)
  })

  it('that others signed is refused before anything is asked', async () => {
    await choose('of others')
    await section()
      .getByText(/is not signed with the key that this program trusts/)
      .waitFor()
    expect(existsSync(join(installation.versions, '1.1.0'))).toBe(false)
  })

  it('is asked for with what follows, and not done where the person thinks again', async () => {
    await choose('stick')
    const question = dialog(page, 'Update from version 1.0.0 to 1.1.0?')
    await question.getByText(/signed with the key of this program/).waitFor()
    await question.getByText(/Fanoscope closes, tries the new version and starts again/).waitFor()
    await keepsNobodyOut(page)
    await question.getByRole('button', { name: 'Cancel' }).click()
    await question.waitFor({ state: 'hidden' })
    expect([changes, existsSync(join(installation.versions, '1.1.0'))]).toEqual([[], false])
  })

  it('is installed, and the host is asked to change to it', async () => {
    await choose('stick')
    await dialog(page, 'Update from version 1.0.0 to 1.1.0?').getByRole('button', { name: 'Update' }).click()
    await section().getByText('Version 1.1.0 is installed. Fanoscope closes and starts again.').waitFor()
    expect(changes).toMatchObject([{ to: '1.1.0', workspace: join(folder, 'line 1') }])
    expect(existsSync(join(installation.versions, '1.1.0', 'program'))).toBe(true)
    changes[0]?.release()
  })
})
