/** Fanoscope without a window: what a host serves. One workspace is open at a time, or none. */
import { resolve } from 'node:path'
import { z } from 'zod'
import type { CallName } from '../shared/contract.ts'
import { Failure } from '../shared/failure.ts'
import type { AssetSource } from './assets/source.ts'
import type { Caller, Handlers } from './contract/dispatch.ts'
import { appHandlers } from './handlers/app.ts'
import { auditHandlers } from './handlers/audit.ts'
import { choiceHandlers } from './handlers/choice.ts'
import type { HandlerContext } from './handlers/context.ts'
import { curationHandlers } from './handlers/curation.ts'
import { datasetHandlers } from './handlers/dataset.ts'
import { dropHandlers } from './handlers/drop.ts'
import { folderHandlers } from './handlers/folder.ts'
import { jobHandlers } from './handlers/job.ts'
import { labelHandlers } from './handlers/label.ts'
import { liveHandlers } from './handlers/live.ts'
import { logHandlers } from './handlers/log.ts'
import { modelHandlers } from './handlers/model.ts'
import { operatorHandlers } from './handlers/operator.ts'
import { reviewHandlers } from './handlers/review.ts'
import { runHandlers } from './handlers/run.ts'
import { sampleHandlers } from './handlers/sample.ts'
import { settingHandlers } from './handlers/setting.ts'
import { systemHandlers } from './handlers/system.ts'
import { thresholdHandlers } from './handlers/threshold.ts'
import { trainHandlers } from './handlers/train.ts'
import { workspaceHandlers } from './handlers/workspace.ts'
import { keepClear } from './live/clear-pictures.ts'
import { resumeLive } from './live/live.ts'
import { openAppState, stateFile } from './services/app-state.ts'
import { createAssetSource } from './services/asset-source.ts'
import { defaultWorkspace } from './services/default-workspace.ts'
import { createDrops, type Drops } from './services/drops.ts'
import { type ApplicationEvents, createEventHub } from './services/events.ts'
import { goOnTraining } from './services/go-on.ts'
import { openSession, type Session } from './services/session.ts'
import { createSignedIn } from './services/sign-in.ts'
import type { LaunchEngine } from './supervisor/channel.ts'

export type { ApplicationEvents } from './services/events.ts'

/** What a host can do that the application cannot. */
export interface HostPowers {
  host: 'electron' | 'browser'
  /** A native dialog, where the host has one; null when the person cancelled. */
  chooseFolder: ((title: string) => Promise<string | null>) | null
  launchEngine: LaunchEngine
  /** The process's environment, unless told otherwise. */
  environment?: NodeJS.ProcessEnv
}

export interface Application {
  handlers: Handlers
  /** Whether a window may ask for what is done in the name of an operator. */
  admit: NonNullable<Caller['admit']>
  events: ApplicationEvents
  assets: AssetSource
  drops: Drops
  /** Lets what is at work keep what it has, and gives the workspace back. */
  close(): Promise<void>
}

/** What is done in the name of somebody. */
const actSchema = z.object({ operator: z.string() })
/** Calls that name an operator to read what belongs to one, and change nothing. */
const readings: ReadonlySet<CallName> = new Set(['review.queue'])

export function createApplication(powers: HostPowers): Application {
  const { host, chooseFolder, launchEngine, environment = process.env } = powers
  const events = createEventHub()
  const drops = createDrops()
  let session: Session | null = null
  let stopClearing: () => Promise<void> = async () => undefined
  // Opening and closing take turns, however many windows ask.
  let turn: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(act: () => Promise<T>): Promise<T> => {
    const done = turn.then(act)
    turn = done.catch(() => undefined)
    return done
  }
  async function closeCurrent(): Promise<void> {
    const closing = session
    session = null
    await stopClearing()
    await drops.close()
    await closing?.close()
  }

  const context: HandlerContext = {
    host,
    chooseFolder,
    launchEngine,
    events,
    drops,
    signedIn: createSignedIn(),
    appState: openAppState(stateFile(environment)),
    suggestedWorkspace: defaultWorkspace(environment),
    current: () => session,
    session() {
      if (session) return session
      throw new Failure('no-workspace')
    },
    open: (dir, create) =>
      inTurn(async () => {
        if (session?.workspace.dir === resolve(dir)) return session
        // The new one first: if it cannot be opened, the old one stays.
        const opened = openSession({ dir, create, launchEngine, events })
        resumeLive(opened)
        goOnTraining(opened)
        await closeCurrent()
        session = opened
        stopClearing = keepClear(opened)
        return opened
      }),
    close: () => inTurn(closeCurrent),
  }

  return {
    admit(name, input, caller) {
      const named = actSchema.safeParse(input)
      if (!named.success || session === null || readings.has(name)) return
      context.signedIn.require(session.workspace.db, caller, named.data.operator)
    },
    handlers: {
      ...appHandlers(context),
      ...workspaceHandlers(context),
      ...folderHandlers(context),
      ...dropHandlers(context),
      ...sampleHandlers(context),
      ...datasetHandlers(context),
      ...labelHandlers(context),
      ...liveHandlers(context),
      ...systemHandlers(),
      ...trainHandlers(context),
      ...jobHandlers(context),
      ...logHandlers(context),
      ...runHandlers(context),
      ...choiceHandlers(context),
      ...curationHandlers(context),
      ...modelHandlers(context),
      ...operatorHandlers(context),
      ...reviewHandlers(context),
      ...thresholdHandlers(context),
      ...auditHandlers(context),
      ...settingHandlers(context),
    },
    events,
    drops,
    assets: createAssetSource(() => session?.workspace ?? null),
    close: context.close,
  }
}
