/** `train`: trains a model on a dataset's good parts, from the beginning or from a checkpoint. */
import { z } from 'zod'
import { Failure, type FailureData, failureData } from '../../../shared/failure.ts'
import { type Message, messageSchema } from '../../../shared/messages/message.ts'
import { wordsIn } from '../../../shared/messages/words.ts'
import type { Run } from '../../../shared/run.ts'
import type { Id } from '../../../shared/values.ts'
import type { AddCommand, CommandContext } from '../../command-line/command.ts'
import { formatSeconds } from '../../command-line/duration.ts'
import { followJob } from '../../command-line/follow-job.ts'
import { parameter, wholeNumber } from '../../command-line/option-values.ts'
import { Stopped } from '../../command-line/stopped.ts'
import { textTable } from '../../command-line/text-table.ts'
import { WrongUse } from '../../command-line/wrong-use.ts'
import type { Session } from '../../session/session.ts'
import type { TrainingStarted } from './training.ts'

const english = wordsIn('en')

const resultSchema = z.object({
  weightsSha256: z.string(),
  warnings: z.array(messageSchema).default([]),
})

const optionsSchema = z.object({
  dataset: z.string().optional(),
  model: z.string().optional(),
  preset: z.string().optional(),
  seed: z.number().optional(),
  version: z.number().optional(),
  set: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
  resume: z.string().optional(),
})

export const addTrain: AddCommand = (line) =>
  line.add({
    acts: true,
    name: 'train',
    summary: 'train a model on the good parts of a dataset; Ctrl-C keeps a checkpoint and stops',
    examples: [
      ['train --dataset line4 --preset quick --seed 1', 'under 10 minutes on two cores'],
      ['train --dataset line4 --set batch=16 --set latent=64', 'other parameters; "models" lists them'],
      ['train --dataset line4 --version 3', 'on the images of a curated version'],
      ['train --resume 0mc3', 'goes on exactly where that run stopped'],
    ],
    declare: (command) =>
      command
        .option('--dataset <name>', 'the dataset to train on')
        .option('--model <name>', 'the system to train (default: fanogan)')
        .option('--preset <name>', 'smoke, quick or full (default: quick)')
        .option('--seed <n>', 'the same seed gives the same model (default: 1)', wholeNumber(0, 2 ** 32 - 1))
        .option(
          '--version <n>',
          'a curated version of the dataset (default: its training split as it is)',
          wholeNumber(1),
        )
        .option('--set <key=value...>', 'a parameter other than the preset has it', parameter)
        .option('--resume <run>', 'go on with a run that was stopped'),
    options: optionsSchema,
    async act(context, options) {
      checkUse(options)
      const session = await context.session()
      if (options.dataset !== undefined) await searchForDuplicates(context, session, options.dataset)
      const started = await start(session, options)
      context.notice(`Run ${started.run}`)
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
        },
        text: trainingText(run, stopped),
        stopped,
      }
    },
  })

function checkUse({ resume, dataset, ...others }: z.output<typeof optionsSchema>): void {
  if (resume === undefined) {
    if (dataset === undefined) throw new WrongUse('Give --dataset, or --resume to go on with a run.')
    return
  }
  const given = Object.entries({ dataset, ...others }).filter(([, value]) => value !== undefined)
  if (given.length === 0) return
  const names = given.map(([name]) => `--${name}`).join(', ')
  throw new WrongUse(`A run goes on as it began: --resume cannot be given with ${names}.`)
}

/** Looks for pictures that are in two splits, where nobody has looked since the last photograph was imported. */
async function searchForDuplicates(
  context: CommandContext,
  session: Session,
  dataset: string,
): Promise<void> {
  const [{ findDataset }, { isSearched }, { duplicatesPlan }] = await Promise.all([
    import('../../store/datasets.ts'),
    import('./overlap.ts'),
    import('../datasets/duplicates-job.ts'),
  ])
  const { db } = session.workspace
  const found = findDataset(db, dataset)
  if (isSearched(db, found)) return
  const job = await followJob(context, session, session.jobs.start(duplicatesPlan(session, found)).id)
  if (job.state === 'cancelled') throw new Stopped('check')
}

async function start(session: Session, options: z.output<typeof optionsSchema>): Promise<TrainingStarted> {
  const { startTraining, resumeTraining } = await import('./training.ts')
  const {
    resume,
    dataset = '',
    model = 'fanogan',
    preset = 'quick',
    seed = 1,
    version = null,
    set = {},
  } = options
  if (resume !== undefined) return resumeTraining(session, resume)
  return startTraining(session, { dataset, model, preset, seed, version, set })
}

/** The failure of a training, whose remedy also names the command that resumes it. */
class Resumable extends Failure {
  readonly #run: Id

  constructor({ code, params }: FailureData, run: Id, cause: unknown) {
    super(code, params, { cause })
    this.#run = run
  }

  override get remedy(): string {
    return `${super.remedy} (fanoscope train --resume ${this.#run})`
  }
}

/** @returns whether Ctrl-C stopped it */
export async function followTraining(
  context: CommandContext,
  session: Session,
  { job, run }: Pick<TrainingStarted, 'job' | 'run'>,
): Promise<boolean> {
  try {
    return (await followJob(context, session, job, 'later')).state === 'cancelled'
  } catch (error) {
    throw new Resumable(failureData(error), run, error)
  }
}

export function trainingDocument(
  run: Run,
  warnings: readonly Message[],
  stopped: boolean,
): Record<string, unknown> {
  const { id, model, preset, seed, stepsDone, stepsTotal, seconds, losses, resumedCount } = run
  const result = resultSchema.safeParse(run.result)
  return {
    run: id,
    model,
    preset,
    seed,
    steps: stepsDone,
    stepsTotal,
    seconds,
    losses,
    resumed: resumedCount > 0,
    stopped,
    weightsSha256: result.success ? result.data.weightsSha256 : null,
    warnings: [...warnings, ...(result.success ? result.data.warnings : [])].map((warning) =>
      english.text('warning', warning),
    ),
  }
}

export function trainingText({ id, stepsDone, stepsTotal, seconds, losses }: Run, stopped: boolean): string {
  if (stopped) {
    return (
      `Stopped at step ${stepsDone} of ${stepsTotal}; a checkpoint is kept.\n` +
      `Go on with: fanoscope train --resume ${id}\n`
    )
  }
  const rows = Object.entries(losses).map(([name, value]) => [`  ${name}`, value.toPrecision(4)])
  return (
    `Trained ${stepsDone} steps in ${formatSeconds(seconds)}. Last losses:\n${textTable(rows)}` +
    `Next: fanoscope score --run ${id}\n`
  )
}
