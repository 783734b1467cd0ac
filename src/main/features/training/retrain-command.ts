/** `retrain`: trains a new run on curated images, starting from the weights of an earlier run or from the beginning. */
import { z } from 'zod'
import { wordsIn } from '../../../shared/messages/words.ts'
import type { AddCommand } from '../../command-line/command.ts'
import { formatSeconds } from '../../command-line/duration.ts'
import { oneOf, parameter, wholeNumber } from '../../command-line/option-values.ts'
import { followTraining, trainingDocument, trainingText } from './train-command.ts'

const starts = ['warm', 'beginning'] as const

const english = wordsIn('en')

export const addRetrain: AddCommand = (line) =>
  line.add({
    acts: true,
    name: 'retrain',
    summary: 'train again on a curated version of the dataset; Ctrl-C keeps a checkpoint and stops',
    examples: [
      ['retrain --run 0mc3', 'from the weights of that run, on the newest version'],
      ['retrain --run 0mc3 --version 2 --from beginning --seed 7', 'from fresh weights'],
    ],
    declare: (command) =>
      command
        .requiredOption('--run <run>', 'the run to go on from')
        .option('--version <n>', 'the version of the dataset (default: the newest)', wholeNumber(1))
        .addOption(oneOf('--from <start>', 'its weights, or fresh ones (default: warm)', starts))
        .option('--seed <n>', 'another seed than that of the run', wholeNumber(0, 2 ** 32 - 1))
        .option('--set <key=value...>', 'a parameter other than the run has it', parameter),
    options: z.object({
      run: z.string(),
      version: z.number().optional(),
      from: z.enum(starts).default('warm'),
      seed: z.number().optional(),
      set: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
    }),
    async act(context, { run: parent, version = null, from, seed = null, set }) {
      const session = await context.session()
      const { startRetraining } = await import('./retraining.ts')
      const started = await startRetraining(session, { run: parent, version, start: from, seed, set })
      const { estimatedSeconds } = started
      const time = estimatedSeconds === null ? '' : `, about ${formatSeconds(estimatedSeconds)}`
      context.notice(
        `Run ${started.run} on version ${started.version.number} (${started.version.images} images)${time}`,
      )
      for (const warning of started.warnings) context.notice(english.text('warning', warning))
      const stopped = await followTraining(context, session, started)
      const [{ findRun }, { runFacts }] = await Promise.all([
        import('../../store/runs.ts'),
        import('../runs/run-name.ts'),
      ])
      const run = findRun(session.workspace.db, started.run)
      return {
        document: {
          ...runFacts(session.workspace.db, run.id),
          ...trainingDocument(run, started.warnings, stopped),
          parent: run.parentRunId,
          from,
          version: started.version.number,
          estimatedSeconds,
        },
        text:
          trainingText(run, stopped) +
          (stopped ? '' : `Compare: fanoscope compare ${run.parentRunId ?? ''} ${run.id}\n`),
        stopped,
      }
    },
  })
