import { rmSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Handlers } from '../../../src/main/contract/dispatch.ts'
import { type ElectronPowers, startElectronHost } from '../../../src/main/shell/electron.ts'
import type { Start } from '../../../src/main/shell/guards.ts'
import { contentSecurityPolicy } from '../../../src/main/shell/policy.ts'
import { callChannel, siteBase } from '../../../src/preload/channels.ts'
import { Failure } from '../../../src/shared/failure.ts'
import { type BuiltRenderer, buildRenderer } from './built-renderer.ts'
import { fakeChild } from './fake-child.ts'
import { FakeContents, type FakeElectron, fakeElectron } from './fake-electron.ts'
import { type RecordedApplication, recordedApplication } from './recorded-application.ts'

let built: BuiltRenderer
beforeAll(() => {
  built = buildRenderer()
})
afterAll(() => rmSync(built.folder, { recursive: true }))

interface Started {
  fake: FakeElectron
  application: RecordedApplication
  powers: ElectronPowers
  reports: string[]
}

interface Situation {
  fake?: FakeElectron
  handlers?: Partial<Handlers>
  platform?: NodeJS.Platform
  started?: Start
}

const plain: Start = { parameters: ['Fanoscope'], environment: {} }

async function start({
  fake = fakeElectron(),
  handlers,
  platform = 'linux',
  started = plain,
}: Situation = {}): Promise<Started> {
  const application = recordedApplication(handlers)
  const reports: string[] = []
  let powers: ElectronPowers | undefined
  await startElectronHost(fake.electron, {
    createApplication(given) {
      powers = given
      return application
    },
    rendererFolder: built.rendererFolder,
    preloadFile: '/out/preload/index.js',
    iconFile: '/resources/icon.png',
    engineEntry: '/out/main/engine.js',
    engineEnvironment: () => ({ LD_LIBRARY_PATH: '/cuda' }),
    report: (message) => reports.push(message),
    platform,
    start: started,
  })
  if (powers === undefined) throw new Error('no application was made')
  return { fake, application, powers, reports }
}

/** Electron's own answer to `will-quit`: the host may hold it back until it has closed. */
async function quit({ app }: FakeElectron): Promise<boolean> {
  const exited = new Promise((resolve) => app.once('exited', resolve))
  let held = false
  app.emit('will-quit', {
    preventDefault() {
      held = true
    },
  })
  await exited
  return held
}

