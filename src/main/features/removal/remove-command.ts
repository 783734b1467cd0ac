/** `remove`: deletes a dataset, a run or a defect type; for thirty days it can be put back. */
import { z } from 'zod'
import type { Dependents } from '../../../shared/removed.ts'
import { removedDays } from '../../../shared/removed.ts'
import type { AddCommand } from '../../command-line/command.ts'
import { WrongUse } from '../../command-line/wrong-use.ts'
import { whatOf } from './what-option.ts'

export const addRemove: AddCommand = (line) =>
  line.add({
    acts: true,
    name: 'remove',
    summary: `delete a dataset, a run or a defect type; it can be put back for ${removedDays} days`,
    examples: [
      ['remove --run RUN --dry-run', 'what goes with it, and nothing else'],
      ['remove --dataset line4', 'a dataset with its runs'],
      ['remove --dataset line4 --type scuff --into scratch', 'a defect type; "scratch" takes its masks'],
    ],
    declare: (command) =>
      command
        .option('--dataset <name>', 'the dataset, or the one that the defect type belongs to')
        .option('--run <run>', 'the run')
        .option('--type <name>', 'the defect type')
        .option('--into <name>', 'the defect type that takes its masks')
        .option('--dry-run', 'only say what goes with it'),
    options: z.object({
      dataset: z.string().optional(),
      run: z.string().optional(),
      type: z.string().optional(),
      into: z.string().optional(),
      dryRun: z.boolean().default(false),
    }),
    async act(context, { into = null, dryRun, ...options }) {
      const { operator } = context
      const what = whatOf(options)
      const session = await context.session()
      const { workspace } = session
      const [{ dependentsOf, remove }, { findDataset }, { changeTypeTask }, { runWorkspaceTask }] =
        await Promise.all([
          import('./removing.ts'),
          import('../../store/datasets.ts'),
          import('../label/label-tasks.ts'),
          import('../../threads/run-task.ts'),
        ])
      if (what.kind === 'type') {
        if (dryRun) throw new WrongUse('--dry-run is for a dataset or a run.')
        const { id } = findDataset(workspace.db, what.dataset)
        const request = { datasetId: id, kind: 'remove' as const, name: what.type, becomes: into, operator }
        const done = await runWorkspaceTask(workspace, changeTypeTask, request)
        return {
          document: { type: what.type, into, ...done },
          text: `"${what.type}" is deleted; ${done.images} photographs had it. Back: fanoscope removed --put-back ${done.change}\n`,
        }
      }
      const dependents = dependentsOf(workspace.db, what.kind, what.text)
      if (!dryRun) remove(session, what.kind, what.text, operator)
      const done = dryRun ? 'Nothing is deleted yet.' : `It can be put back for ${removedDays} days.`
      return {
        document: { kind: what.kind, removed: !dryRun, ...dependents },
        text: `${dependents.name}: ${listOf(what.kind, dependents)}\n${done}\n`,
      }
    },
  })

function listOf(kind: 'dataset' | 'run', dependents: Dependents): string {
  const { images, masks, runs, versions, decisions, points, inUse, rollbackOf } = dependents
  if (kind === 'run') {
    const back =
      rollbackOf === null ? '' : `; a rollback of the model in use, ${rollbackOf}, would have gone back to it`
    return `${images} scored photographs, ${decisions} decisions, ${points} thresholds; ${runs} runs retrained from it stay${back}`
  }
  const use = inUse === null ? '' : `; the model in use, ${inUse}`
  return `${images} photographs, ${masks} masks, ${runs} runs, ${versions} curated versions, ${decisions} decisions, ${points} thresholds${use}`
}
