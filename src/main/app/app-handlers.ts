import type { EngineState } from '../../shared/engine.ts'
import type { Handlers } from '../contract/dispatch.ts'
import { examine } from '../features/doctor/doctor.ts'
import { doctorText } from '../features/doctor/doctor-text.ts'
import { sampleFolder } from '../features/sample/sample-folder.ts'
import { workspaceInfo } from '../features/workspace/workspace-info.ts'
import { applicationVersion } from '../platform/application-version.ts'
import type { HandlerContext } from '../session/handler-context.ts'

const asleep: EngineState = { state: 'stopped', provider: null, crashes: 0 }

export function appHandlers(
  context: HandlerContext,
): Pick<Handlers, 'app.info' | 'app.doctor' | 'engine.start'> {
  const { host, current, suggestedWorkspace, appState } = context
  const version = applicationVersion()
  return {
    'app.info': async () => {
      const session = current()
      return {
        version,
        host,
        platform: process.platform,
        suggested: {
          workspace: suggestedWorkspace,
          sample: sampleFolder(session?.workspace.dir ?? suggestedWorkspace, 1),
        },
        recentWorkspaces: appState.recentWorkspaces(),
        workspace: session && (await workspaceInfo(session.workspace)),
        engine: session?.supervisor.state() ?? asleep,
        administered: context.administered,
      }
    },
    'app.doctor': async () => {
      const session = current()
      const report = await examine({
        workspace: session?.workspace.dir ?? suggestedWorkspace,
        isOpen: session !== null,
        launchEngine: context.launchEngine,
      })
      return { text: doctorText(report), report }
    },
    'engine.start': async () => {
      const { supervisor } = context.session()
      await supervisor.start()
      return supervisor.state()
    },
  }
}