describe('the window', () => {
  it('is sandboxed, isolated and without Node', async () => {
    const { fake } = await start()
    expect(fake.window().options.webPreferences).toEqual({
      preload: '/out/preload/index.js',
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
      devTools: false,
    })
    await quit(fake)
  })

  it('loads Fanoscope’s own page and is shown when it is painted, not before', async () => {
    const { fake } = await start()
    const window = fake.window()
    expect([window.options.show, window.acts]).toEqual([false, [`load ${siteBase}`]])
    window.emit('ready-to-show')
    expect(window.acts.at(-1)).toBe('show')
    await quit(fake)
  })

  it('goes nowhere else and opens no other', async () => {
    const { fake } = await start()
    const { webContents } = fake.window()
    expect(webContents.mayNavigate(`${siteBase}#/review/r-1`)).toBe(true)
    for (const url of ['https://example.com/', 'file:///etc/passwd', 'fanoscope://apps/', 'about:blank']) {
      expect(webContents.mayNavigate(url), url).toBe(false)
    }
    expect(webContents.openHandler()).toEqual({ action: 'deny' })
    await quit(fake)
  })

  it('is as large as it was left, and no size that cannot be', async () => {
    const left = { width: 1600, height: 1000, maximized: true }
    const { fake } = await start({ handlers: { 'setting.get': () => ({ value: left }) } })
    expect(fake.window().options).toMatchObject({ width: 1600, height: 1000, minWidth: 1024, minHeight: 720 })
    fake.window().emit('ready-to-show')
    expect(fake.window().acts).toContain('maximize')
    await quit(fake)
    for (const value of [
      null,
      'large',
      { width: 1, height: 1, maximized: false },
      { width: 1e9, height: 900 },
    ]) {
      const other = await start({ handlers: { 'setting.get': () => ({ value }) } })
      expect(other.fake.window().options).toMatchObject({ width: 1440, height: 900 })
      await quit(other.fake)
    }
  })

  it.each([
    // Work areas in the pixels of a page: Full HD with a task bar at these scales.
    ['100 %', { width: 1920, height: 1040 }, { width: 1600, height: 1000, minWidth: 1024, minHeight: 720 }],
    ['150 %', { width: 1280, height: 692 }, { width: 1280, height: 692, minWidth: 1024, minHeight: 692 }],
    ['200 %', { width: 960, height: 516 }, { width: 960, height: 516, minWidth: 960, minHeight: 516 }],
    ['250 %', { width: 768, height: 412 }, { width: 768, height: 412, minWidth: 768, minHeight: 412 }],
  ])(
    'is never larger than the display, which a scale of %s makes smaller',
    async (_scale, area, expected) => {
      const fake = fakeElectron()
      fake.displays = [{ id: 1, workArea: { x: 0, y: 0, ...area } }]
      const left = { width: 1600, height: 1000, maximized: false }
      await start({ fake, handlers: { 'setting.get': () => ({ value: left }) } })
      expect(fake.window().options).toMatchObject(expected)
      await quit(fake)
    },
  )

  it('comes to the display that is left when its own is taken away', async () => {
    const fake = fakeElectron()
    const main = { id: 1, workArea: { x: 0, y: 0, width: 1366, height: 728 } }
    const second = { id: 2, workArea: { x: 1366, y: -200, width: 2560, height: 1400 } }
    fake.displays = [main, second]
    await start({ fake })
    const window = fake.window()
    window.bounds = { x: 1500, y: -100, width: 2300, height: 1300 }
    fake.changeDisplays([main])
    expect(window.bounds).toEqual({ x: 0, y: 0, width: 1366, height: 728 })
    // One that a person still sees stays where it is.
    window.bounds = { x: 300, y: 20, width: 1024, height: 720 }
    fake.changeDisplays([main, second])
    fake.changeDisplays([main])
    expect(window.bounds).toEqual({ x: 300, y: 20, width: 1024, height: 720 })
    window.webContents.destroyed = true
    fake.changeDisplays([second])
    await quit(fake)
  })

  it('fits again when the display is scaled while it is there', async () => {
    const fake = fakeElectron()
    await start({ fake })
    const window = fake.window()
    window.bounds = { x: 900, y: 300, width: 1024, height: 720 }
    fake.changeDisplays([{ id: 1, workArea: { x: 0, y: 0, width: 768, height: 412 } }])
    expect([window.least, window.bounds]).toEqual([
      { width: 768, height: 412 },
      { x: 0, y: 0, width: 768, height: 412 },
    ])
    await quit(fake)
  })

  it('has its size remembered when it closes', async () => {
    const { fake, application } = await start()
    fake.window().bounds = { x: 0, y: 0, width: 1300, height: 800 }
    fake.window().maximized = true
    fake.window().emit('close')
    expect(application.asked.at(-1)).toEqual({
      name: 'setting.set',
      input: {
        key: 'ui.window-size',
        value: { width: 1300, height: 800, maximized: true },
        operator: null,
      },
    })
    await quit(fake)
  })

  it('is loaded again when its process breaks, three times and no more', async () => {
    const { fake } = await start()
    const { webContents } = fake.window()
    webContents.emit('render-process-gone', {}, { reason: 'clean-exit' })
    expect(webContents.reloads).toBe(0)
    for (let i = 0; i < 5; i++) webContents.emit('render-process-gone', {}, { reason: 'crashed' })
    expect(webContents.reloads).toBe(3)
    await quit(fake)
  })

  it('has the editing keys of a Mac in a menu, and no menu elsewhere', async () => {
    const mac = await start({ platform: 'darwin' })
    expect(mac.fake.menu?.items).toEqual(['appMenu', 'editMenu', 'windowMenu'])
    await quit(mac.fake)
    for (const platform of ['win32', 'linux'] as const) {
      const other = await start({ platform })
      expect(other.fake.menu).toBeNull()
      await quit(other.fake)
    }
  })

  it('is not sent an event after it is gone', async () => {
    const { fake, application } = await start()
    const { webContents } = fake.window()
    const sent: unknown[] = []
    webContents.send = (...all) => sent.push(all)
    application.events.emit('run.changed', { run: 'r-1' })
    webContents.destroyed = true
    application.events.emit('run.changed', { run: 'r-1' })
    expect(sent).toEqual([['fanoscope:event', 'run.changed', { run: 'r-1' }]])
    await quit(fake)
  })
})

