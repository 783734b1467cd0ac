import type { Handlers } from '../contract/dispatch.ts'
import type { HandlerContext } from '../session/handler-context.ts'
import { repeatJob } from './repeat-job.ts'

export const jobHandlers = (
  context: HandlerContext,
): Pick<Handlers, 'job.list' | 'job.cancel' | 'job.pause' | 'job.continue' | 'job.again'> => ({
  'job.list': ({ active }) => context.session().jobs.list({ active }),
  'job.cancel': ({ job }) => {
    context.session().jobs.stop(job, 'cancel')
    return {}
  },
  'job.pause': ({ job }) => {
    context.session().jobs.pause(job)
    return {}
  },
  'job.continue': ({ job }) => {
    context.session().jobs.continue(job)
    return {}
  },
  'job.again': ({ job }) => ({ job: repeatJob(context.session(), job) }),
})
