/**
 * The types of the part of Electron that Fanoscope uses, so that tests can run the host with a fake where the binary
 * is missing. `src/main/index.ts` passes the real Electron, and the compiler checks that the types agree.
 */
import type { Bounds } from './on-screen.ts'
import type { UtilityEngineOptions } from './utility-process.ts'

export interface WindowOptions {
  width: number
  height: number
  minWidth: number
  minHeight: number
  show: boolean
  title: string
  icon: string
  backgroundColor: string
  webPreferences: {
    preload: string
    sandbox: boolean
    contextIsolation: boolean
    nodeIntegration: boolean
    webSecurity: boolean
    webviewTag: boolean
    navigateOnDragDrop: boolean
    spellcheck: boolean
    devTools: boolean
  }
}

interface Preventable {
  preventDefault(): void
}

export interface ApiContents {
  send(channel: string, ...args: unknown[]): void
  setWindowOpenHandler(handler: () => { action: 'deny' }): void
  setWebRTCIPHandlingPolicy(policy: 'disable_non_proxied_udp'): void
  getURL(): string
  closeDevTools(): void
  on(event: 'will-navigate', listener: (event: Preventable & { url: string }) => void): unknown
  on(event: 'will-frame-navigate', listener: (event: Preventable & { url: string }) => void): unknown
  on(event: 'will-redirect', listener: (event: Preventable) => void): unknown
  on(event: 'will-attach-webview', listener: (event: Preventable) => void): unknown
  on(event: 'devtools-opened', listener: () => void): unknown
  on(event: 'render-process-gone', listener: (event: unknown, details: { reason: string }) => void): unknown
  isDestroyed(): boolean
  reload(): void
}

export interface ApiWindow {
  readonly webContents: ApiContents
  loadURL(url: string): Promise<void>
  show(): void
  focus(): void
  restore(): void
  maximize(): void
  isMinimized(): boolean
  isMaximized(): boolean
  isDestroyed(): boolean
  getNormalBounds(): { width: number; height: number }
  getBounds(): Bounds
  setBounds(bounds: Bounds): void
  setMinimumSize(width: number, height: number): void
  once(event: 'ready-to-show', listener: () => void): unknown
  on(event: 'close', listener: () => void): unknown
}

export interface OpenDialogOptions {
  title: string
  properties: ('openDirectory' | 'createDirectory' | 'openFile')[]
  filters?: { name: string; extensions: string[] }[]
}

/** The sender of a message from a window. */
export interface ApiSender {
  readonly sender: unknown
  readonly senderFrame: { readonly url: string; readonly parent: unknown } | null
}

/** A display; `workArea` is what windows may take, in the pixels of a page. */
export interface ApiDisplay {
  readonly id: number
  readonly workArea: Bounds
}

export interface ApiMenu {
  readonly items: readonly unknown[]
}

export interface ElectronApi<W extends ApiWindow> {
  app: {
    readonly isPackaged: boolean
    readonly commandLine: {
      appendSwitch(name: string, value?: string): void
      hasSwitch(name: string): boolean
    }
    requestSingleInstanceLock(): boolean
    enableSandbox(): void
    whenReady(): Promise<void>
    quit(): void
    exit(code?: number): void
    on(event: 'web-contents-created', listener: (event: unknown, contents: ApiContents) => void): unknown
    on(event: 'second-instance', listener: () => void): unknown
    on(event: 'window-all-closed', listener: () => void): unknown
    on(event: 'will-quit', listener: (event: Preventable) => void): unknown
  }
  BrowserWindow: new (options: WindowOptions) => W
  Menu: {
    buildFromTemplate(template: { role: 'appMenu' | 'editMenu' | 'windowMenu' }[]): ApiMenu
    setApplicationMenu(menu: ApiMenu | null): void
  }
  dialog: {
    showErrorBox(title: string, content: string): void
    showOpenDialog(window: W, options: OpenDialogOptions): Promise<{ canceled: boolean; filePaths: string[] }>
  }
  ipcMain: {
    handle(
      channel: string,
      listener: (event: ApiSender, name: unknown, input: unknown) => Promise<unknown>,
    ): void
  }
  protocol: {
    registerSchemesAsPrivileged(
      schemes: {
        scheme: string
        privileges: { standard: boolean; secure: boolean; supportFetchAPI: boolean }
      }[],
    ): void
    handle(scheme: string, handler: (request: Request) => Promise<Response>): void
  }
  session: {
    defaultSession: {
      setPermissionRequestHandler(
        handler: (contents: unknown, permission: unknown, callback: (granted: boolean) => void) => void,
      ): void
      setPermissionCheckHandler(handler: () => boolean): void
      setDevicePermissionHandler(handler: () => boolean): void
      on(event: 'will-download', listener: (event: Preventable) => void): unknown
      readonly webRequest: {
        onBeforeRequest(
          listener: (details: { url: string }, callback: (response: { cancel: boolean }) => void) => void,
        ): void
      }
    }
  }
  /** Only to be asked once Electron is ready. */
  screen: {
    getPrimaryDisplay(): ApiDisplay
    getAllDisplays(): ApiDisplay[]
    on(event: 'display-removed' | 'display-metrics-changed', listener: () => void): unknown
  }
  utilityProcess: { fork: UtilityEngineOptions['fork'] }
}
