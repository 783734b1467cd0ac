/**
 * A workspace that another process of this machine has open. What is short and done in one transaction may be done
 * beside it: taking a model or a threshold into use, and taking it back. The owner notices by itself, and a line
 * that runs follows with its next part.
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

/** What a session and its like have in common. */
export type SharedWorkspace = Pick<Session, 'workspace' | 'events' | 'threads' | 'close'>

/** Whether the workspace may be worked on beside its owner: SQLite's log is shared on one machine only. */
export const canShareWorkspace = (dir: string): boolean =>
  isWorkspace(dir) && ownerOf(resolve(dir))?.host === hostname()

/** @throws Failure `workspace-in-use` where its owner is of another version */
export function openSharedWorkspace(dir: string, events: EventHub): SharedWorkspace {
  const workspace = attachWorkspace(dir)
  if (versionOf(workspace.db) !== newestVersion(migrations)) {
    workspace.close()
    throw new Failure('workspace-in-use', { case: 'other-version', folder: workspace.dir })
  }
  const threads = createSessionThreads(workspace.dir)
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
