import type { Handlers } from '../../contract/dispatch.ts'
import type { HandlerContext } from '../../session/handler-context.ts'
import { evaluateInThread } from './evaluation-in-thread.ts'
import { startScoring } from './scoring.ts'

export const scoringHandlers = (context: HandlerContext): Pick<Handlers, 'run.score' | 'run.evaluate'> => ({
  'run.score': ({ run, split, again }) => ({
    job: startScoring(context.session(), { run, split, again }).job,
  }),
  'run.evaluate': ({ run, score, split }) =>
    evaluateInThread(context.session().workspace, { run, score: score ?? null, split }),
})
