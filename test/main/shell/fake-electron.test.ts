/** The fake must refuse what Electron refuses: else a test passes with a program that does not start. */
import { describe, expect, it } from 'vitest'
import type { ElectronApi } from '../../../src/main/shell/electron-api.ts'
import { siteBase } from '../../../src/preload/channels.ts'
import { fakeChild } from './fake-child.ts'
import { type FakeWindow, fakeElectron } from './fake-electron.ts'

const privileged = [
  { scheme: 'fanoscope', privileges: { standard: true, secure: true, supportFetchAPI: true } },
]
const windowOptions = {
  width: 1440,
  height: 900,
  minWidth: 1024,
  minHeight: 720,
  show: false,
  title: 'Fanoscope',
  icon: '',
  backgroundColor: '#000',
  webPreferences: {
    preload: '',
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    webSecurity: true,
    webviewTag: false,
    navigateOnDragDrop: false,
    spellcheck: false,
    devTools: false,
  },
}

async function ready(child = fakeChild(1)) {
  const fake = fakeElectron(child)
  fake.electron.protocol.registerSchemesAsPrivileged(privileged)
  await fake.electron.app.whenReady()
  return fake
}

describe('before Electron is ready', () => {
  const uses: [string, (electron: ElectronApi<FakeWindow>) => unknown][] = [
    ['a window', ({ BrowserWindow }) => new BrowserWindow(windowOptions)],
    ['the session', ({ session }) => session.defaultSession],
    ['the displays', ({ screen }) => screen.getPrimaryDisplay()],
    ['a handler of a scheme', ({ protocol }) => protocol.handle('fanoscope', async () => new Response())],
    [
      'a utility process',
      ({ utilityProcess }) =>
        utilityProcess.fork('/a.js', [], { env: {}, serviceName: '', stdio: ['ignore', 'pipe', 'pipe'] }),
    ],
  ]
  it.each(uses)('there is not %s', async (_what, use) => {
    expect(() => use(fakeElectron(fakeChild(1)).electron)).toThrow('after app is ready')
    const { electron } = await ready()
    expect(() => use(electron)).not.toThrow()
  })
})

describe('once Electron is ready', () => {
  it.each([
    ['schemes', ({ protocol }: ElectronApi<FakeWindow>) => protocol.registerSchemesAsPrivileged(privileged)],
    ['the sandbox', ({ app }: ElectronApi<FakeWindow>) => app.enableSandbox()],
    ['switches', ({ app }: ElectronApi<FakeWindow>) => app.commandLine.appendSwitch('no-pings')],
  ])('it is too late for %s', async (_what, use) => {
    const { electron } = await ready()
    expect(() => use(electron)).toThrow('before app is ready')
  })

  it('schemes are registered at once, each has one handler, and none that was not registered', async () => {
    const twice = fakeElectron()
    twice.electron.protocol.registerSchemesAsPrivileged(privileged)
    expect(() => twice.electron.protocol.registerSchemesAsPrivileged(privileged)).toThrow('called once')
    const { electron } = await ready()
    const answer = async (): Promise<Response> => new Response()
    expect(() => electron.protocol.handle('other', answer)).toThrow('not registered')
    electron.protocol.handle('fanoscope', answer)
    expect(() => electron.protocol.handle('fanoscope', answer)).toThrow('handled already')
  })

  it('a channel has one handler', async () => {
    const { electron } = await ready()
    electron.ipcMain.handle('a', async () => 1)
    expect(() => electron.ipcMain.handle('a', async () => 2)).toThrow('second handler')
  })
})

describe('a message', () => {
  it('of what cannot be cloned is refused, from main and from the page', async () => {
    const fake = await ready()
    const { webContents } = new fake.electron.BrowserWindow(windowOptions)
    fake.electron.ipcMain.handle('a', async (_event, name) => (name === 'bad' ? { run: () => 1 } : name))
    for (const value of [
      () => 1,
      { on: { click: () => 1 } },
      Symbol('a'),
      new WeakMap(),
      Promise.resolve(),
    ]) {
      expect(() => webContents.send('event', value)).toThrow(/could not be cloned/)
      await expect(fake.invoke('a', value, null)).rejects.toThrow(/could not be cloned/)
    }
    await expect(fake.invoke('a', 'bad', null)).rejects.toThrow(/could not be cloned/)
  })

  it('may come from a frame that is gone', async () => {
    const fake = await ready()
    const window = new fake.electron.BrowserWindow(windowOptions)
    let seen: unknown = 'nothing'
    fake.electron.ipcMain.handle('a', async ({ senderFrame }) => {
      seen = senderFrame
    })
    await fake.invoke('a', 'x', null, { sender: window.webContents, senderFrame: null })
    expect(seen).toBeNull()
    await fake.invoke('a', 'x', null)
    expect(seen).toEqual({ url: siteBase, parent: null })
  })
})

describe('what is gone', () => {
  it('takes nothing any more: a window', async () => {
    const fake = await ready()
    const window = new fake.electron.BrowserWindow(windowOptions)
    window.webContents.destroyed = true
    expect(window.isDestroyed()).toBe(true)
    for (const act of [
      window.show,
      window.focus,
      window.restore,
      window.maximize,
      window.isMinimized,
      window.getBounds,
    ])
      expect(() => act.call(window)).toThrow('Object has been destroyed')
    expect(() => window.webContents.send('event')).toThrow('Object has been destroyed')
    await expect(window.loadURL(siteBase)).rejects.toThrow('Object has been destroyed')
  })

  it('takes nothing any more: a utility process that ended early', () => {
    const child = fakeChild(7)
    child.end(1)
    child.postMessage('late')
    expect([child.pid, child.posted, child.kill()]).toEqual([undefined, [], false])
  })
})
