/** What both hosts do alike. A host adds only how messages and windows are carried on its platform. */
import { createAssets } from '../app/assets/assets.ts'
import { openPictureThread } from '../app/assets/picture-task.ts'
import type { AssetSource } from '../app/assets/source.ts'
import {
  type Answer,
  type Caller,
  checkEvent,
  dispatch,
  type Handlers,
  type ReportDefect,
} from '../contract/dispatch.ts'
import type { Drops } from '../features/folders/drops.ts'
import type { ApplicationEvents } from '../platform/events.ts'
import { openSite, type Site } from './site.ts'

/** What a host needs of the application. */
export interface Hosted {
  handlers: Handlers
  admit?: Caller['admit']
  events: Pick<ApplicationEvents, 'onAny'>
  assets: AssetSource
  /** Where a host puts what was dropped onto a window that has no path to tell. */
  drops: Pick<Drops, 'write'>
}

export interface HostOptions {
  application: Hosted
  /** `out/renderer`, as it was built. */
  rendererFolder: string
  /** Hears of defects of Fanoscope itself; the default writes to standard error. */
  report?: ReportDefect
}

export interface Shell {
  site: Site
  /** Never rejects. `caller`: the window, where it is one that somebody sits at. */
  call(name: unknown, input: unknown, caller?: string): Promise<Answer>
  /** Hears every event that keeps to the contract. Returns a function that stops listening. */
  onEvent(listener: (name: string, payload: unknown) => void): () => void
  close(): Promise<void>
}

export const reportToStandardError: ReportDefect = (message, cause) => {
  process.stderr.write(`${message}\n${cause instanceof Error && cause.stack ? `${cause.stack}\n` : ''}`)
}

/** `bridgeFile`: a script to run before the app, where no preload puts the bridge on `window`. */
export async function openShell(options: HostOptions & { bridgeFile?: string }): Promise<Shell> {
  const { application, rendererFolder, bridgeFile, report = reportToStandardError } = options
  const pictures = openPictureThread()
  const assets = createAssets(application.assets, pictures)
  return {
    site: await openSite({ rendererFolder, assets, bridgeFile, report }),
    call: (name, input, caller = 'host') =>
      dispatch(application.handlers, name, input, report, { caller, admit: application.admit }),
    onEvent: (listener) =>
      application.events.onAny((name, payload) => {
        const checked = checkEvent(name, payload, report)
        if (checked !== null) listener(name, checked.payload)
      }),
    close: () => pictures.close(),
  }
}
