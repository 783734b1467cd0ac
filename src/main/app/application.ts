/**
 * The application without a window: a host (Electron or the browser host) serves it. At most one workspace is open at
 * a time.
 */

import { resolve } from 'node:path'
import { Failure, failureData, failureOf } from '../../shared/failure.ts'
import { retentionKey } from '../../shared/live.ts'
import type { Caller, Handlers } from '../contract/dispatch.ts'
import type { LaunchEngine } from '../engine-host/channel.ts'
import { auditHandlers } from '../features/audit/handlers.ts'
import { backboneHandlers } from '../features/backbones/handlers.ts'
import { choiceHandlers } from '../features/choosing/handlers.ts'
import { comparisonHandlers } from '../features/comparison/handlers.ts'
import { curationHandlers } from '../features/curation/handlers.ts'
import { datasetHandlers } from '../features/datasets/handlers.ts'
import { deliverResults } from '../features/delivery/deliver-results.ts'
import { deliveryHandlers } from '../features/delivery/handlers.ts'
import { logHandlers } from '../features/doctor/log-handlers.ts'
import { exportHandlers } from '../features/export/handlers.ts'
import { dropHandlers } from '../features/folders/drop-handlers.ts'
import { createDrops, type Drops } from '../features/folders/drops.ts'
import { folderHandlers } from '../features/folders/handlers.ts'
import { importHandlers } from '../features/import/handlers.ts'
import { intakeHandlers } from '../features/intake/handlers.ts'
import { keepIntake } from '../features/intake/keep-intake.ts'
import { labelHandlers } from '../features/label/handlers.ts'
import { curveHandlers } from '../features/learning-curve/handlers.ts'
import { keepClear } from '../features/live/clear-pictures.ts'
import { liveHandlers } from '../features/live/handlers.ts'
import { resumeLive } from '../features/live/live.ts'
import { modelHandlers } from '../features/models/handlers.ts'
import { operatorHandlers } from '../features/operators/handlers.ts'
import { createSignedIn } from '../features/operators/sign-in.ts'
import { removalHandlers } from '../features/removal/handlers.ts'
import { reviewHandlers } from '../features/review/handlers.ts'
import { runHandlers } from '../features/runs/handlers.ts'
import { sampleHandlers } from '../features/sample/handlers.ts'
import { scoringHandlers } from '../features/scoring/handlers.ts'
import { thresholdHandlers } from '../features/thresholds/handlers.ts'
import { trainHandlers } from '../features/training/handlers.ts'
import { resumeNotedTrainings } from '../features/training/resume-at-start.ts'
import { systemHandlers } from '../features/training/system-handlers.ts'
import { updateHandlers } from '../features/update/handlers.ts'
import { keepBackedUp } from '../features/workspace/backup-job.ts'
import { workspaceHandlers } from '../features/workspace/handlers.ts'
import { settingHandlers } from '../features/workspace/setting-handlers.ts'
import { defaultWorkspace } from '../platform/default-workspace.ts'
import { type ApplicationEvents, createEventHub } from '../platform/events.ts'
import { type Installation, installationOf } from '../platform/installation.ts'
import { openAppState, stateFile } from '../platform/preferences.ts'
import { readPolicy } from '../platform/station-policy.ts'
import type { HandlerContext } from '../session/handler-context.ts'
import { openSession, type Session } from '../session/session.ts'
import type { VersionChange } from '../session/version-change.ts'
import { changeSetting } from '../store/settings.ts'
import { admitByPolicy } from './admit-by-policy.ts'
import { admitCall } from './admit-call.ts'
import { appHandlers } from './app-handlers.ts'
import type { AssetSource } from './assets/source.ts'
import { createAssetSource } from './assets/workspace-source.ts'
import { jobHandlers } from './job-handlers.ts'
import { sessionHooks } from './session-hooks.ts'

export type { ApplicationEvents } from '../platform/events.ts'

/** What a host can do that the application cannot. */
export interface HostPowers {
  host: 'electron' | 'browser'
  /** A native dialog, where the host has one; null when the person cancelled. */
  chooseFolder: ((title: string) => Promise<string | null>) | null
  /** The same for a file with one of these endings. */
  chooseFile: ((title: string, endings: readonly string[]) => Promise<string | null>) | null
  launchEngine: LaunchEngine
  /** Closes the application and lets another version of it take its place, shortly after this call. */
  changeVersion?: (change: VersionChange) => void
  /** The offline bundle that this program is of; by default as it was started. */
  installation?: Installation | null
  /** Environment variables; by default those of this process. */
  environment?: NodeJS.ProcessEnv
}

