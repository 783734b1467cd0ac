/** `promote`: makes a run the model in use if it is not worse than the present one. */
import { z } from 'zod'
import type { Gate } from '../../../shared/model.ts'
import { accountName } from '../../command-line/account-name.ts'
import type { AddCommand } from '../../command-line/command.ts'
import { share } from '../../command-line/option-values.ts'
import { textTable } from '../../command-line/text-table.ts'
import { scoreValidation } from '../comparison/compare-command.ts'

export const addPromote: AddCommand = (line) =>
  line.add({
    name: 'promote',
    parameters: [['<run>', 'a trained run']],
    summary: 'make a run the model in use, unless it is worse than the present one',
    examples: [
      ['promote 9k2x --operator "Li Na"', 'compares it with the present model first'],
      ['promote 9k2x --operator "Li Na" --reason "customer wants scratches found"', 'also when it is worse'],
    ],
    declare: (command) =>
      command
        .option('--operator <name>', 'who promotes it (default: the name of this user account)')
        .option('--reason <text>', 'why; needed where it is worse than the present model')
        .option('--margin <share>', 'how much worse a figure may be (default: 0.02)', share),
    options: z.object({
      operator: z.string().optional(),
      reason: z.string().optional(),
      margin: z.number().optional(),
    }),
    async act(context, { operator = accountName(context.io), reason = null, margin }, run = '') {
      const session = await context.sessionOrSharedWorkspace()
      const [{ promote, defaultMargin }, { findRun }, { modelInUse }] = await Promise.all([
        import('./promotion.ts'),
        import('../../store/runs.ts'),
        import('../../store/model-uses.ts'),
      ])
      const { db } = session.workspace
      const candidate = findRun(db, run)
      const present = modelInUse(db, candidate.datasetId)
      if (present !== null && candidate.state === 'trained' && present.runId !== candidate.id) {
        await scoreValidation(context, session, present.runId, candidate.id)
      }
      const { use, gate } = await promote(session, { run, operator, reason, margin: margin ?? defaultMargin })
      return {
        document: {
          run: use.runId,
          before: gate.against,
          operator: use.operator,
          since: use.since,
          reason: use.reason,
          gate,
        },
        text: `${gateText(gate)}Run ${use.runId} is the model in use from the next part on.\n`,
      }
    },
  })

function gateText({ verdict, margin, checks, leastParts }: Gate): string {
  if (verdict === 'first') return 'There was no model in use before: nothing to compare with.\n'
  if (verdict === 'undecidable') return 'The validation set has no defects, so nothing could be compared.\n'
  return (
    textTable([
      ['figure', 'difference', '95 % interval', `not worse by more than ${margin}`],
      ...checks.map(({ figure, defectType, difference, low, high, passed, sure, judged, parts }) => [
        defectType === null ? figure : `${figure} ${defectType}`,
        difference.toFixed(4),
        `[${low.toFixed(4)}, ${high.toFixed(4)}]`,
        judged
          ? passed
            ? sure
              ? 'yes'
              : 'yes, not sure'
            : 'NO'
          : `cannot be told: ${parts} parts, ${leastParts} are needed`,
      ]),
    ]) + (verdict === 'worse' ? 'It is worse, and promoted for the reason given.\n' : '')
  )
}
