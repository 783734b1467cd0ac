/**
 * The contract between main and whatever calls it: every call with the schemas of its input and output, and every
 * event. Main checks each message against it. Preload and the client of the browser host are generated from it by a
 * loop.
 *
 * Pixels are not sent through the contract. They are read by address, see `assetPath` in `asset-path.ts`.
 */
import type { z } from 'zod'
import { appCalls, appEvents } from './app.ts'
import { auditCalls } from './audit.ts'
import { backboneCalls } from './backbone.ts'
import { choiceCalls } from './choice.ts'
import { clockCalls, clockEvents } from './clock.ts'
import { comparisonCalls } from './comparison.ts'
import { curationCalls } from './curation.ts'
import { datasetCalls, datasetEvents } from './dataset.ts'
import { doctorCalls } from './doctor.ts'
import { driftCalls } from './drift.ts'
import { engineCalls, engineEvents } from './engine.ts'
import { exportCalls } from './export.ts'
import { folderCalls } from './folder.ts'
import { grayLevelCalls } from './gray-levels.ts'
import { importCalls } from './import.ts'
import { inspectionCalls, inspectionEvents } from './inspection-point.ts'
import { intakeCalls, intakeEvents } from './intake.ts'
import { jobCalls, jobEvents } from './job.ts'
import { labelCalls } from './label.ts'
import { curveCalls } from './learning-curve.ts'
import { liveCalls, liveEvents } from './live.ts'
import { logCalls } from './log.ts'
import { modelCalls, modelEvents } from './model.ts'
import { nearestGoodCalls } from './nearest-good.ts'
import { operatorCalls } from './operator.ts'
import { outputCalls, outputEvents } from './output.ts'
import { recipeCalls } from './recipe.ts'
import { regionOfInterestCalls } from './region-of-interest.ts'
import { removedCalls, removedEvents } from './removed.ts'
import { reviewCalls, reviewEvents } from './review.ts'
import { runCalls, runEvents } from './run.ts'
import { scoreCalls } from './score.ts'
import { thresholdCalls, thresholdEvents } from './threshold.ts'
import { trainingCalls } from './training.ts'
import { updateCalls, updateEvents } from './update.ts'
import { workspaceCalls, workspaceEvents } from './workspace.ts'

export { assetPath } from './asset-path.ts'

/** Every call. A call that fails rejects with `FailureData` (`failure.ts`). */
export const calls = {
  ...appCalls,
  ...auditCalls,
  ...backboneCalls,
  ...choiceCalls,
  ...clockCalls,
  ...comparisonCalls,
  ...curationCalls,
  ...curveCalls,
  ...datasetCalls,
  ...doctorCalls,
  ...driftCalls,
  ...engineCalls,
  ...exportCalls,
  ...folderCalls,
  ...grayLevelCalls,
  ...importCalls,
  ...inspectionCalls,
  ...intakeCalls,
  ...jobCalls,
  ...labelCalls,
  ...liveCalls,
  ...outputCalls,
  ...logCalls,
  ...modelCalls,
  ...nearestGoodCalls,
  ...operatorCalls,
  ...recipeCalls,
  ...regionOfInterestCalls,
  ...removedCalls,
  ...reviewCalls,
  ...runCalls,
  ...scoreCalls,
  ...thresholdCalls,
  ...trainingCalls,
  ...updateCalls,
  ...workspaceCalls,
} as const

export type Calls = typeof calls
export type CallName = keyof Calls
/** The input as a caller gives it: values with defaults may be left out. */
export type CallInput<N extends CallName> = z.input<Calls[N]['input']>
/** The input as a handler gets it, with defaults filled in. */
export type CallArguments<N extends CallName> = z.output<Calls[N]['input']>
export type CallOutput<N extends CallName> = z.output<Calls[N]['output']>

/** Every event that main sends to all windows. */
export const events = {
  ...datasetEvents,
  ...appEvents,
  ...clockEvents,
  ...engineEvents,
  ...jobEvents,
  ...inspectionEvents,
  ...intakeEvents,
  ...liveEvents,
  ...outputEvents,
  ...modelEvents,
  ...removedEvents,
  ...reviewEvents,
  ...runEvents,
  ...thresholdEvents,
  ...updateEvents,
  ...workspaceEvents,
} as const

export type Events = typeof events
export type EventName = keyof Events
export type EventPayload<N extends EventName> = z.output<Events[N]>

/** What preload (or the browser host's client) puts on `window`. */
export interface Bridge {
  readonly host: 'electron' | 'browser'
  /** Rejects with FailureData. */
  call<N extends CallName>(name: N, input: CallInput<N>): Promise<CallOutput<N>>
  /** Returns a function that stops listening. */
  on<N extends EventName>(name: N, listener: (payload: EventPayload<N>) => void): () => void
  /** A full address for a path of `assetPath`. */
  asset(path: string): string
  /** The absolute path of a dropped file or folder; null where the host does not tell it to a page. */
  droppedPath(file: DroppedFile): string | null
  /** Sends one file of a folder that `drop.begin` announced; `path` is relative to it. Rejects with FailureData. */
  sendDropped(drop: string, path: string, content: DroppedFile): Promise<void>
}

/** The part of a page's `File` that main and preload use; they do not have the types of a page. */
export interface DroppedFile {
  readonly name: string
  readonly size: number
}
