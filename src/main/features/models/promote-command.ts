/** `promote`: makes a run the model in use if it is not worse than the present one. */
import { z } from 'zod'
import { wordsIn } from '../../../shared/messages/words.ts'
import { comparedFigure, figureVerdict, type Gate, gateVerdict } from '../../../shared/model.ts'
import type { AddCommand } from '../../command-line/command.ts'
import { share } from '../../command-line/option-values.ts'
import { textTable } from '../../command-line/text-table.ts'
import { scoreValidation } from '../comparison/compare-command.ts'

export const addPromote: AddCommand = (line) =>
  line.add({
    acts: true,
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
    async act(context, { operator = context.operator, reason = null, margin }, run = '') {
      const session = await context.sessionOrSharedWorkspace()
      const [{ promote, defaultMargin }, { findRun }, { modelInUse }, { runFacts, runName }] =
        await Promise.all([
          import('./promotion.ts'),
          import('../../store/runs.ts'),
          import('../../store/model-uses.ts'),
          import('../runs/run-name.ts'),
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
          ...runFacts(db, use.runId),
          before: gate.against,
          operator: use.operator,
          since: use.since,
          reason: use.reason,
          gate,
        },
        text: `${gateText(gate)}Run ${use.runId} (${runName(db, candidate)}) is the model in use from the next part on.\n`,
      }
    },
  })

const english = wordsIn('en')

function gateText(gate: Gate): string {
  const verdict = `${english.text('verdict', gateVerdict(gate))}\n`
  if (gate.checks.length === 0) return verdict
  return (
    textTable([
      ['figure', 'difference', '95 % interval', `not worse by more than ${gate.margin}`],
      ...gate.checks.map((check) => [
        english.text('verdict', comparedFigure(check)),
        check.difference.toFixed(4),
        `[${check.low.toFixed(4)}, ${check.high.toFixed(4)}]`,
        english.text('verdict', figureVerdict(check, gate)),
      ]),
    ]) + verdict
  )
}