export interface Application {
  handlers: Handlers
  /** Refuses a call of a window that names nobody where somebody must answer for it, or who is not signed in there. */
  admit: NonNullable<Caller['admit']>
  events: ApplicationEvents
  assets: AssetSource
  drops: Drops
  /** Logs and shows an error that nobody waited for, and marks the job that it comes from. */
  stray(error: unknown): void
  /** Stops running jobs so that they can go on later, and closes the workspace. */
  close(): Promise<void>
}

const nothingToStop = async (): Promise<void> => undefined

export function createApplication(powers: HostPowers): Application {
  const { host, chooseFolder, chooseFile, launchEngine, environment = process.env } = powers
  const { changeVersion = null, installation = installationOf() } = powers
  const administered = readPolicy(environment)
  const suggestedWorkspace = defaultWorkspace(environment, undefined, administered?.policy.workspace)
  const events = createEventHub()
  const drops = createDrops()
  const signedIn = createSignedIn()
  let session: Session | null = null
  let stopClearing = nothingToStop
  let stopBackingUp = nothingToStop
  let stopDelivering = nothingToStop
  let stopTakingIn = nothingToStop
  // Opening and closing run one after another, however many windows ask at the same time.
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
    await stopBackingUp()
    stopClearing = nothingToStop
    stopBackingUp = nothingToStop
    await drops.close()
    await stopTakingIn()
    stopTakingIn = nothingToStop
    await stopDelivering()
    stopDelivering = nothingToStop
    await closing?.close()
  }

  const context: HandlerContext = {
    host,
    chooseFolder,
    chooseFile,
    launchEngine,
    events,
    appState: openAppState(stateFile(environment)),
    suggestedWorkspace,
    administered,
    installation,
    changeVersion,
    current: () => session,
    session() {
      if (session) return session
      throw new Failure('no-workspace')
    },
    open: (dir, create, readOnly = 'if-needed') =>
      inTurn(async () => {
        if (session?.workspace.dir === resolve(dir)) return session
        // The new workspace is opened first: if that fails, the old one stays open.
        const opened = openSession({
          dir,
          create,
          readOnly,
          launchEngine,
          events,
          hooks: sessionHooks,
        })
        try {
          if (opened.workspace.copy === null) {
            if (administered?.policy.retention !== undefined)
              changeSetting(opened.workspace.db, retentionKey, administered.policy.retention, null)
            resumeLive(opened)
            resumeNotedTrainings(opened)
          }
        } catch (error) {
          // Otherwise this process would own a workspace that nobody can reach.
          await opened.close()
          throw error
        }
        await closeCurrent()
        session = opened
        if (opened.workspace.copy === null) {
          stopClearing = keepClear(opened)
          stopBackingUp = keepBackedUp(opened)
          stopDelivering = deliverResults(opened)
          stopTakingIn = keepIntake(opened)
        }
        return opened
      }),
    close: () => inTurn(closeCurrent),
  }

  return {
    admit(name, input, caller) {
      admitByPolicy(administered, suggestedWorkspace, { name, input })
      const signInRequired = administered?.policy.signInRequired === true
      if (session !== null) admitCall(session.workspace, signedIn, { name, input, caller }, signInRequired)
    },
    handlers: {
      ...appHandlers(context),
      ...workspaceHandlers(context),
      ...folderHandlers(context),
      ...dropHandlers(context, drops),
      ...sampleHandlers(context),
      ...datasetHandlers(context),
      ...removalHandlers(context),
      ...importHandlers(context),
      ...labelHandlers(context),
      ...liveHandlers(context),
      ...deliveryHandlers(context),
      ...intakeHandlers(context),
      ...backboneHandlers(launchEngine, environment),
      ...systemHandlers(),
      ...trainHandlers(context),
      ...jobHandlers(context),
      ...logHandlers(context),
      ...runHandlers(context),
      ...scoringHandlers(context),
      ...comparisonHandlers(context),
      ...choiceHandlers(context),
      ...curveHandlers(context),
      ...curationHandlers(context),
      ...modelHandlers(context),
      ...exportHandlers(context),
      ...operatorHandlers(context, signedIn),
      ...reviewHandlers(context),
      ...thresholdHandlers(context),
      ...auditHandlers(context),
      ...updateHandlers(context),
      ...settingHandlers(context),
    },
    events,
    drops,
    assets: createAssetSource(() => session?.workspace ?? null),
    stray(error) {
      const failure = failureData(error)
      const job = session?.jobs.stray(error) ?? null
      const stack = error instanceof Error ? error.stack : undefined
      session?.log.error(`An error that nobody waited for: ${failureOf(failure).message}`, {
        ...failure,
        job,
        stack,
      })
      events.emit('app.failed', failure)
    },
    close: context.close,
  }
}
