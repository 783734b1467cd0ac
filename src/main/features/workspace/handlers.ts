import type { Handlers } from '../../contract/dispatch.ts'
import type { HandlerContext } from '../../session/handler-context.ts'
import { verifyPlan } from './verify-job.ts'
import { workspaceInfo } from './workspace-info.ts'

export const workspaceHandlers = (
  context: HandlerContext,
): Pick<Handlers, 'workspace.open' | 'workspace.close' | 'workspace.verify'> => ({
  'workspace.open': async ({ dir, create }) => {
    const { workspace } = await context.open(dir, create)
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
})
