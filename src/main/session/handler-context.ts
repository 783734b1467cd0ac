/** What the handlers work with: the host's powers and the workspace that is open, if one is. */

import type { LaunchEngine } from '../engine-host/channel.ts'
import type { EventHub } from '../platform/events.ts'
import type { AppState } from '../platform/preferences.ts'
import type { Session } from './session.ts'

export interface HandlerContext {
  readonly host: 'electron' | 'browser'
  readonly chooseFolder: ((title: string) => Promise<string | null>) | null
  readonly launchEngine: LaunchEngine
  readonly events: EventHub
  readonly appState: AppState
  /** Where a first workspace would be made. */
  readonly suggestedWorkspace: string
  /** The open workspace, or null. */
  readonly current: () => Session | null
  /** @throws Failure `no-workspace` */
  readonly session: () => Session
  /** Closes the open workspace, if any, once the other is open. */
  readonly open: (dir: string, create: boolean) => Promise<Session>
  readonly close: () => Promise<void>
}
