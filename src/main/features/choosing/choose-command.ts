/** `choose`: compares ways of scoring on synthetic defects drawn on good parts, and applies the best one. */
import { z } from 'zod'
import type { CarryOver, ChoiceOption, ChoiceReport } from '../../../shared/choice.ts'
import type { OperatingPoint } from '../../../shared/threshold.ts'
import type { AddCommand, CommandContext } from '../../command-line/command.ts'
import { followJob } from '../../command-line/follow-job.ts'
import { several, wholeNumber } from '../../command-line/option-values.ts'
import { Stopped } from '../../command-line/stopped.ts'
import { figure, textTable } from '../../command-line/text-table.ts'
import { WrongUse } from '../../command-line/wrong-use.ts'
import type { Session } from '../../session/session.ts'
import { scoreValidation } from '../comparison/compare-command.ts'
import { noticeText } from '../thresholds/threshold-notice.ts'

export const addChoose: AddCommand = (line) =>
  line.add({
    acts: true,
    name: 'choose',
    summary: 'compare ways of scoring, and runs, on defects that are made on good validation photographs',
    examples: [
      ['choose --run 0mc3', 'which score, weight of the features and reduction of tiles is best'],
      ['choose --run 0mc3 --run 9k2x', 'and which of two runs of one dataset'],
      ['choose --run 0mc3 --apply --reason "no defects known yet"', 'and take the best into use'],
      [
        'choose --run 0mc3 --carry-over',
        'and how far the choice holds on the real defects of the test split',
      ],
    ],
    declare: (command) =>
      command
        .requiredOption('--run <run>', 'a trained run; may be given several times', several)
        .option('--seed <number>', 'of the defects that are made (default: 1)', wholeNumber(0))
        .option(
          '--photographs <number>',
          'good photographs to make them on (default: 200)',
          wholeNumber(2, 2000),
        )
        .option(
          '--per-type <number>',
          'defects of each type on each of them (default: about 400 in all)',
          wholeNumber(1, 20),
        )
        .option('--apply', 'take the best into use, as a new version of an operating point')
        .option('--name <name>', 'name of the operating point (default: the one in use, else line)')
        .option('--operator <name>', 'who sets it (default: the name of this user account)')
        .option('--reason <text>', 'why; kept with it')
        .option('--carry-over', 'afterwards hold the choice against the test split, which has no part in it'),
    options: z.object({
      run: z.array(z.string()),
      seed: z.number().default(1),
      photographs: z.number().default(200),
      perType: z.number().optional(),
      apply: z.boolean().default(false),
      name: z.string().optional(),
      operator: z.string().optional(),
      reason: z.string().optional(),
      carryOver: z.boolean().default(false),
    }),
    async act(context, options) {
      const { run: runs, seed, photographs, perType = null, reason } = options
      if (options.apply && reason === undefined) {
        throw new WrongUse('Give --reason: a score is set with a reason, which is kept.')
      }
      const session = await context.session()
      const [{ choiceOf, startChoice }, { runFacts }] = await Promise.all([
        import('./choosing.ts'),
        import('../runs/run-name.ts'),
      ])
      const started = startChoice(session, { runs, seed, photographs, perType })
      const job = await followJob(context, session, started)
      if (job.state === 'cancelled') throw new Stopped('comparison')
      const report = choiceOf(session.workspace, job.id)
      const point = options.apply
        ? await apply(context, session, report, {
            ...options,
            operator: options.operator ?? context.operator,
            reason: reason ?? '',
          })
        : null
      // The test split is read only after the choice, so that it cannot influence it.
      const carryOver = options.carryOver ? await testChoice(context, session, job.id) : null
      return {
        document: {
          job: job.id,
          ...report,
          runNames: report.runs.map((id) => runFacts(session.workspace.db, id)),
          chosen: report.options[0],
          ...(options.apply ? { point } : {}),
          ...(carryOver === null ? {} : { carryOver }),
        },
        text:
          choiceText(report) +
          (point === null
            ? ''
            : `\nOperating point ${point.id} (${point.name}, version ${point.version}) at ${point.threshold.toPrecision(5)} is in use.\n`) +
          (carryOver === null ? '' : `\n${carryOverText(carryOver)}`),
      }
    },
  })

