/** `threshold`: chooses the threshold for a target on the validation images, and sets it. */
import { z } from 'zod'
import { rangeText, shareIntervalText, shareText } from '../../../shared/counted.ts'
import type { ChosenThreshold, OperatingPoint, Share, WorkingPoint } from '../../../shared/threshold.ts'
import type { AddCommand } from '../../command-line/command.ts'
import { oneOf, wholeNumber } from '../../command-line/option-values.ts'
import { figure, textTable } from '../../command-line/text-table.ts'
import { WrongUse } from '../../command-line/wrong-use.ts'
import { scoreValidation } from '../comparison/compare-command.ts'
import { noticeDocument, noticeText } from './threshold-notice.ts'

const reductionNames = ['max', 'mean', 'top-k'] as const

const optionsSchema = z.object({
  run: z.string(),
  target: z.string().optional(),
  score: z.string().optional(),
  k: z.coerce.number().nonnegative().optional(),
  reduction: z.enum(reductionNames).optional(),
  leastArea: z.number().optional(),
  leastStrength: z.coerce.number().positive().optional(),
  set: z.boolean().default(false),
  use: z.number().optional(),
  list: z.boolean().default(false),
  name: z.string().default('line'),
  operator: z.string().optional(),
  reason: z.string().optional(),
})

export const addThreshold: AddCommand = (line) =>
  line.add({
    acts: true,
    name: 'threshold',
    summary: 'choose a threshold on the validation images, and set it',
    examples: [
      ['threshold --run 0mc3 --target fpr=0.01', 'at most 1 % of the good parts flagged'],
      ['threshold --run 0mc3 --target percentile=99', 'where no defects are known yet'],
      ['threshold --run 0mc3 --target cost=1:50 --set --reason "trial"', 'an escape costs 50 false rejects'],
      ['threshold --run 0mc3 --list', 'what was set before'],
    ],
    declare: (command) =>
      command
        .requiredOption('--run <run>', 'the run')
        .option('--target <target>', 'f1, fpr=0.01, recall=0.99, cost=1:50 or percentile=99')
        .option('--score <name>', 'a score that "models" lists (default: the one in use)')
        .option('--k <weight>', 'weight of the features (default: the one in use)')
        .addOption(
          oneOf('--reduction <how>', 'how tiles become one (default: the one in use)', reductionNames),
        )
        .option('--least-area <pixels>', 'flag only where a region of the map is as large', wholeNumber(1))
        .option('--least-strength <value>', 'and at least as strong, in the unit of the map')
        .option('--set', 'take it into use, as a new version of its name')
        .option('--use <point>', 'take one of before into use again, by its number', wholeNumber(1))
        .option('--list', 'list what was set')
        .option('--name <name>', 'name of the operating point (default: line)')
        .option('--operator <name>', 'who sets it (default: the name of this user account)')
        .option('--reason <text>', 'why; kept with it'),
    options: optionsSchema,
    async act(context, options) {
      const { run, target, leastArea, leastStrength, operator = context.operator } = options
      if ([target !== undefined, options.list, options.use !== undefined].filter(Boolean).length !== 1) {
        throw new WrongUse('Give --target, --list or --use: one of them.')
      }
      if ((leastArea === undefined) !== (leastStrength === undefined)) {
        throw new WrongUse('Give --least-area and --least-strength together.')
      }
      if ((options.set || options.use !== undefined) && options.reason === undefined) {
        throw new WrongUse('Give --reason: a threshold is set with a reason, which is kept.')
      }
      const session = await context.sessionOrSharedWorkspace()
      const { workspace } = session
      const [{ findRun }, { askThresholds }, { runFacts }] = await Promise.all([
        import('../../store/runs.ts'),
        import('./threshold-task.ts'),
        import('../runs/run-name.ts'),
      ])
      const found = findRun(workspace.db, run)
      const facts = runFacts(workspace.db, found.id)
      if (options.list) {
        const { points, active } = await askThresholds(session, 'point.list', { run: found.id })
        return {
          document: { ...facts, active, points },
          text: `${facts.runName}\n${listText(points, active)}`,
        }
      }
      if (options.use !== undefined) {
        const point = await askThresholds(session, 'point.use', {
          point: options.use,
          operator,
          reason: options.reason ?? '',
        })
        return { document: { ...facts, point }, text: `${pointText(point)} is in use.\n` }
      }
      await scoreValidation(context, session, found.id, found.id)
      const regions =
        leastArea === undefined || leastStrength === undefined ? null : { leastArea, leastStrength }
      if (regions !== null) {
        const { measureFlaggedRegions } = await import('../scoring/measure-flagged-regions-task.ts')
        await measureFlaggedRegions(workspace, found.id)
      }
      const { settings: inUse } = await askThresholds(session, 'threshold.validation', { run: found.id })
      const settings = {
        score: options.score ?? inUse.score,
        k: options.k ?? inUse.k,
        reduction: options.reduction ?? inUse.reduction,
      }
      const chosen = await askThresholds(session, 'threshold.choose', {
        run: found.id,
        settings,
        target: target ?? '',
        regions,
      })
      for (const notice of chosen.notices) context.notice(noticeText(notice))
      const point = options.set
        ? await askThresholds(session, 'point.save', {
            run: found.id,
            name: options.name,
            settings,
            threshold: chosen.threshold,
            regions,
            target: chosen.target,
            operator,
            reason: options.reason ?? '',
          })
        : null
      return {
        document: { ...documentOf(chosen), ...facts, point },
        text:
          `${facts.runName}\n` +
          chosenText(chosen) +
          (point === null ? '' : `\n${pointText(point)} is in use.\n`),
      }
    },
  })

