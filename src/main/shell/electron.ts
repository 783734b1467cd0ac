/** The Electron host: one window, which can reach only what main serves. */
import { z } from 'zod'
import { callChannel, eventChannel, scheme, siteBase } from '../../preload/channels.ts'
import { failureDocument } from '../../shared/failure.ts'
import type { LaunchEngine } from '../engine-host/channel.ts'
import type { ApiSender, ApiWindow, ElectronApi, OpenDialogOptions } from './electron-api.ts'
import { closeSession, guardContents, quietChromium, requirePlainStart, type Start } from './guards.ts'
import { type Hosted, type HostOptions, openShell, reportToStandardError } from './hosted.ts'
import { leastSize, movedOnScreen, sizeOn } from './on-screen.ts'
import { isBelow } from './policy.ts'
import { launchUtilityEngine } from './utility-process.ts'

/** What only a host can do for the application. */
export interface ElectronPowers {
  host: 'electron'
  chooseFolder: (title: string) => Promise<string | null>
  chooseFile: (title: string, endings: readonly string[]) => Promise<string | null>
  launchEngine: LaunchEngine
}

export interface ElectronHostOptions extends Omit<HostOptions, 'application'> {
  createApplication: (powers: ElectronPowers) => Hosted & { close(): Promise<void> }
  /** The bundle of `src/preload/index.ts`. */
  preloadFile: string
  /** The application's picture in the task bar. */
  iconFile: string
  /** The bundle of `src/main/app/engine.ts`. */
  engineEntry: string
  engineEnvironment: () => Record<string, string>
  platform?: NodeJS.Platform
  /** By default how this process was started. */
  start?: Start
}

const sizeKey = 'ui.window-size'
const sizeSchema = z.object({
  width: z.number().int().min(1024).max(16_384),
  height: z.number().int().min(720).max(16_384),
  maximized: z.boolean(),
})
const standardSize: z.infer<typeof sizeSchema> = { width: 1440, height: 900, maximized: false }

/** A window that crashes more often than this is not reloaded any more, so that a person sees it. */
const mostReloads = 3

/**
 * Resolves when the window is loaded, or when another Fanoscope is running already and was brought to the front
 * instead.
 */
