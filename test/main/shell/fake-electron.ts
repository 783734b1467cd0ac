/**
 * Electron as far as Fanoscope uses it, for tests where the binary is not. It refuses what the real one refuses, in its
 * words where a program could come to depend on them: calls before it is ready and such that come too late, messages
 * that cannot be cloned, a second handler for a channel or scheme, work with a window or process that is gone. What the
 * host hands to Electron is kept for the test to look at.
 */
import { EventEmitter } from 'node:events'
import { isAbsolute } from 'node:path'
import type {
  ApiContents,
  ApiDisplay,
  ApiMenu,
  ApiSender,
  ApiWindow,
  ElectronApi,
  WindowOptions,
} from '../../../src/main/shell/electron-api.ts'
import type { Bounds } from '../../../src/main/shell/on-screen.ts'
import type { UtilityChild, UtilityEngineOptions } from '../../../src/main/shell/utility-process.ts'
import { siteBase } from '../../../src/preload/channels.ts'

function isAllowed(emitter: EventEmitter, event: string, details: object): boolean {
  let prevented = false
  const preventDefault = (): void => {
    prevented = true
  }
  emitter.emit(event, { ...details, preventDefault })
  return !prevented
}

export class FakeContents extends EventEmitter implements ApiContents {
  openHandler: () => { action: string } = () => ({ action: 'allow' })
  destroyed = false
  reloads = 0
  /** What the preload hears: `ipcRenderer` of this window. */
  readonly preloadHears = new EventEmitter()
  send(channel: string, ...args: unknown[]): void {
    this.requireThere()
    this.preloadHears.emit(channel, {}, ...structuredClone(args))
  }
  setWindowOpenHandler(handler: () => { action: 'deny' }): void {
    this.openHandler = handler
  }
  webRtc = 'default'
  devToolsClosed = 0
  url = ''
  setWebRTCIPHandlingPolicy(policy: string): void {
    this.webRtc = policy
  }
  getURL(): string {
    return this.url
  }
  closeDevTools(): void {
    this.devToolsClosed += 1
  }
  isDestroyed(): boolean {
    return this.destroyed
  }
  private requireThere(): void {
    if (this.destroyed) throw new TypeError('Object has been destroyed')
  }
  reload(): void {
    this.requireThere()
    this.reloads += 1
  }
  /** Whether the page gets where it wants to go, in itself or in a frame. */
  mayNavigate(url: string): boolean {
    return this.may('will-navigate', { url }) && this.may('will-frame-navigate', { url })
  }
  /** Whether nobody prevents what is about to happen. */
  may(event: string, details: object = {}): boolean {
    return isAllowed(this, event, details)
  }
}

export class FakeWindow extends EventEmitter implements ApiWindow {
  readonly webContents = new FakeContents()
  readonly options: WindowOptions
  /** What was done to it, in order. */
  readonly acts: string[] = []
  minimized = false
  maximized = false
  bounds: Bounds = { x: 0, y: 0, width: 0, height: 0 }
  least = { width: 0, height: 0 }
  constructor(options: WindowOptions) {
    super()
    this.options = options
    this.bounds = { x: 0, y: 0, width: options.width, height: options.height }
    this.least = { width: options.minWidth, height: options.minHeight }
  }
  private requireThere(): void {
    if (this.webContents.destroyed) throw new TypeError('Object has been destroyed')
  }
  async loadURL(url: string): Promise<void> {
    this.requireThere()
    this.acts.push(`load ${url}`)
  }
  show(): void {
    this.requireThere()
    this.acts.push('show')
  }
  focus(): void {
    this.requireThere()
    this.acts.push('focus')
  }
  restore(): void {
    this.requireThere()
    this.acts.push('restore')
  }
  maximize(): void {
    this.requireThere()
    this.acts.push('maximize')
  }
  isMinimized(): boolean {
    this.requireThere()
    return this.minimized
  }
  isMaximized(): boolean {
    this.requireThere()
    return this.maximized
  }
  isDestroyed(): boolean {
    return this.webContents.destroyed
  }
  getNormalBounds(): { width: number; height: number } {
    this.requireThere()
    return this.bounds
  }
  getBounds(): Bounds {
    this.requireThere()
    return this.bounds
  }
  /** As the system does, which makes no window smaller than its least size. */
  setBounds(bounds: Bounds): void {
    this.requireThere()
    const { width, height } = this.least
    this.bounds = { ...bounds, width: Math.max(bounds.width, width), height: Math.max(bounds.height, height) }
  }
  setMinimumSize(width: number, height: number): void {
    this.requireThere()
    this.least = { width, height }
  }
}

