/** `rename`: gives a dataset, a run or a defect type another name. */
import { z } from 'zod'
import type { AddCommand } from '../../command-line/command.ts'
import { WrongUse } from '../../command-line/wrong-use.ts'
import { whatOf } from './what-option.ts'

export const addRename: AddCommand = (line) =>
  line.add({
    acts: true,
    name: 'rename',
    summary: 'give a dataset, a run or a defect type another name',
    examples: [
      ['rename --dataset line4 --to "line 4, new lamp"', 'a dataset'],
      ['rename --dataset line4 --type scratch --to scuff', 'a defect type, on all its masks'],
    ],
    declare: (command) =>
      command
        .option('--dataset <name>', 'the dataset, or the one that the defect type belongs to')
        .option('--run <run>', 'the run')
        .option('--type <name>', 'the defect type')
        .requiredOption('--to <name>', 'the new name'),
    options: z.object({
      dataset: z.string().optional(),
      run: z.string().optional(),
      type: z.string().optional(),
      to: z.string(),
    }),
    async act(context, { to, ...options }) {
      const { operator } = context
      const what = whatOf(options)
      const { workspace } = await context.session()
      const { db } = workspace
      const [datasets, { findRun }, { describeRun }, { changeTypeTask }, { runWorkspaceTask }, words, run] =
        await Promise.all([
          import('../../store/datasets.ts'),
          import('../../store/runs.ts'),
          import('../../store/run-notes.ts'),
          import('../label/label-tasks.ts'),
          import('../../threads/run-task.ts'),
          import('../../../shared/label.ts'),
          import('../../../shared/run.ts'),
        ])
      if (what.kind === 'dataset') {
        datasets.renameDataset(db, datasets.findDataset(db, what.text).id, to, operator)
        return { document: { dataset: to }, text: `The dataset is called "${to}".\n` }
      }
      if (what.kind === 'run') {
        const wanted = run.runDescriptionSchema.safeParse({ name: to })
        if (!wanted.success) throw new WrongUse('A name has 1 to 100 characters.')
        const { id, name } = describeRun(db, findRun(db, what.text).id, wanted.data, operator)
        return { document: { run: id, name }, text: `The run ${id} is called "${name ?? ''}".\n` }
      }
      const becomes = words.cleanDefectType(to)
      const { id } = datasets.findDataset(db, what.dataset)
      const request = { datasetId: id, kind: 'rename' as const, name: what.type, becomes, operator }
      const done = await runWorkspaceTask(workspace, changeTypeTask, request)
      return {
        document: { type: becomes, ...done },
        text: `"${what.type}" is called "${becomes ?? ''}" on ${done.images} photographs. Back: fanoscope removed --put-back ${done.change}\n`,
      }
    },
  })
