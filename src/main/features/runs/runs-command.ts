/** `runs`: lists trainings, each with the dataset that it learned from. */
import { z } from 'zod'
import { runStateSchema } from '../../../shared/run.ts'
import type { AddCommand } from '../../command-line/command.ts'
import { formatSeconds } from '../../command-line/duration.ts'
import { oneOf } from '../../command-line/option-values.ts'
import { textTable } from '../../command-line/text-table.ts'

export const addRuns: AddCommand = (line) =>
  line.add({
    readsOnly: true,
    name: 'runs',
    summary: 'list trainings, newest first, each with the dataset that it learned from',
    examples: [
      ['runs', 'all of the workspace, also while a window is open on it'],
      ['runs --dataset line4 --state trained', 'those that can judge parts of this dataset'],
    ],
    declare: (command) =>
      command
        .option('--dataset <name>', 'only runs that learned from this dataset')
        .option('--tag <tag>', 'only runs with this tag')
        .option('--archived', 'also runs that were put away')
        .addOption(oneOf('--state <state>', 'only runs in this state', runStateSchema.options)),
    options: z.object({
      dataset: z.string().optional(),
      tag: z.string().optional(),
      archived: z.boolean().default(false),
      state: runStateSchema.optional(),
    }),
    async act(context, { dataset, tag, archived, state }) {
      const { workspace } = await context.sessionOrSharedWorkspace()
      const [{ learnedFrom, runName }, { listRuns }, { findDataset }, { modelsInUse }] = await Promise.all([
        import('./run-name.ts'),
        import('../../store/runs.ts'),
        import('../../store/datasets.ts'),
        import('../../store/model-uses.ts'),
      ])
      const { db } = workspace
      const datasetId = dataset === undefined ? undefined : findDataset(db, dataset).id
      const inUse = new Set(modelsInUse(db).map(({ runId }) => runId))
      const shown = listRuns(db, { datasetId, state }).filter(
        (run) => (archived || run.archivedAt === null) && (tag === undefined || run.tags.includes(tag)),
      )
      const rows = shown.map((run) => ({
        run: run.id,
        runName: runName(db, run),
        learnedFrom: learnedFrom(db, run),
        model: run.model,
        preset: run.preset,
        seed: run.seed,
        parent: run.parentRunId,
        state: run.state,
        inUse: inUse.has(run.id),
        steps: run.stepsDone,
        stepsTotal: run.stepsTotal,
        seconds: run.seconds,
        created: new Date(run.createdAt).toISOString(),
        archived: run.archivedAt !== null,
        note: run.note,
        tags: run.tags,
      }))
      return {
        document: rows,
        text:
          rows.length === 0
            ? 'No runs. Begin with: fanoscope train --dataset NAME\n'
            : textTable([
                ['run', 'dataset', 'state', 'time', 'name'],
                ...rows.map((row) => [
                  row.run,
                  row.learnedFrom,
                  row.inUse ? `${row.state}, in use` : row.state,
                  formatSeconds(row.seconds),
                  row.runName,
                ]),
              ]),
      }
    },
  })
