/**
 * Opens a workspace that another process of this machine owns. Only short work in a single transaction is allowed on
 * it: putting a model or a threshold into use, and undoing that. The owner notices the change by itself, and a
 * running line uses it from its next part on.
 */
import { hostname } from 'node:os'
import { resolve } from 'node:path'
import { Failure } from '../../shared/failure.ts'
import type { EventHub } from '../platform/events.ts'
import { newestVersion, versionOf } from '../store/migrate.ts'
import { migrations } from '../store/migrations/index.ts'
import { ownerOf } from '../store/owner.ts'
import { attachWorkspace, isWorkspace } from '../store/workspace.ts'
import { createSessionThreads } from '../threads/session-threads.ts'
import type { Session } from './session.ts'

/** What can be used of a workspace that another process owns; a session has all of it too. */
export type SharedWorkspace = Pick<Session, 'workspace' | 'events' | 'threads' | 'close'>

/**
 * Whether the workspace is owned by a process of this machine: only then can two processes use SQLite's write-ahead
 * log together.
 */
export const canShareWorkspace = (dir: string): boolean =>
  isWorkspace(dir) && ownerOf(resolve(dir))?.host === hostname()

/** @throws Failure `workspace-in-use` where the owner runs another version of Fanoscope */
export function openSharedWorkspace(dir: string, events: EventHub): SharedWorkspace {
  const workspace = attachWorkspace(dir)
  if (versionOf(workspace.db) !== newestVersion(migrations)) {
    workspace.close()
    throw new Failure('workspace-in-use', { case: 'other-version', folder: workspace.dir })
  }
  const threads = createSessionThreads(workspace)
  return {
    workspace,
    events,
    threads,
    async close() {
      await threads.close()
      workspace.close()
    },
  }
}
