import { Failure } from '../../../shared/failure.ts'
import type { Handlers } from '../../contract/dispatch.ts'
import type { HandlerContext } from '../../session/handler-context.ts'
import { runWorkspaceTask } from '../../threads/run-task.ts'
import { confirmCuration } from '../datasets/dataset-versions.ts'
import { proposeCurationTask } from './curation-task.ts'

export const curationHandlers = (
  context: HandlerContext,
): Pick<Handlers, 'curation.propose' | 'curation.confirm'> => ({
  'curation.propose': ({ run }) =>
    runWorkspaceTask(context.session().workspace, proposeCurationTask, { run }),
  'curation.confirm': async ({ run, base, ...confirmation }) => {
    const { workspace, events } = context.session()
    const proposal = await runWorkspaceTask(workspace, proposeCurationTask, { run })
    if (proposal.base.id !== base) {
      throw new Failure('proposal-outdated', { version: proposal.base.number })
    }
    const made = await confirmCuration(workspace, proposal, confirmation)
    events.emit('dataset.changed', { dataset: made.datasetId })
    return made
  },
})