describe('any content that is made, whatever made it', () => {
  const made = (fake: FakeElectron, url = ''): FakeContents => {
    const contents = new FakeContents()
    contents.url = url
    fake.app.emit('web-contents-created', {}, contents)
    return contents
  }

  it('goes nowhere, is redirected nowhere, opens nothing and holds no page of another', async () => {
    const { fake } = await start()
    const contents = made(fake)
    expect(contents.may('will-frame-navigate', { url: 'https://example.com/' })).toBe(false)
    expect(contents.may('will-frame-navigate', { url: 'about:blank' })).toBe(false)
    expect(contents.may('will-frame-navigate', { url: `${siteBase}index.html` })).toBe(true)
    expect(contents.may('will-redirect', { url: siteBase })).toBe(false)
    expect(contents.may('will-attach-webview')).toBe(false)
    expect(contents.openHandler()).toEqual({ action: 'deny' })
    await quit(fake)
  })

  it('has no UDP of its own for WebRTC, and the window neither', async () => {
    const { fake } = await start()
    expect([made(fake).webRtc, fake.window().webContents.webRtc]).toEqual([
      'disable_non_proxied_udp',
      'disable_non_proxied_udp',
    ])
    await quit(fake)
  })

  it('downloads nothing', async () => {
    const { fake } = await start()
    expect(fake.mayDownload()).toBe(false)
    await quit(fake)
  })

  it('has its tools of developers closed in a release, and may have them elsewhere', async () => {
    const release = await start()
    const contents = made(release.fake)
    contents.emit('devtools-opened')
    expect(contents.devToolsClosed).toBe(1)
    await quit(release.fake)
    const fake = fakeElectron()
    fake.app.isPackaged = false
    await start({ fake })
    const tools = made(fake, 'devtools://devtools/bundled/inspector.html')
    tools.emit('devtools-opened')
    expect([tools.devToolsClosed, fake.window().options.webPreferences.devTools]).toEqual([0, true])
    await quit(fake)
  })
})

describe('a release that is started so that others can look into it', () => {
  const attempt = async (fake: FakeElectron, started: Start): Promise<FakeElectron> => {
    await startElectronHost(fake.electron, {
      createApplication: () => recordedApplication(),
      rendererFolder: built.rendererFolder,
      preloadFile: '/out/preload/index.js',
      iconFile: '/resources/icon.png',
      engineEntry: '/out/main/engine.js',
      engineEnvironment: () => ({}),
      start: started,
    })
    return fake
  }

  it.each([
    ['--remote-debugging-port', ['--remote-debugging-port=9222'], {}],
    ['--remote-debugging-pipe', ['--remote-debugging-pipe'], {}],
    ['--inspect', ['--inspect'], {}],
    ['--inspect-brk', ['--inspect-brk=0.0.0.0:9229'], {}],
    ['--js-flags', ['--js-flags=--expose-gc'], {}],
    ['NODE_OPTIONS', [], { NODE_OPTIONS: '--require /tmp/x.js' }],
  ])('by %s says so and ends before it has done anything', async (what, parameters, environment) => {
    const fake = await attempt(fakeElectron(), { parameters: ['Fanoscope', ...parameters], environment })
    expect(fake.errorBoxes).toEqual([{ title: 'Fanoscope', content: expect.stringContaining(what) }])
    expect([fake.windows, fake.app.acts]).toEqual([[], ['exit 1']])
  })

  it('is refused also where Chromium alone knows the switch', async () => {
    const fake = fakeElectron()
    fake.app.switches.add('remote-debugging-port')
    await attempt(fake, plain)
    expect(fake.app.acts).toEqual(['exit 1'])
  })

  it('may be so while it is developed', async () => {
    const fake = fakeElectron()
    fake.app.isPackaged = false
    await start({
      fake,
      started: { parameters: ['electron', '--inspect'], environment: { NODE_OPTIONS: 'x' } },
    })
    expect(fake.windows).toHaveLength(1)
    await quit(fake)
  })
})

