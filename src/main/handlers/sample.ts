import type { Handlers } from '../contract/dispatch.ts'
import { samplePlan } from '../jobs/sample-job.ts'
import { sampleFolder } from '../services/sample-folder.ts'
import type { HandlerContext } from './context.ts'

export const sampleHandlers = (context: HandlerContext): Pick<Handlers, 'sample.open'> => ({
  'sample.open': ({ seed }) => {
    const session = context.session()
    const folder = sampleFolder(session.workspace.dir, seed)
    return { job: session.jobs.start(samplePlan(session, { folder, seed })).id }
  },
})