class FakeApp extends EventEmitter {
  isReady = false
  isPackaged = true
  isOnlyOne = true
  /** Those that it was started with. */
  readonly switches = new Set<string>()
  readonly acts: string[] = []
  readonly commandLine = {
    appendSwitch: (name: string, value?: string): void => {
      // Chromium has read its switches by then, and takes no notice.
      this.requireBefore('commandLine.appendSwitch')
      this.acts.push(value === undefined ? `--${name}` : `--${name}=${value}`)
    },
    hasSwitch: (name: string): boolean => this.switches.has(name),
  }
  requestSingleInstanceLock(): boolean {
    return this.isOnlyOne
  }
  requireReady(what: string): void {
    if (!this.isReady) throw new Error(`${what} can only be used after app is ready`)
  }
  requireBefore(what: string): void {
    if (this.isReady) throw new Error(`${what} should be called before app is ready`)
  }
  enableSandbox(): void {
    this.requireBefore('app.enableSandbox()')
    this.acts.push('sandbox')
  }
  async whenReady(): Promise<void> {
    // Not in the turn of the event loop in which the program was loaded.
    await new Promise((resolve) => setImmediate(resolve))
    this.isReady = true
    this.acts.push('ready')
  }
  quit(): void {
    this.acts.push('quit')
  }
  exit(code = 0): void {
    this.acts.push(`exit ${code}`)
    this.emit('exited')
  }
}

interface Privileges {
  scheme: string
  privileges: Record<string, boolean>
}

export interface FakeElectron {
  electron: ElectronApi<FakeWindow>
  app: FakeApp
  windows: FakeWindow[]
  errorBoxes: { title: string; content: string }[]
  menu: ApiMenu | null | undefined
  schemes: Privileges[]
  /** What the next folder dialog answers. */
  folderChoice: { canceled: boolean; filePaths: string[] }
  dialogs: { window: FakeWindow; title: string; endings?: string[] }[]
  forked: { entry: string; env: Record<string, string> }[]
  /** The first is the main one. */
  displays: ApiDisplay[]
  /** Takes displays away, adds some or scales them, as the system tells of it. */
  changeDisplays(displays: ApiDisplay[]): void
  /** The one window; throws where there is none. */
  window(): FakeWindow
  /** A message from a frame; the default is the window's main frame on Fanoscope's own page. */
  invoke(channel: string, name: unknown, input: unknown, from?: Partial<ApiSender>): Promise<unknown>
  fetch(url: string, init?: RequestInit): Promise<Response>
  /** Whether Chromium may load the address. */
  mayLoad(url: string): boolean
  mayDownload(): boolean
  /** Whether a page gets a permission that it asks for, looks up or needs for a device. */
  permissions(): boolean[]
}