export async function startElectronHost<W extends ApiWindow>(
  electron: ElectronApi<W>,
  options: ElectronHostOptions,
): Promise<void> {
  const { app } = electron
  const { start = { parameters: process.argv, environment: process.env } } = options
  const refuse = (error: unknown): void => {
    const { message, remedy } = failureDocument(error)
    electron.dialog.showErrorBox('Fanoscope', `${message}\n\n${remedy}`)
    app.exit(1)
  }
  try {
    requirePlainStart(app, start)
  } catch (error) {
    refuse(error)
    return
  }
  if (!app.requestSingleInstanceLock()) {
    app.quit()
    return
  }
  app.enableSandbox()
  quietChromium(app)
  guardContents(electron)
  electron.protocol.registerSchemesAsPrivileged([
    { scheme, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ])
  await app.whenReady()
  try {
    await openHost(electron, options)
  } catch (error) {
    refuse(error)
  }
}

async function openHost<W extends ApiWindow>(
  electron: ElectronApi<W>,
  options: ElectronHostOptions,
): Promise<void> {
  const { app, dialog, ipcMain, protocol, utilityProcess } = electron
  const { report = reportToStandardError, platform = process.platform } = options
  closeSession(electron)
  // On macOS the editing shortcuts come from the menu; elsewhere the window has them without one.
  const macMenu = electron.Menu.buildFromTemplate([
    { role: 'appMenu' },
    { role: 'editMenu' },
    { role: 'windowMenu' },
  ])
  electron.Menu.setApplicationMenu(platform === 'darwin' ? macMenu : null)

  let window: W | null = null
  async function choose(options: OpenDialogOptions): Promise<string | null> {
    if (window === null) return null
    const { canceled, filePaths } = await dialog.showOpenDialog(window, options)
    return canceled ? null : (filePaths[0] ?? null)
  }
  const application = options.createApplication({
    host: 'electron',
    chooseFolder: (title) => choose({ title, properties: ['openDirectory', 'createDirectory'] }),
    chooseFile: (title, endings) =>
      choose({
        title,
        properties: ['openFile'],
        filters: [{ name: endings.join(', '), extensions: [...endings] }],
      }),
    launchEngine: (onOutput) =>
      launchUtilityEngine({
        fork: utilityProcess.fork,
        entry: options.engineEntry,
        environment: options.engineEnvironment(),
        onOutput,
      }),
  })
  const shell = await openShell({ ...options, application, report })

  protocol.handle(scheme, async (request) => {
    if (!isBelow(siteBase, request.url) || request.method !== 'GET')
      return new Response(null, { status: 403 })
    const path = new URL(request.url).pathname.slice(1)
    const { status, headers, body } = await shell.site.answer(path, request.headers.get('if-none-match'))
    // A copy, because a response cannot take bytes in memory that is shared between threads.
    return new Response(body instanceof Uint8Array ? Uint8Array.from(body) : body, { status, headers })
  })
  ipcMain.handle(callChannel, async (event, name, input) => {
    if (window !== null && isFrom(window, event)) return shell.call(name, input, 'window')
    throw new Error('Only the window of Fanoscope may call.')
  })
  shell.onEvent((name, payload) => {
    if (window !== null && !window.isDestroyed()) window.webContents.send(eventChannel, name, payload)
  })

  let isClosing = false
  app.on('will-quit', (event) => {
    // Quitting is prevented also while Fanoscope is closing; `exit` ends the process when everything is closed.
    event.preventDefault()
    if (isClosing) return
    isClosing = true
    void Promise.allSettled([application.close(), shell.close()]).then((ends) => {
      for (const end of ends)
        if (end.status === 'rejected') report('Fanoscope did not end cleanly.', end.reason)
      app.exit(0)
    })
  })
  app.on('window-all-closed', () => app.quit())
  app.on('second-instance', () => {
    if (window === null || window.isDestroyed()) return
    if (window.isMinimized()) window.restore()
    window.focus()
  })

  const remembered = await shell.call('setting.get', { key: sizeKey })
  const setting = z.object({ value: sizeSchema }).safeParse(remembered.ok ? remembered.value : null)
  const size = setting.data?.value ?? standardSize
  window = openWindow(electron, options, size)
  const opened = window
  keepOnScreen(electron, opened)
  opened.on('close', () => {
    const { width, height } = opened.getNormalBounds()
    void shell.call('setting.set', {
      key: sizeKey,
      value: { width, height, maximized: opened.isMaximized() },
    })
  })
  await opened.loadURL(siteBase)
}

function openWindow<W extends ApiWindow>(
  electron: ElectronApi<W>,
  { preloadFile: preload, iconFile: icon }: Pick<ElectronHostOptions, 'preloadFile' | 'iconFile'>,
  size: z.infer<typeof sizeSchema>,
): W {
  const window = new electron.BrowserWindow({
    ...sizeOn(electron.screen.getPrimaryDisplay().workArea, size),
    show: false,
    title: 'Fanoscope',
    icon,
    backgroundColor: '#14171c',
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
      devTools: !electron.app.isPackaged,
    },
  })
  const { webContents } = window
  let reloads = 0
  webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason === 'clean-exit' || webContents.isDestroyed() || reloads === mostReloads) return
    reloads += 1
    webContents.reload()
  })
  window.once('ready-to-show', () => {
    if (size.maximized) window.maximize()
    window.show()
  })
  return window
}

/** A display may be taken away, or scaled, while the window is there: it follows to one that a person sees. */
function keepOnScreen<W extends ApiWindow>({ screen }: ElectronApi<W>, window: W): void {
  const look = (): void => {
    if (window.isDestroyed()) return
    const main = screen.getPrimaryDisplay()
    const others = screen.getAllDisplays().filter(({ id }) => id !== main.id)
    const { minWidth, minHeight } = sizeOn(main.workArea, leastSize)
    // First, since no window gets smaller than that.
    window.setMinimumSize(minWidth, minHeight)
    const moved = movedOnScreen(
      window.getBounds(),
      [main, ...others].map(({ workArea }) => workArea),
    )
    if (moved !== null) window.setBounds(moved)
  }
  screen.on('display-removed', look)
  screen.on('display-metrics-changed', look)
}

function isFrom(window: ApiWindow, { sender, senderFrame }: ApiSender): boolean {
  const isMainFrame = senderFrame !== null && senderFrame.parent === null
  return sender === window.webContents && isMainFrame && isBelow(siteBase, senderFrame.url)
}
