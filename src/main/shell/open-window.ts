/**
 * Opens the address of the browser host: in a window of its own where a Chromium browser is installed, else in the
 * default browser.
 */
import { type SpawnOptions, spawn } from 'node:child_process'
import { lstatSync, mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { posix, win32 } from 'node:path'

export interface Desktop {
  platform: NodeJS.Platform
  environment: Readonly<Record<string, string | undefined>>
  home: string
  /** Whether anything exists at this path, including a broken link. */
  exists(path: string): boolean
}

export interface WindowPlan {
  kind: 'app-window' | 'default-browser'
  command: string
  args: string[]
  /** Folder of the window's own profile; null for the default browser's. */
  profile: string | null
}

export interface OpenedWindow {
  kind: WindowPlan['kind']
  /** Resolves when the person closed the window; null where that cannot be known. */
  closed: Promise<void> | null
  close(): void
}

/** Options that keep Chromium from sending data, asking questions or advertising in the window. */
const quiet = [
  '--no-first-run',
  '--no-default-browser-check',
  '--no-pings',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-default-apps',
  '--disable-domain-reliability',
  '--disable-extensions',
  '--disable-features=Translate,OptimizationHints,MediaRouter,AutofillServerCommunication',
  '--disable-sync',
  // WebRTC has no part in the policy of pages: without UDP of its own and without other hosts it reaches nobody.
  '--force-webrtc-ip-handling-policy=disable_non_proxied_udp',
  '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1',
]

/** Size of a window in pixels of the screen. */
export interface WindowSize {
  width: number
  height: number
}

export const standardSize: WindowSize = { width: 1440, height: 900 }

/** The ways to open `url` on this machine, the best first; none without a desktop. */
export function windowPlans(url: string, desktop: Desktop, size = standardSize): WindowPlan[] {
  const { platform, environment } = desktop
  const isLinux = platform !== 'darwin' && platform !== 'win32'
  if (isLinux && !environment.DISPLAY && !environment.WAYLAND_DISPLAY) return []
  const windows = installedChromiums(desktop).map((command): WindowPlan => {
    const profile = freeProfile(command, desktop)
    const args = [
      `--app=${url}`,
      `--user-data-dir=${profile}`,
      `--window-size=${size.width},${size.height}`,
      ...quiet,
    ]
    return { kind: 'app-window', command, args, profile }
  })
  return [...windows, { kind: 'default-browser', profile: null, ...defaultBrowser(url, platform) }]
}

function defaultBrowser(url: string, platform: NodeJS.Platform): { command: string; args: string[] } {
  if (platform === 'win32') return { command: 'rundll32', args: ['url.dll,FileProtocolHandler', url] }
  return { command: platform === 'darwin' ? 'open' : 'xdg-open', args: [url] }
}

function installedChromiums({ platform, environment, home, exists }: Desktop): string[] {
  if (platform === 'win32') {
    const roots = ['ProgramFiles', 'ProgramFiles(x86)', 'LocalAppData'].flatMap(
      (name) => environment[name] ?? [],
    )
    const programs = [
      'Google\\Chrome\\Application\\chrome.exe',
      'Microsoft\\Edge\\Application\\msedge.exe',
      'Chromium\\Application\\chrome.exe',
    ]
    return programs.flatMap((program) => roots.map((root) => win32.join(root, program))).filter(exists)
  }
  if (platform === 'darwin') {
    return ['Google Chrome', 'Microsoft Edge', 'Chromium']
      .flatMap((name) =>
        ['/Applications', `${home}/Applications`].map((root) => `${root}/${name}.app/Contents/MacOS/${name}`),
      )
      .filter(exists)
  }
  const folders = (environment.PATH ?? '').split(':').filter((folder) => folder !== '')
  return [
    'google-chrome-stable',
    'google-chrome',
    'chromium',
    'chromium-browser',
    'microsoft-edge-stable',
    'microsoft-edge',
  ].flatMap((name) => folders.map((folder) => posix.join(folder, name)).find(exists) ?? [])
}

/** A profile folder that no running window uses; otherwise the browser would pass the address on and exit at once. */
function freeProfile(command: string, { platform, environment, home, exists }: Desktop): string {
  const path = platform === 'win32' ? win32 : posix
  // Chromium from a snap may not write to hidden folders of the home folder.
  const isSnap = /chromium/.test(path.basename(command)) && exists('/snap/bin/chromium')
  const root =
    platform === 'win32'
      ? path.join(environment.LocalAppData ?? home, 'Fanoscope')
      : platform === 'darwin'
        ? path.join(home, 'Library', 'Caches', 'Fanoscope')
        : isSnap
          ? path.join(home, 'snap', 'chromium', 'common', 'fanoscope')
          : path.join(environment.XDG_CACHE_HOME ?? path.join(home, '.cache'), 'fanoscope')
  const lock = platform === 'win32' ? 'lockfile' : 'SingletonLock'
  for (let n = 1; ; n++) {
    const profile = path.join(root, n === 1 ? 'window' : `window-${n}`)
    if (!exists(path.join(profile, lock))) return profile
  }
}

const thisDesktop = (): Desktop => ({
  platform: process.platform,
  environment: process.env,
  home: homedir(),
  exists: (path) => lstatSync(path, { throwIfNoEntry: false }) !== undefined,
})

/** Tries the plans in order. Null where none could be started. */
export async function openWindow(
  url: string,
  size = standardSize,
  desktop = thisDesktop(),
): Promise<OpenedWindow | null> {
  for (const plan of windowPlans(url, desktop, size)) {
    const opened = await start(plan)
    if (opened !== null) return opened
  }
  return null
}

function start({ kind, command, args, profile }: WindowPlan): Promise<OpenedWindow | null> {
  const options: SpawnOptions = { stdio: 'ignore', windowsHide: kind === 'default-browser' }
  if (profile !== null) mkdirSync(profile, { recursive: true })
  const child = spawn(command, args, options)
  const closed = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  return new Promise((resolve) => {
    child.once('error', () => resolve(null))
    child.once('spawn', () =>
      resolve(
        kind === 'app-window'
          ? { kind, closed, close: () => void child.kill() }
          : { kind, closed: null, close: () => undefined },
      ),
    )
  })
}