export function fakeElectron(child?: UtilityChild): FakeElectron {
  const app = new FakeApp()
  const windows: FakeWindow[] = []
  const listeners = new Map<string, (event: ApiSender, name: unknown, input: unknown) => Promise<unknown>>()
  const sites = new Map<string, (request: Request) => Promise<Response>>()
  let mayLoad = (_url: string, callback: (response: { cancel: boolean }) => void): void =>
    callback({ cancel: false })
  let onRequest = (callback: (granted: boolean) => void): void => callback(true)
  let onCheck = (): boolean => true
  let onDevice = (): boolean => true
  const downloads = new EventEmitter()
  const screenHears = new EventEmitter()
  const fork: UtilityEngineOptions['fork'] = (entry, _args, { env }) => {
    app.requireReady('utilityProcess')
    if (!isAbsolute(entry)) throw new Error('The entry of a utility process is an absolute path.')
    fake.forked.push({ entry, env })
    if (child === undefined) throw new Error('This fake starts no processes.')
    return child
  }

  const defaultSession: ElectronApi<FakeWindow>['session']['defaultSession'] = {
    setPermissionRequestHandler(handler) {
      onRequest = (callback) => handler({}, 'media', callback)
    },
    setPermissionCheckHandler(handler) {
      onCheck = handler
    },
    setDevicePermissionHandler(handler) {
      onDevice = handler
    },
    on: (event, listener) => downloads.on(event, listener),
    webRequest: {
      onBeforeRequest(listener) {
        mayLoad = (url, callback) => listener({ url }, callback)
      },
    },
  }

  const fake: FakeElectron = {
    app,
    windows,
    errorBoxes: [],
    menu: undefined,
    schemes: [],
    folderChoice: { canceled: true, filePaths: [] },
    dialogs: [],
    forked: [],
    displays: [{ id: 1, workArea: { x: 0, y: 0, width: 1920, height: 1040 } }],
    changeDisplays(displays) {
      const isFewer = displays.length < fake.displays.length
      fake.displays = displays
      screenHears.emit(isFewer ? 'display-removed' : 'display-metrics-changed')
    },
    electron: {
      app,
      BrowserWindow: class extends FakeWindow {
        constructor(options: WindowOptions) {
          app.requireReady('BrowserWindow')
          super(options)
          windows.push(this)
          app.emit('web-contents-created', {}, this.webContents)
        }
      },
      Menu: {
        buildFromTemplate: (template) => ({ items: template.map(({ role }) => role) }),
        setApplicationMenu(menu) {
          fake.menu = menu
        },
      },
      dialog: {
        showErrorBox: (title, content) => fake.errorBoxes.push({ title, content }),
        async showOpenDialog(window, { title, filters }) {
          app.requireReady('dialog')
          const [filter] = filters ?? []
          fake.dialogs.push({ window, title, ...(filter ? { endings: filter.extensions } : {}) })
          return fake.folderChoice
        },
      },
      ipcMain: {
        handle(channel, listener) {
          if (listeners.has(channel))
            throw new Error(`Attempted to register a second handler for '${channel}'`)
          listeners.set(channel, listener)
        },
      },
      protocol: {
        registerSchemesAsPrivileged(schemes) {
          app.requireBefore('protocol.registerSchemesAsPrivileged')
          // The second call takes the place of the first one, which nobody would notice.
          if (app.acts.includes('schemes'))
            throw new Error('protocol.registerSchemesAsPrivileged is called once.')
          app.acts.push('schemes')
          fake.schemes = schemes
        },
        handle(scheme, handler) {
          app.requireReady('protocol.handle')
          if (sites.has(scheme)) throw new Error(`The protocol '${scheme}' is handled already`)
          if (!fake.schemes.some((known) => known.scheme === scheme))
            throw new Error(`'${scheme}' was not registered as privileged: a page of it has no origin`)
          sites.set(scheme, handler)
        },
      },
      screen: {
        getPrimaryDisplay() {
          app.requireReady('screen')
          const [first] = fake.displays
          if (first === undefined) throw new Error('There is no display.')
          return first
        },
        getAllDisplays() {
          app.requireReady('screen')
          return [...fake.displays]
        },
        on(event, listener) {
          app.requireReady('screen')
          screenHears.on(event, listener)
        },
      },
      session: {
        get defaultSession() {
          app.requireReady('session')
          return defaultSession
        },
      },
      utilityProcess: { fork },
    },
    window() {
      const [window] = windows
      if (window === undefined) throw new Error('no window was opened')
      return window
    },
    async invoke(channel, name, input, from = {}) {
      const listener = listeners.get(channel)
      if (listener === undefined) throw new Error(`nobody answers ${channel}`)
      const sender = from.sender ?? fake.window().webContents
      const senderFrame = from.senderFrame === undefined ? { url: siteBase, parent: null } : from.senderFrame
      return structuredClone(await listener({ sender, senderFrame }, ...cloned(name, input)))
    },
    async fetch(url, init) {
      const handler = sites.get(new URL(url).protocol.slice(0, -1))
      if (handler === undefined) throw new Error(`nobody answers ${url}`)
      return handler(new Request(url, init))
    },
    mayLoad(url) {
      let may = true
      mayLoad(url, ({ cancel }) => {
        may = !cancel
      })
      return may
    },
    mayDownload: () => isAllowed(downloads, 'will-download', {}),
    permissions() {
      let granted = true
      onRequest((answer) => {
        granted = answer
      })
      return [granted, onCheck(), onDevice()]
    },
  }
  return fake
}

const cloned = (name: unknown, input: unknown): [unknown, unknown] => [
  structuredClone(name),
  structuredClone(input),
]
