/** What the handlers of calls are given: what only the host can do, and the open workspace, if any. */

import type { Administered } from '../../shared/station-policy.ts'
import type { LaunchEngine } from '../engine-host/channel.ts'
import type { EventHub } from '../platform/events.ts'
import type { Installation } from '../platform/installation.ts'
import type { AppState } from '../platform/preferences.ts'
import type { ReadOnly } from '../store/workspace.ts'
import type { Session } from './session.ts'
import type { VersionChange } from './version-change.ts'

export interface HandlerContext {
  readonly host: 'electron' | 'browser'
  readonly chooseFolder: ((title: string) => Promise<string | null>) | null
  readonly chooseFile: ((title: string, endings: readonly string[]) => Promise<string | null>) | null
  readonly launchEngine: LaunchEngine
  readonly events: EventHub
  readonly appState: AppState
  /** The folder that is suggested for a first workspace. */
  readonly suggestedWorkspace: string
  /** What the administrator set for this station, or null. */
  readonly administered: Administered | null
  /** The offline bundle that this program is of, or null. */
  readonly installation: Installation | null
  /**
   * Closes the application and lets another version of it take its place, shortly after this call; null where the host
   * cannot.
   */
  readonly changeVersion: ((change: VersionChange) => void) | null
  /** The open workspace, or null. */
  readonly current: () => Session | null
  /** @throws Failure `no-workspace` */
  readonly session: () => Session
  /** Opens another workspace, and then closes the one that was open. */
  readonly open: (dir: string, create: boolean, readOnly?: ReadOnly) => Promise<Session>
  readonly close: () => Promise<void>
}
