/** `curve`: from how many good photographs on more of them do not help. */
import { z } from 'zod'
import type { CurveReport, CurveVerdict } from '../../../shared/learning-curve.ts'
import type { AddCommand } from '../../command-line/command.ts'
import { followJob } from '../../command-line/follow-job.ts'
import { wholeNumber, wholeNumbers } from '../../command-line/option-values.ts'
import { Stopped } from '../../command-line/stopped.ts'
import { figure, textTable } from '../../command-line/text-table.ts'

export const addCurve: AddCommand = (line) =>
  line.add({
    acts: true,
    name: 'curve',
    summary: 'measure from how many good photographs on more of them do not help',
    examples: [
      ['curve --dataset line4', 'memories of growing random subsets, judged by the validation split'],
      ['curve --dataset line4 --counts 20,40,80', 'for these numbers and for all photographs'],
    ],
    declare: (command) =>
      command
        .requiredOption('--dataset <name>', 'the dataset')
        .option(
          '--counts <numbers>',
          'how many photographs, separated by commas (default: steps of 1, 2 and 5)',
          wholeNumbers,
        )
        .option('--seed <number>', 'of what is drawn (default: 1)', wholeNumber(0)),
    options: z.object({
      dataset: z.string(),
      counts: z.array(z.int().min(2)).min(1).max(20).optional(),
      seed: z.number().default(1),
    }),
    async act(context, { dataset, counts = null, seed }) {
      const session = await context.session()
      const { startCurve, curveOf } = await import('./learning-curve.ts')
      const job = await followJob(context, session, startCurve(session, { dataset, counts, seed }))
      if (job.state === 'cancelled') throw new Stopped('curve')
      const report = curveOf(session.workspace, job.id)
      return { document: { job: job.id, ...report }, text: curveText(report) }
    },
  })

const verdictText = ({ kind, count }: CurveVerdict): string =>
  kind === 'enough'
    ? `More than about ${count} good photographs do not help here: the gain is within the spread.`
    : `Still rising at ${count}: more good photographs would help.`

function curveText({ judged, points, verdict, training, used }: CurveReport): string {
  const { normal, defects, kind } = judged
  return (
    `${normal} good validation photographs against ${defects} ${kind === 'real' ? 'real defects of the validation split' : 'defects made on them'}.\n` +
    (used < training
      ? `${used} of ${training} training photographs took part: the features of all of them do not fit into memory.\n`
      : '') +
    `\n${textTable([
      ['photographs', 'image AUROC', 'spread', 'draws'],
      ...points.map(({ count, mean, spread, draws }) => [
        String(count),
        figure(mean),
        figure(spread),
        String(draws),
      ]),
    ])}${verdictText(verdict)}\n`
  )
}
