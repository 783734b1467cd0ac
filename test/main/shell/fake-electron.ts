/**
 * Electron as far as Fanoscope uses it, for tests where the binary is not. Messages are structured clones, as
 * they are over the real IPC; what the host hands to Electron is kept for the test to look at.
 */
import { EventEmitter } from 'node:events'
import type {
  ApiContents,
  ApiMenu,
  ApiSender,
  ApiWindow,
  ElectronApi,
  WindowOptions,
} from '../../../src/main/shell/electron-api.ts'
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
  reload(): void {
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
  bounds = { width: 0, height: 0 }
  constructor(options: WindowOptions) {
    super()
    this.options = options
    this.bounds = { width: options.width, height: options.height }
  }
  async loadURL(url: string): Promise<void> {
    this.acts.push(`load ${url}`)
  }
  show(): void {
    this.acts.push('show')
  }
  focus(): void {
    this.acts.push('focus')
  }
  restore(): void {
    this.acts.push('restore')
  }
  maximize(): void {
    this.acts.push('maximize')
  }
  isMinimized(): boolean {
    return this.minimized
  }
  isMaximized(): boolean {
    return this.maximized
  }
  isDestroyed(): boolean {
    return this.webContents.destroyed
  }
  getNormalBounds(): { width: number; height: number } {
    return this.bounds
  }
}

class FakeApp extends EventEmitter {
  isPackaged = true
  isOnlyOne = true
  /** Those that it was started with. */
  readonly switches = new Set<string>()
  readonly acts: string[] = []
  readonly commandLine = {
    appendSwitch: (name: string, value?: string): void => {
      this.acts.push(value === undefined ? `--${name}` : `--${name}=${value}`)
    },
    hasSwitch: (name: string): boolean => this.switches.has(name),
  }
  requestSingleInstanceLock(): boolean {
    return this.isOnlyOne
  }
  enableSandbox(): void {
    this.acts.push('sandbox')
  }
  async whenReady(): Promise<void> {
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
  const fork: UtilityEngineOptions['fork'] = (entry, _args, { env }) => {
    fake.forked.push({ entry, env })
    if (child === undefined) throw new Error('This fake starts no processes.')
    return child
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
    electron: {
      app,
      BrowserWindow: class extends FakeWindow {
        constructor(options: WindowOptions) {
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
          const [filter] = filters ?? []
          fake.dialogs.push({ window, title, ...(filter ? { endings: filter.extensions } : {}) })
          return fake.folderChoice
        },
      },
      ipcMain: { handle: (channel, listener) => listeners.set(channel, listener) },
      protocol: {
        registerSchemesAsPrivileged(schemes) {
          app.acts.push('schemes')
          fake.schemes = schemes
        },
        handle: (scheme, handler) => sites.set(scheme, handler),
      },
      session: {
        defaultSession: {
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
