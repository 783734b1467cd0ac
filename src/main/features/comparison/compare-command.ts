/** `compare`: two runs on the same validation images. */
import { z } from 'zod'
import type { Comparison, PairedFigure } from '../../../shared/comparison.ts'
import { limitText, shareTexts } from '../../../shared/counted.ts'
import { Failure } from '../../../shared/failure.ts'
import { message } from '../../../shared/messages/message.ts'
import { wordsIn } from '../../../shared/messages/words.ts'
import type { AddCommand, CommandContext } from '../../command-line/command.ts'
import { followJob } from '../../command-line/follow-job.ts'
import { share } from '../../command-line/option-values.ts'
import { Stopped } from '../../command-line/stopped.ts'
import { textTable } from '../../command-line/text-table.ts'
import type { SharedWorkspace } from '../../session/open-shared-workspace.ts'
import type { Session } from '../../session/session.ts'

const english = wordsIn('en')

export const addCompare: AddCommand = (line) =>
  line.add({
    readsOnly: true,
    name: 'compare',
    parameters: [
      ['<a>', 'a run'],
      ['<b>', 'another run of the same dataset'],
    ],
    summary:
      'compare two runs on the validation images of their dataset; scores these first where that is missing',
    examples: [
      ['compare 0mc3 9k2x', 'differences of b from a, with 95 % intervals, and what changed its verdict'],
    ],
    declare: (command) =>
      command
        .option('--fpr <share>', 'the share of good parts that may be flagged (default: 0.05)', share)
        .option('--recall <share>', 'the share of defects that must be flagged (default: 0.95)', share),
    options: z.object({ fpr: z.number().default(0.05), recall: z.number().default(0.95) }),
    async act(context, { fpr: falseRejectRate, recall }, a = '', b = '') {
      const session = await context.session()
      await scoreValidation(context, session, a, b)
      const [{ runWorkspaceTask }, { compareRunsTask }, { runFacts }] = await Promise.all([
        import('../../threads/run-task.ts'),
        import('./comparison-task.ts'),
        import('../runs/run-name.ts'),
      ])
      const comparison = await runWorkspaceTask(session.workspace, compareRunsTask, {
        a,
        b,
        falseRejectRate,
        recall,
      })
      const { db } = session.workspace
      const runs = [runFacts(db, a), runFacts(db, b)]
      return {
        document: { ...comparison, runs },
        text:
          textTable(runs.map(({ run, runName }, i) => [i === 0 ? 'a' : 'b', run, runName])) +
          comparisonText(comparison),
      }
    },
  })

/**
 * Scores, with both runs, the images that a comparison needs.
 * @throws Failure `workspace-in-use` where images are not scored yet and another process owns the workspace
 */
export async function scoreValidation(
  context: CommandContext,
  session: Session | SharedWorkspace,
  a: string,
  b: string,
): Promise<void> {
  const [{ runsToScore }, { startScoring }] = await Promise.all([
    import('./comparison.ts'),
    import('../scoring/scoring.ts'),
  ])
  for (const run of new Set(runsToScore(session.workspace, { a, b }))) {
    if (!('jobs' in session)) {
      throw new Failure('workspace-in-use', { case: 'not-scored', run, folder: session.workspace.dir })
    }
    if (session.workspace.copy !== null) {
      throw new Failure('workspace-read-only', { case: 'opened', folder: session.workspace.dir })
    }
    context.notice(`Run ${run} scores the validation split first.`)
    const { job } = startScoring(session, { run, split: 'validation', again: false })
    const { state } = await followJob(context, session, job)
    if (state === 'cancelled') throw new Stopped('scoring-to-compare')
  }
}

const signed = (value: number): string => `${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(4)}`

/** @param whole the parts that the figure is a share of; null where it is none */
function row(name: string, of: PairedFigure | null, whole: number | null = null): string[] {
  if (of === null) return [name, '-']
  const shown = (value: number): string =>
    whole === null ? value.toFixed(4) : shareTexts({ part: Math.round(value * whole), whole }, 'en').main
  return [name, shown(of.a), shown(of.b), signed(of.value), `[${signed(of.low)}, ${signed(of.high)}]`]
}

export function comparisonText(comparison: Comparison): string {
  const { validation, targets, delta, perDefectType, flips, speed, warnings } = comparison
  const speedOf = (value: number | null): string => (value === null ? '-' : value.toFixed(1))
  return (
    `${validation.normal} good parts and ${validation.anomalous} defects of the validation split\n\n` +
    textTable([
      ['', 'a', 'b', 'b - a', '95 % interval'],
      row('image AUROC', delta.imageAuroc),
      row(
        `recall at ${limitText(targets.falseRejectRate, 'en')} false rejects`,
        delta.recall,
        validation.anomalous,
      ),
      row(
        `false rejects at ${limitText(targets.recall, 'en')} recall`,
        delta.falseRejectRate,
        validation.normal,
      ),
      ...Object.entries(perDefectType).flatMap(([type, { n, imageAuroc, recall }]) => [
        row(`${type} (${n}): AUROC`, imageAuroc),
        row(`${type} (${n}): recall`, recall, n),
      ]),
      ['images a second', speedOf(speed.a), speedOf(speed.b)],
    ]) +
    `\n${flips.length} parts changed their verdict: ${flips.filter(({ better }) => better).length} are right now, ${flips.filter(({ better }) => !better).length} are wrong now.\n` +
    textTable(
      flips.map(({ image, file, label, defectType, a, better }) => [
        String(image).padStart(6),
        better ? 'right' : 'WRONG',
        a.flagged ? 'flagged -> passed' : 'passed -> flagged',
        label === 'anomalous' ? (defectType ?? 'defect') : 'good',
        file,
      ]),
    ) +
    warnings.map((code) => `${english.text('warning', message(code))}\n`).join('')
  )
}