describe('the network', () => {
  it('is closed to everything but Fanoscope’s own pages', async () => {
    const { fake } = await start()
    expect(fake.mayLoad(`${siteBase}assets/index.js`)).toBe(true)
    for (const url of [
      'https://example.com/',
      'http://127.0.0.1/',
      'ws://example.com/',
      'file:///etc/passwd',
      'data:text/html,x',
      'devtools://devtools/bundled/inspector.html',
      'chrome-extension://abc/x.js',
    ]) {
      expect(fake.mayLoad(url), url).toBe(false)
    }
    await quit(fake)
  })

  it('is not used by Chromium itself either', async () => {
    const { fake } = await start()
    expect(fake.app.acts).toEqual([
      'sandbox',
      '--disable-background-networking',
      '--disable-component-update',
      '--no-pings',
      '--force-webrtc-ip-handling-policy=disable_non_proxied_udp',
      '--host-resolver-rules=MAP * ~NOTFOUND',
      'schemes',
      'ready',
    ])
    await quit(fake)
  })

  it('lets a developer’s tools load where the application is not packaged', async () => {
    const fake = fakeElectron()
    fake.app.isPackaged = false
    await start({ fake })
    expect(fake.mayLoad('devtools://devtools/bundled/inspector.html')).toBe(true)
    expect(fake.mayLoad('https://example.com/')).toBe(false)
    await quit(fake)
  })

  it('and camera, microphone, place and devices are denied', async () => {
    const { fake } = await start()
    expect(fake.permissions()).toEqual([false, false, false])
    await quit(fake)
  })
})

describe('the scheme', () => {
  it('is an origin of its own, registered before Electron is ready', async () => {
    const { fake } = await start()
    expect(fake.schemes).toEqual([
      { scheme: 'fanoscope', privileges: { standard: true, secure: true, supportFetchAPI: true } },
    ])
    await quit(fake)
  })

  it('answers what was built, under the policy', async () => {
    const { fake } = await start()
    for (const [path, status] of [
      ['', 200],
      ['assets/index-abc.js', 200],
      ['bridge.js', 404],
      ['secret.txt', 404],
      ['%2e%2e/secret.txt', 404],
      ['..%2fsecret.txt', 404],
      ['asset/original/1', 404],
    ] as const) {
      const answer = await fake.fetch(`${siteBase}${path}`)
      expect(answer.status, path).toBe(status)
      expect(answer.headers.get('content-security-policy')).toBe(contentSecurityPolicy)
      expect(await answer.text()).not.toBe('secret')
    }
    await quit(fake)
  })

  it('sends nothing again that the window has', async () => {
    const { fake } = await start()
    const { headers } = await fake.fetch(siteBase)
    const again = await fake.fetch(siteBase, { headers: { 'if-none-match': headers.get('etag') ?? '' } })
    expect([again.status, await again.text()]).toEqual([304, ''])
    await quit(fake)
  })

  it('answers no other host and nothing but GET', async () => {
    const { fake } = await start()
    for (const url of ['fanoscope://other/index.html', 'fanoscope://app.evil/']) {
      expect((await fake.fetch(url)).status).toBe(403)
    }
    expect((await fake.fetch(siteBase, { method: 'POST', body: 'x' })).status).toBe(403)
    await quit(fake)
  })
})

describe('a message to main', () => {
  it('is heard from the window’s own page', async () => {
    const { fake } = await start()
    const from = { senderFrame: { url: `${siteBase}#/runs`, parent: null } }
    expect(await fake.invoke(callChannel, 'operator.list', {}, from)).toMatchObject({ ok: true })
    await quit(fake)
  })

  it.each([
    ['another page', { senderFrame: { url: 'https://example.com/', parent: null } }],
    ['a frame inside the page', { senderFrame: { url: siteBase, parent: {} } }],
    ['a frame that is gone', { senderFrame: null }],
    ['other contents', { sender: {} }],
  ])('is refused from %s, and nothing is called', async (_who, from) => {
    const { fake, application } = await start()
    application.asked.length = 0
    await expect(fake.invoke(callChannel, 'operator.list', {}, from)).rejects.toThrow('Only the window')
    expect(application.asked).toEqual([])
    await quit(fake)
  })
})

describe('the powers of Electron', () => {
  it('are a folder dialog over the window', async () => {
    const { fake, powers } = await start()
    fake.folderChoice = { canceled: false, filePaths: ['/photographs/line 1'] }
    expect(await powers.chooseFolder('Choose a folder')).toBe('/photographs/line 1')
    expect(fake.dialogs).toEqual([{ window: fake.window(), title: 'Choose a folder' }])
    fake.folderChoice = { canceled: true, filePaths: [] }
    expect(await powers.chooseFolder('Choose a folder')).toBeNull()
    await quit(fake)
  })

  it('are a file dialog over the window, for files with certain endings', async () => {
    const { fake, powers } = await start()
    fake.folderChoice = { canceled: false, filePaths: ['/media/stick/a.whl'] }
    expect(await powers.chooseFile('Choose a file', ['whl', 'pth'])).toBe('/media/stick/a.whl')
    expect(fake.dialogs).toEqual([{ window: fake.window(), title: 'Choose a file', endings: ['whl', 'pth'] }])
    await quit(fake)
  })

  it('are an engine in a process of Electron’s own kind, in the library’s environment', async () => {
    const child = fakeChild(4711)
    const fake = fakeElectron(child)
    const { powers } = await start({ fake })
    const printed: string[] = []
    expect(powers.launchEngine((text) => printed.push(text)).pid).toBe(4711)
    expect(fake.forked).toEqual([{ entry: '/out/main/engine.js', env: { LD_LIBRARY_PATH: '/cuda' } }])
    child.print('TensorFlow is here')
    expect(printed).toEqual(['TensorFlow is here'])
    await quit(fake)
  })
})

