import type { Handlers } from '../../contract/dispatch.ts'
import type { HandlerContext } from '../../session/handler-context.ts'
import { sampleFolder } from './sample-folder.ts'
import { samplePlan } from './sample-job.ts'

export const sampleHandlers = (context: HandlerContext): Pick<Handlers, 'sample.open'> => ({
  'sample.open': ({ seed }) => {
    const session = context.session()
    const folder = sampleFolder(session.workspace.dir, seed)
    return { job: session.jobs.start(samplePlan(session, { folder, seed })).id }
  },
})
