import type { Handlers } from '../../contract/dispatch.ts'
import type { HandlerContext } from '../../session/handler-context.ts'
import { runWorkspaceTask } from '../../threads/run-task.ts'
import { evaluateTask } from './evaluation-task.ts'
import { startScoring } from './scoring.ts'

export const scoringHandlers = (context: HandlerContext): Pick<Handlers, 'run.score' | 'run.evaluate'> => ({
  'run.score': ({ run, split, again }) => ({
    job: startScoring(context.session(), { run, split, again }).job,
  }),
  'run.evaluate': ({ run, score, split }) =>
    runWorkspaceTask(context.session().workspace, evaluateTask, { run, score: score ?? null, split }),
})
