import type { Handlers } from '../../contract/dispatch.ts'
import type { HandlerContext } from '../../session/handler-context.ts'
import { listBackups } from '../../store/backup-list.ts'
import { lossesOf, restoreBackup } from '../../store/database-backups.ts'
import { backupPlan } from './backup-job.ts'
import { verifyPlan } from './verify-job.ts'
import { workspaceInfo } from './workspace-info.ts'

export const workspaceHandlers = (
  context: HandlerContext,
): Pick<
  Handlers,
  | 'clock.confirm'
  | 'workspace.open'
  | 'workspace.close'
  | 'workspace.verify'
  | 'workspace.backup'
  | 'workspace.backups'
  | 'workspace.losses'
  | 'workspace.restore'
> => ({
  'clock.confirm': ({ operator = null }) => {
    context.session().clock.confirm(operator)
    return {}
  },
  'workspace.open': async ({ dir, create, readOnly }) => {
    const { workspace } = await context.open(dir, create, readOnly ? 'always' : 'if-needed')
    const info = await workspaceInfo(workspace)
    context.appState.rememberWorkspace(workspace.dir)
    context.events.emit('workspace.changed', { workspace: info })
    return info
  },
  'workspace.close': async () => {
    await context.close()
    context.events.emit('workspace.changed', { workspace: null })
    return {}
  },
  'workspace.verify': () => {
    const session = context.session()
    return { job: session.jobs.start(verifyPlan(session)).id }
  },
  'workspace.backup': () => {
    const session = context.session()
    return { job: session.jobs.start(backupPlan(session)).id }
  },
  'workspace.backups': () => listBackups(context.session().workspace.paths.backups),
  'workspace.losses': ({ file }) => {
    const { paths } = context.session().workspace
    return lossesOf(paths.database, paths.backups, file)
  },
  'workspace.restore': async ({ file }) => {
    const { dir } = context.session().workspace
    await context.close()
    try {
      restoreBackup(dir, file)
    } finally {
      // What could not be restored is opened as it was.
      await context.open(dir, false)
    }
    const info = await workspaceInfo(context.session().workspace)
    context.events.emit('workspace.changed', { workspace: null })
    context.events.emit('workspace.changed', { workspace: info })
    return info
  },
})
