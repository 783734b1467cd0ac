/**
 * What keeps a window of Electron from anything but showing Fanoscope: for every content that is ever made, whatever
 * made it, and for the process itself in a release.
 */
import { siteBase } from '../../preload/channels.ts'
import { Failure } from '../../shared/failure.ts'
import type { ApiContents, ApiWindow, ElectronApi } from './electron-api.ts'
import { isBelow } from './policy.ts'

/** Ways to drive a program from outside, or to give it code of another. */
const doors = [
  'remote-debugging-port',
  'remote-debugging-pipe',
  'remote-debugging-address',
  'inspect',
  'inspect-brk',
  'inspect-brk-node',
  'inspect-port',
  'inspect-wait',
  'inspect-publish-uid',
  'debug-port',
  'js-flags',
  'load-extension',
  'no-sandbox',
  'disable-web-security',
] as const

/** How a release was started. */
export interface Start {
  parameters: readonly string[]
  environment: Readonly<Record<string, string | undefined>>
}

/**
 * Before anything else is done.
 *
 * @throws Failure `start-refused` in a release that was started so that others can look into it or change it
 */
export function requirePlainStart(
  { isPackaged, commandLine }: ElectronApi<ApiWindow>['app'],
  { parameters, environment }: Start,
): void {
  if (!isPackaged) return
  const given = new Set(parameters.map((parameter) => parameter.split('=', 1)[0]))
  const door = doors.find((name) => commandLine.hasSwitch(name) || given.has(`--${name}`))
  if (door !== undefined) throw new Failure('start-refused', { what: `--${door}` })
  if (environment.NODE_OPTIONS) throw new Failure('start-refused', { what: 'NODE_OPTIONS' })
}

/**
 * What Chromium itself must not do: it is told before it is ready. A window may load nothing of others, but WebRTC asks
 * nobody: without UDP of its own, and without any host that can be found, it reaches nobody.
 */
const chromiumSwitches: readonly (readonly [name: string, value?: string])[] = [
  ['disable-background-networking'],
  ['disable-component-update'],
  ['no-pings'],
  ['force-webrtc-ip-handling-policy', 'disable_non_proxied_udp'],
  ['host-resolver-rules', 'MAP * ~NOTFOUND'],
]

export function quietChromium({ commandLine }: ElectronApi<ApiWindow>['app']): void {
  for (const [name, value] of chromiumSwitches) {
    if (value === undefined) commandLine.appendSwitch(name)
    else commandLine.appendSwitch(name, value)
  }
}

/** Guards every content from the moment that it is made: windows, frames in them, and what a page might open. */
export function guardContents({ app }: ElectronApi<ApiWindow>): void {
  app.on('web-contents-created', (_event, contents) => {
    // Tools of developers are pages of their own; a release has none.
    if (!app.isPackaged && contents.getURL().startsWith('devtools://')) return
    guard(contents, app.isPackaged)
  })
}

function guard(contents: ApiContents, isRelease: boolean): void {
  contents.setWindowOpenHandler(() => ({ action: 'deny' }))
  contents.setWebRTCIPHandlingPolicy('disable_non_proxied_udp')
  contents.on('will-navigate', (event) => {
    if (!isBelow(siteBase, event.url)) event.preventDefault()
  })
  // Also what only a frame inside goes to, of which a page of ours has none.
  contents.on('will-frame-navigate', (event) => {
    if (!isBelow(siteBase, event.url)) event.preventDefault()
  })
  // Nothing that Fanoscope serves is a redirect.
  contents.on('will-redirect', (event) => event.preventDefault())
  contents.on('will-attach-webview', (event) => event.preventDefault())
  if (isRelease) contents.on('devtools-opened', () => contents.closeDevTools())
}

/** No request leaves, no permission is given, and nothing is downloaded: exports are written by main. */
export function closeSession({ app, session: { defaultSession } }: ElectronApi<ApiWindow>): void {
  defaultSession.webRequest.onBeforeRequest(({ url }, callback) => {
    const isDevTools = !app.isPackaged && url.startsWith('devtools://')
    callback({ cancel: !isBelow(siteBase, url) && !isDevTools })
  })
  defaultSession.setPermissionRequestHandler((_contents, _permission, callback) => callback(false))
  defaultSession.setPermissionCheckHandler(() => false)
  defaultSession.setDevicePermissionHandler(() => false)
  defaultSession.on('will-download', (event) => event.preventDefault())
}
