/** What both hosts have in common. A host adds only how messages and windows work on its platform. */
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
  events: Pick<ApplicationEvents, 'onAny' | 'on'>
  assets: AssetSource
  /** Stores folders that were dropped on a window which does not know their path. */
  drops: Pick<Drops, 'write'>
}

export interface HostOptions {
  application: Hosted
  /** The built renderer, `out/renderer`. */
  rendererFolder: string
  /** Called with defects of Fanoscope itself; by default they are written to standard error. */
  report?: ReportDefect
}

export interface Shell {
  site: Site
  /** Answers a call; never rejects. `caller` is the window that calls, if a person uses it. */
  call(name: unknown, input: unknown, caller?: string): Promise<Answer>
  /** Adds a listener for all events, checked against the contract. Returns a function that removes it. */
  onEvent(listener: (name: string, payload: unknown) => void): () => void
  close(): Promise<void>
}

export const reportToStandardError: ReportDefect = (message, cause) => {
  process.stderr.write(`${message}\n${cause instanceof Error && cause.stack ? `${cause.stack}\n` : ''}`)
}

/**
 * @param options `bridgeFile`: a script that runs before the app, where no preload script provides the bridge on
 * `window`
 */
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