describe('one Fanoscope at a time', () => {
  it('is what a second start gets: it ends before it has done anything', async () => {
    const fake = fakeElectron()
    fake.app.isOnlyOne = false
    await expect(start({ fake })).rejects.toThrow('no application was made')
    expect([fake.app.acts, fake.windows]).toEqual([['quit'], []])
  })

  it('comes to the front when a second is started', async () => {
    const { fake } = await start()
    fake.app.emit('second-instance')
    expect(fake.window().acts).toEqual([`load ${siteBase}`, 'focus'])
    fake.window().minimized = true
    fake.app.emit('second-instance')
    expect(fake.window().acts.slice(2)).toEqual(['restore', 'focus'])
    fake.window().webContents.destroyed = true
    fake.app.emit('second-instance')
    expect(fake.window().acts).toHaveLength(4)
    await quit(fake)
  })
})

describe('the end', () => {
  it('comes when the last window is closed, and waits until the application has closed', async () => {
    const { fake, application } = await start()
    fake.app.emit('window-all-closed')
    expect(fake.app.acts.at(-1)).toBe('quit')
    expect(await quit(fake)).toBe(true)
    expect([application.closed, fake.app.acts.at(-1)]).toEqual([1, 'exit 0'])
  })

  it('comes once, also when a person asks twice while the application closes', async () => {
    const { fake, application } = await start()
    let finish = (): void => undefined
    application.close = () =>
      new Promise((resolve) => {
        finish = resolve
      })
    const ended = quit(fake)
    let held = false
    fake.app.emit('will-quit', {
      preventDefault() {
        held = true
      },
    })
    expect([held, fake.app.acts]).toEqual([true, expect.not.arrayContaining(['exit 0'])])
    finish()
    expect(await ended).toBe(true)
    expect(fake.app.acts.filter((act) => act === 'exit 0')).toEqual(['exit 0'])
  })

  it('comes although the application does not close cleanly, and says so', async () => {
    const { fake, application, reports } = await start()
    application.close = () => Promise.reject(new Error('the disk is gone'))
    await quit(fake)
    expect(fake.app.acts.at(-1)).toBe('exit 0')
    expect(reports).toEqual(['Fanoscope did not end cleanly.'])
  })

  it('comes at once where the windows are not built, with what to do', async () => {
    const fake = fakeElectron()
    await startElectronHost(fake.electron, {
      createApplication: () => recordedApplication(),
      rendererFolder: `${built.folder}/nowhere`,
      preloadFile: '/out/preload/index.js',
      iconFile: '/resources/icon.png',
      engineEntry: '/out/main/engine.js',
      engineEnvironment: () => ({}),
      start: plain,
    })
    expect(fake.errorBoxes).toEqual([
      { title: 'Fanoscope', content: expect.stringMatching(/not built.*\n\n.*npm run build/) },
    ])
    expect([fake.windows, fake.app.acts.at(-1)]).toEqual([[], 'exit 1'])
  })

  it('comes at once where the application cannot be made, with what to do', async () => {
    const fake = fakeElectron()
    await startElectronHost(fake.electron, {
      createApplication() {
        throw new Failure('environment-file-invalid', { file: 'env.json' })
      },
      rendererFolder: built.rendererFolder,
      preloadFile: '/out/preload/index.js',
      iconFile: '/resources/icon.png',
      engineEntry: '/out/main/engine.js',
      engineEnvironment: () => ({}),
      start: plain,
    })
    expect(fake.errorBoxes[0]?.content).toBe(
      'env.json does not hold environment variables.\n\nDelete the file and start again: set-up writes a new one.',
    )
    expect(fake.app.acts.at(-1)).toBe('exit 1')
  })
})
