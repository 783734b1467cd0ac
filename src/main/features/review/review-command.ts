/** `review`: shows the queue, and records one decision. */
import { z } from 'zod'
import { calibratedRank } from '../../../shared/calibrated-rank.ts'
import { shareTexts } from '../../../shared/counted.ts'
import { splitSchema } from '../../../shared/image.ts'
import { decisionKindSchema, reviewOrderSchema } from '../../../shared/review.ts'
import type { Answer } from '../../command-line/answer.ts'
import type { AddCommand } from '../../command-line/command.ts'
import { oneOf, wholeNumber } from '../../command-line/option-values.ts'
import { printableLine } from '../../command-line/printable.ts'
import { textTable } from '../../command-line/text-table.ts'
import { WrongUse } from '../../command-line/wrong-use.ts'
import type { Session } from '../../session/session.ts'

const optionsSchema = z.object({
  run: z.string(),
  list: z.boolean().default(false),
  undo: z.boolean().default(false),
  image: z.number().optional(),
  decision: decisionKindSchema.optional(),
  operator: z.string().optional(),
  defectType: z.string().optional(),
  note: z.string().optional(),
  split: splitSchema.optional(),
  order: reviewOrderSchema.default('score'),
  undecided: z.boolean().default(false),
  limit: z.number().optional(),
})
type ReviewOptions = z.output<typeof optionsSchema>

export const addReview: AddCommand = (line) =>
  line.add({
    acts: ({ list }) => !list,
    readsOnly: ({ list }) => list,
    name: 'review',
    summary: 'list the images that a run has scored, or decide about one',
    examples: [
      ['review --run 0mc3 --list --undecided --limit 20', 'the most anomalous that nobody has looked at'],
      ['review --run 0mc3 --image 17 --decision reject --operator "Li Na"', 'the defect is real'],
      ['review --run 0mc3 --undo --operator "Li Na"', 'takes her newest decision back'],
    ],
    declare: (command) =>
      command
        .requiredOption('--run <run>', 'the run')
        .option('--list', 'list the queue')
        .option('--image <id>', 'the number of the image, as the list has it', wholeNumber(1))
        .addOption(
          oneOf(
            '--decision <decision>',
            'accept: good part; reject: real defect',
            decisionKindSchema.options,
          ),
        )
        .option('--operator <name>', 'who decides')
        .option('--defect-type <name>', 'what kind of defect it is')
        .option('--note <text>', 'a remark')
        .option('--undo', "take back the operator's newest decision of the run")
        .addOption(oneOf('--split <split>', 'list only these images', splitSchema.options))
        .addOption(oneOf('--order <order>', 'order of the list (default: score)', reviewOrderSchema.options))
        .option('--undecided', 'list only images without a decision')
        .option('--limit <n>', 'list at most so many', wholeNumber(1)),
    options: optionsSchema,
    async act(context, options) {
      const act = chosen(options)
      return act(await context.session())
    },
  })

/** The action that the options select. */
function chosen(options: ReviewOptions): (session: Session) => Promise<Answer> {
  const { run, list, undo, image, decision, operator, defectType = null, note = null } = options
  const asked = [list, undo, image !== undefined || decision !== undefined].filter(Boolean)
  if (asked.length !== 1) throw new WrongUse('Give --list, --undo, or --image with --decision: one of them.')
  if (list) return (session) => listAnswer(session, options)
  if (operator === undefined) throw new WrongUse('Give --operator: every decision has a name.')
  if (undo) return (session) => undoAnswer(session, run, operator)
  if (image === undefined || decision === undefined) {
    throw new WrongUse('Give both --image and --decision.')
  }
  return async (session) => {
    const { decideImage } = await import('./review.ts')
    const { findImage } = await import('../../store/images.ts')
    const decided = decideImage(session, { run, image, decision, operator, defectType, note })
    const { file } = findImage(session.workspace.db, image)
    return {
      document: { ...decided, run: decided.runId, image, file, operator },
      text: `${printableLine(file)}: ${decision}, by ${printableLine(operator)}.\n`,
    }
  }
}

async function listAnswer(session: Session, options: ReviewOptions): Promise<Answer> {
  const [{ reviewQueue }, { operatorNames }, { findRun }, { runFacts }] = await Promise.all([
    import('./review.ts'),
    import('../../store/operators.ts'),
    import('../../store/runs.ts'),
    import('../runs/run-name.ts'),
  ])
  const { run, split, order, undecided, limit = -1 } = options
  const found = findRun(session.workspace.db, run)
  const queue = reviewQueue(session, {
    run,
    split,
    order,
    undecided,
    offset: 0,
    limit,
    view: 'all',
    operator: null,
  })
  const facts = runFacts(session.workspace.db, run)
  const names = operatorNames(session.workspace.db)
  const document = queue.items.map((item) => ({
    image: item.image,
    file: item.file,
    score: item.score,
    calibrated: item.calibrated,
    decision: item.decision?.decision ?? null,
    operator: item.decision === null ? null : (names.get(item.decision.operatorId) ?? null),
    split: item.split,
    label: item.label,
    defectType: item.defectType,
    verdict: item.verdict,
    operatingPoint: queue.point && {
      id: queue.point.id,
      name: queue.point.name,
      version: queue.point.version,
    },
  }))
  const rows = document.map(({ image, file, score, calibrated, verdict, decision, operator }) => [
    String(image).padStart(6),
    score.toPrecision(4).padStart(10),
    shareTexts(calibratedRank(found, calibrated), 'en').main.padStart(10),
    verdict ?? '',
    decision === null ? '' : `${decision} (${operator ?? ''})`,
    file,
  ])
  return {
    document,
    text:
      `${facts.runName}\n` +
      textTable([[' image', '     score', 'calibrated', 'verdict', 'decision', 'file'], ...rows]) +
      (queue.point === null
        ? ''
        : `Verdicts by ${queue.point.name}, version ${queue.point.version}: flagged from ${queue.point.threshold.toPrecision(4)} on.\n`) +
      `${queue.total} images, ${queue.decided} decided: ${queue.accepted} accepted, ${queue.rejected} rejected.\n`,
  }
}

async function undoAnswer(session: Session, run: string, operator: string): Promise<Answer> {
  const { undoLast } = await import('./review.ts')
  const { undone, count } = await undoLast(session, { run, operator })
  return {
    document: { undone, count },
    text:
      undone === null
        ? `${operator} has no decision of this run to take back.\n`
        : `Taken back: ${undone.decision} of image ${undone.imageId}${count > 1 ? ` and of ${count - 1} others accepted with it` : ''}.\n`,
  }
}
