/** `score`: scores and heat maps of images by a trained run. */
import { resolve } from 'node:path'
import { z } from 'zod'
import type { Dataset } from '../../../shared/dataset.ts'
import { failureOf } from '../../../shared/failure.ts'
import { splitSchema } from '../../../shared/image.ts'
import { importReportSchema } from '../../../shared/import.ts'
import { wordsIn } from '../../../shared/messages/words.ts'
import type { AddCommand, CommandContext } from '../../command-line/command.ts'
import { formatSeconds } from '../../command-line/duration.ts'
import { followJob } from '../../command-line/follow-job.ts'
import { oneOf } from '../../command-line/option-values.ts'
import { Stopped } from '../../command-line/stopped.ts'
import { textTable } from '../../command-line/text-table.ts'
import { WrongUse } from '../../command-line/wrong-use.ts'
import type { Session } from '../../session/session.ts'
import { nothingImported } from '../import/import-command.ts'

const english = wordsIn('en')

export const addScore: AddCommand = (line) =>
  line.add({
    acts: true,
    name: 'score',
    summary: 'score images with a trained run, with a heat map of each',
    examples: [
      ['score --run 0mc3', 'the test split of the dataset that the run was trained on'],
      ['score --run 0mc3 --images photos/today', 'other photographs, imported as a dataset of their own'],
      ['score --images photos/today', 'by the model in use, as "promote" and "rollback" set it'],
    ],
    declare: (command) =>
      command
        .option('--run <run>', 'the run (default with --images: the model in use)')
        .option('--dataset <name>', 'whose model in use, where several datasets have one')
        .addOption(oneOf('--split <split>', 'which images (default: test)', splitSchema.options))
        .option('--images <dir>', 'photographs of a folder instead')
        .option('--again', 'also images that have a score by this run'),
    options: z.object({
      run: z.string().optional(),
      dataset: z.string().optional(),
      split: splitSchema.optional(),
      images: z.string().optional(),
      again: z.boolean().default(false),
    }),
    async act(context, { run: named, dataset: of, split, images, again }) {
      if (split !== undefined && images !== undefined)
        throw new WrongUse('Give --split or --images, not both.')
      if (named !== undefined && of !== undefined) throw new WrongUse('Give --run or --dataset, not both.')
      if (named === undefined && images === undefined) {
        throw new WrongUse('Give --run, or --images to score photographs with the model in use.')
      }
      const session = await context.session()
      const [{ startScoring }, { scoreSummarySchema }, { runInUse }, { runFacts }] = await Promise.all([
        import('./scoring.ts'),
        import('./score-job.ts'),
        import('../runs/model-in-use.ts'),
        import('../runs/run-name.ts'),
      ])
      const run = named ?? runInUse(session.workspace.db, of ?? null)
      const dataset =
        images === undefined ? null : await importForScoring(context, session, run, resolve(images))
      const started = startScoring(session, {
        run,
        split: dataset === null ? (split ?? 'test') : null,
        again,
        ...(dataset === null ? {} : { datasetId: dataset.id }),
      })
      const job = await followJob(context, session, started.job)
      if (job.state === 'cancelled') {
        throw new Stopped('scoring')
      }
      const summary = scoreSummarySchema.parse(job.result)
      const { already, refused, warnings, seconds, imagesPerSecond } = summary
      const worded = refused.map((refusal) => ({
        ...refusal,
        reason: english.text('failure', refusal, 'title'),
      }))
      const noted = warnings.map((warning) => ({ ...warning, warning: english.text('warning', warning) }))
      const notes = noted.map(({ file, warning }) => [`  ${file}`, warning])
      const facts = runFacts(session.workspace.db, summary.run)
      const rows = worded.map(({ file, code, reason }) => [`  ${file}`, code, reason])
      return {
        document: {
          ...summary,
          ...facts,
          refused: worded,
          warnings: noted,
          ...(dataset === null ? {} : { dataset: dataset.name }),
        },
        text:
          `${facts.runName}\n` +
          `Scored ${summary.images} images in ${formatSeconds(seconds)} (${imagesPerSecond.toFixed(1)} a second)` +
          `${already > 0 ? `; ${already} had a score already` : ''}${dataset === null ? '' : `; dataset "${dataset.name}"`}.\n` +
          (rows.length > 0 ? `Could not be scored:\n${textTable(rows)}` : '') +
          (notes.length > 0 ? `Notes:\n${textTable(notes)}` : '') +
          `Next: fanoscope review --run ${summary.run} --list\n`,
      }
    },
  })

/** Imports a folder's photographs into a dataset for this folder; scoring the folder again uses the same dataset. */
async function importForScoring(
  context: CommandContext,
  session: Session,
  run: string,
  folder: string,
): Promise<Dataset> {
  const [{ importPlan }, { findDataset }, { importToScore }] = await Promise.all([
    import('../import/import-job.ts'),
    import('../../store/datasets.ts'),
    import('./score-folder.ts'),
  ])
  const { db } = session.workspace
  // An unknown run fails before anything is imported.
  const { request, rangeOf } = importToScore(db, run, folder)
  const plan = importPlan(session, request)
  const job = await followJob(context, session, session.jobs.start(plan).id)
  if (job.state === 'cancelled') {
    throw new Stopped('import-to-score')
  }
  const report = importReportSchema.parse(job.result)
  const problem = nothingImported(folder, report)
  if (problem !== null) throw failureOf(problem)
  for (const refusal of report.refused) {
    context.notice(`Refused ${refusal.file}: ${english.text('failure', refusal, 'title')}`)
  }
  const inRange = report.warnings.filter(({ code }) => code === 'sample-range').length
  if (inRange > 0 && request.range != null) {
    context.notice(
      `Photographs of floating point or 32 bits: ${inRange}, read from ${request.range.low} (black) to ` +
        `${request.range.high} (white) as confirmed for the dataset "${rangeOf}".`,
    )
  }
  for (const warning of report.warnings) {
    if (!['sample-range-outside', 'sample-range-missing'].includes(warning.code)) continue
    context.notice(`${warning.file}: ${english.text('warning', warning)}`)
  }
  return findDataset(db, report.dataset)
}