/** Applies the best option; its threshold is chosen for the same target as the present one. */
async function apply(
  context: CommandContext,
  session: Session,
  { options: [best] }: ChoiceReport,
  by: { name?: string | undefined; operator: string; reason: string },
): Promise<OperatingPoint> {
  if (!best) throw new RangeError('a choice without an option')
  const { run, score, k, reduction } = best
  await scoreValidation(context, session, run, run)
  const { askThresholds } = await import('../thresholds/threshold-task.ts')
  const { active, validation } = await askThresholds(session, 'threshold.validation', { run })
  const settings = { score, k, reduction }
  const target = active?.target ?? (validation.anomalous > 0 ? 'f1' : 'percentile=99')
  const chosen = await askThresholds(session, 'threshold.choose', { run, settings, target, regions: null })
  for (const notice of chosen.notices) context.notice(noticeText(notice))
  return askThresholds(session, 'point.save', {
    run,
    name: by.name ?? active?.name ?? 'line',
    settings,
    threshold: chosen.threshold,
    regions: active?.regions ?? null,
    target: chosen.target,
    operator: by.operator,
    reason: by.reason,
  })
}

async function testChoice(context: CommandContext, session: Session, job: string): Promise<CarryOver> {
  const [{ carryOverOf, untestedRuns }, { startScoring }] = await Promise.all([
    import('./choosing.ts'),
    import('../scoring/scoring.ts'),
  ])
  for (const run of untestedRuns(session.workspace, job)) {
    context.notice(`Run ${run} scores the test split first.`)
    const scoring = startScoring(session, { run, split: 'test', again: false })
    const { state } = await followJob(context, session, scoring.job)
    if (state === 'cancelled') throw new Stopped('scoring-after-choice')
  }
  return carryOverOf(session.workspace, job)
}

const signed = (value: number): string => `${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(4)}`

type Named = Pick<ChoiceOption, 'run' | 'score' | 'k' | 'reduction'>

/** The name of an option. The run, k and the reduction are left out where all options have the same. */
function optionName(option: Named, all: readonly Named[]): string {
  const differs = (options: readonly Named[], of: (option: Named) => unknown): boolean =>
    new Set(options.map(of)).size > 1
  const alike = all.filter(({ score }) => score === option.score)
  return [
    ...(differs(all, ({ run }) => run) ? [option.run] : []),
    option.score,
    ...(differs(alike, ({ k }) => k) ? [`k ${option.k}`] : []),
    ...(differs(all, ({ reduction }) => reduction) ? [option.reduction] : []),
  ].join(' ')
}

function choiceText(report: ChoiceReport): string {
  const { photographs, made, types, real, refused, options, gain, seed } = report
  const [best, second] = options
  if (!best) return ''
  const name = optionName(best, options)
  const sure = (difference: { value: number; low: number; high: number }): string =>
    `by ${signed(difference.value)} (95 %: ${signed(difference.low)} to ${signed(difference.high)})${
      difference.low <= 0 ? ', which may be chance' : ''
    }`
  const verdict =
    gain !== null
      ? `${name} is better than what is in use ${sure(gain)}.`
      : second?.behind
        ? `${name}, which is in use, is the best: better than ${optionName(second, options)} ${sure(second.behind)}.`
        : `${name} is the only way there is.`
  return (
    `${made} defects made on ${photographs} good validation photographs, seed ${seed}` +
    `${real.images > 0 ? `; ${real.images} real ones of the validation split weigh ${(100 * real.weight).toFixed(0)} %` : ''}.\n` +
    (refused > 0 ? `${refused} pictures could not be read and took no part.\n` : '') +
    `\n${textTable([
      ['image AUROC', 'made', ...types, ...(real.images > 0 ? ['real'] : []), 'behind', '95 % interval'],
      ...options.map((option) => [
        `${option.inUse ? '* ' : '  '}${optionName(option, options)}`,
        figure(option.made),
        ...types.map((type) => figure(option.perType[type] ?? null)),
        ...(real.images > 0 ? [figure(option.real)] : []),
        option.behind === null ? '' : option.behind.value.toFixed(4),
        option.behind === null ? '' : `[${signed(option.behind.low)}, ${signed(option.behind.high)}]`,
      ]),
    ])}\n* in use\n${verdict}\n${report.contributions.map(contributionText).join('')}`
  )
}

function contributionText({ run, all, parts }: ChoiceReport['contributions'][number]): string {
  return `\nThe parts of the combined score of ${run}; all together ${figure(all)}:\n${textTable([
    ['image AUROC, made', 'alone', 'all without it'],
    ...parts.map(({ part, alone, without }) => [`  ${part}`, figure(alone), figure(without)]),
  ])}\n`
}

function carryOverText({ n, options, rankCorrelation, regret, gain }: CarryOver): string {
  return (
    `On ${n.normal} good parts and ${n.anomalous} real defects of the test split, which had no part in the choice:\n\n` +
    textTable([
      ['image AUROC', 'made', 'real'],
      ...options.map((option) => [optionName(option, options), figure(option.made), figure(option.real)]),
    ]) +
    `\nrank correlation ${figure(rankCorrelation)}; regret ${figure(regret)} (the best there, less the chosen one)` +
    `${gain === null ? '' : `; ${signed(gain)} against what was in use`}\n`
  )
}
