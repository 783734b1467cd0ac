import type { Handlers } from '../../contract/dispatch.ts'
import type { HandlerContext } from '../../session/handler-context.ts'
import { runWorkspaceTask } from '../../threads/run-task.ts'
import { runsToScore } from './comparison.ts'
import { compareRunsTask } from './comparison-task.ts'
import { driftOf } from './drift.ts'

export const comparisonHandlers = (
  context: HandlerContext,
): Pick<Handlers, 'run.compare' | 'run.unscored' | 'drift.get'> => ({
  'run.compare': (request) => runWorkspaceTask(context.session().workspace, compareRunsTask, request),
  'run.unscored': (request) => ({ runs: runsToScore(context.session().workspace, request) }),
  'drift.get': (request) => driftOf(context.session().workspace, request),
})