/** The JSON document: plain figures under `validation`, and the same with intervals under `figures`. */
function documentOf(chosen: ChosenThreshold) {
  const { figures, validation, notices, ...rest } = chosen
  return {
    ...rest,
    notices: notices.map(noticeDocument),
    validation: {
      ...validation,
      n: validation.normal + validation.anomalous,
      precision: figures.precision.value,
      recall: figures.recall.value,
      falseRejectRate: figures.falseRejectRate.value,
      f1: figures.f1.value,
    },
    figures,
  }
}

const counted = (share: Share): string[] => [
  shareText(share, 'en'),
  share.value === null ? '' : shareIntervalText(share, 'en'),
]

const f1Row = ({ value, low, high }: WorkingPoint['f1']): string[] => [
  figure(value),
  low === null || high === null ? '' : rangeText(figure(low), figure(high), 'en'),
]

function chosenText(chosen: ChosenThreshold): string {
  const { run, score, k, reduction, target, threshold, interval, validation, figures } = chosen
  const { normal, anomalous } = validation
  const { truePositives, falsePositives, trueNegatives, falseNegatives } = figures
  return (
    `Run ${run}, score ${score} (k ${k}, ${reduction}), target ${target}: on ${normal} good and ${anomalous} anomalous validation images\n\n` +
    textTable([
      [
        'threshold',
        threshold.toPrecision(5),
        interval ? `${interval.low.toPrecision(5)} to ${interval.high.toPrecision(5)} (95 %)` : '',
      ],
    ]) +
    `\n${textTable([
      ['', '', '95 % interval'],
      ['recall', ...counted(figures.recall)],
      ['precision', ...counted(figures.precision)],
      ['false-reject rate', ...counted(figures.falseRejectRate)],
      ['F1', ...f1Row(figures.f1)],
      ...figures.perDefectType.map((type) => [`recall of ${type.defectType}`, ...counted(type)]),
    ])}\n` +
    `Good parts: ${trueNegatives} pass, ${falsePositives} flagged. Defects: ${truePositives} flagged, ${falseNegatives} pass.\n`
  )
}

const pointText = ({ id, name, version, threshold }: OperatingPoint): string =>
  `Operating point ${id} (${name}, version ${version}) at ${threshold.toPrecision(5)}`

function listText(points: readonly OperatingPoint[], active: number | null): string {
  if (points.length === 0) return 'No threshold was set for this run yet.\n'
  return textTable([
    ['    ', 'name', 'version', 'threshold', 'score', 'target', 'by', 'when', 'why'],
    ...points.map(({ id, name, version, threshold, score, target, operator, createdAt, reason }) => [
      `${id === active ? '*' : ' '}${String(id).padStart(3)}`,
      name,
      String(version).padStart(7),
      threshold.toPrecision(5),
      score,
      target ?? 'by hand',
      operator,
      new Date(createdAt).toISOString().slice(0, 16).replace('T', ' '),
      reason,
    ]),
  ])
}
