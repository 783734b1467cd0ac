/** `audit`: lists what was done in the workspace, checks whether the audit was changed since, and exports it. */
import { z } from 'zod'
import type { AuditCheck, AuditReplay, NamedAuditEntry } from '../../../shared/audit.ts'
import { type Message, message } from '../../../shared/messages/message.ts'
import { wordsIn } from '../../../shared/messages/words.ts'
import { sha256Schema } from '../../../shared/values.ts'
import type { Answer } from '../../command-line/answer.ts'
import type { AddCommand } from '../../command-line/command.ts'
import { oneOf, wholeNumber } from '../../command-line/option-values.ts'
import { printableLine } from '../../command-line/printable.ts'
import { textTable } from '../../command-line/text-table.ts'
import { WrongUse } from '../../command-line/wrong-use.ts'

const optionsSchema = z.object({
  verify: z.boolean().default(false),
  head: sha256Schema.optional(),
  action: z.string().optional(),
  operator: z.string().optional(),
  run: z.string().optional(),
  dataset: z.string().optional(),
  image: z.number().optional(),
  since: z.string().optional(),
  until: z.string().optional(),
  limit: z.number().default(50),
  format: z.enum(['csv', 'json']).default('csv'),
  to: z.string().optional(),
})

const english = wordsIn('en')

export const addAudit: AddCommand = (line) =>
  line.add({
    readsOnly: true,
    name: 'audit',
    summary: 'list what was done in the workspace and by whom, check it, or write it to a file',
    examples: [
      ['audit --action decision --operator "Li Na" --since 2026-01-01', 'her decisions of the year'],
      ['audit --verify', 'exit 1 where a row was changed, or what is stored is not as it tells, naming it'],
      ['audit --verify --head HASH', 'also where no row has the hash that was written down'],
      ['audit --to reports --format csv', 'all of it as a file in a folder'],
    ],
    declare: (command) =>
      command
        .option('--action <name>', 'only these, such as decision.made, or decision for all of decisions')
        .option('--operator <name>', 'only by this person')
        .option('--run <run>', 'only about this run')
        .option('--dataset <name>', 'only about this dataset')
        .option('--image <id>', 'only about this image', wholeNumber(1))
        .option('--since <date>', 'from this day or time on, as 2026-01-31 or 2026-01-31T14:00')
        .option('--until <date>', 'up to this day or time')
        .option('--limit <n>', 'list at most so many (default: 50)', wholeNumber(1))
        .option(
          '--verify',
          'follow the chain of hashes from the first row to the last, check the signatures, and compare what is stored with what the rows tell',
        )
        .option('--head <hash>', 'with --verify: a hash that was written down earlier, which a row must have')
        .option('--to <folder>', 'write the rows into a file in this folder')
        .addOption(oneOf('--format <format>', 'of the file (default: csv)', ['csv', 'json'])),
    options: optionsSchema,
    async act(context, options) {
      const { verify, head: known, since, until, limit, format, to, run, ...rest } = options
      const from = timeOf(since, 'start')
      const until_ = timeOf(until, 'end')
      const session = await context.session()
      const { workspace } = session
      if (verify) {
        const [{ runWorkspaceTask }, { checkAuditTask }] = await Promise.all([
          import('../../threads/run-task.ts'),
          import('./audit-tasks.ts'),
        ])
        const check = await runWorkspaceTask(workspace, checkAuditTask, { head: known ?? null })
        return checkAnswer(check)
      }
      const [{ countAudit, listAudit }, { namedRows }, { findRun }] = await Promise.all([
        import('../../store/audit.ts'),
        import('./named-rows.ts'),
        import('../../store/runs.ts'),
      ])
      const filter = {
        ...rest,
        run: run === undefined ? undefined : findRun(workspace.db, run).id,
        from,
        to: until_,
      }
      if (to !== undefined) {
        const { handOutAudit } = await import('./audit-tasks.ts')
        const written = await handOutAudit(workspace, { filter, format, folder: to }, context.operator)
        return { document: written, text: `${written.rows} rows in ${written.file}\n` }
      }
      const total = countAudit(workspace.db, filter)
      const entries = namedRows(workspace.db, listAudit(workspace.db, filter, { offset: 0, limit }))
      return {
        document: { total, entries },
        text: `${textTable([['    id', 'when', 'what', 'who', 'about'], ...entries.map(rowOf)])}${entries.length} of ${total} rows, newest first.\n`,
      }
    },
  })

/** What was found, in words; fails where something is not as it was written. */
function checkAnswer(check: AuditCheck): Answer {
  const { rows, head, breaks, signatures, replay } = check
  const worded = <T extends Message>(found: readonly T[]): (T & { message: string })[] =>
    found.map((how) => ({ ...how, message: english.text('reason', how) }))
  const [broken, differences] = [worded(breaks), worded(replay.differences)]
  const failed = breaks.length > 0 || replay.differing > 0
  const what = replay.differing === 0 ? 'The audit' : 'The chain of the audit'
  const whole = `${what} is whole: ${rows} rows, the newest with hash ${head}.\n${signaturesText(signatures)}`
  const lines = (found: readonly { message: string }[]): string =>
    found.map(({ message }) => `${printableLine(message)}\n`).join('')
  return {
    document: { ...check, breaks: broken, replay: { ...replay, differences }, ok: !failed },
    text:
      (breaks.length === 0 ? whole : lines(broken)) +
      replayText(replay) +
      lines(differences) +
      remedyOf(replay),
    failed,
  }
}

function replayText({ told, untold, differing }: AuditReplay): string {
  const compared = `${told} rows of other tables are told by the audit`
  const before = untold === 0 ? '' : ` ${untold} were there before it told of rows.`
  if (differing === 0) return `${compared}, and all that it tells is stored so.${before}\n`
  return `${compared}; ${differing} differences from what is stored:${before}\n`
}

const remedyOf = ({ differing }: AuditReplay): string =>
  differing === 0 ? '' : `${english.text('problem', message('audit-differs'), 'remedy')}\n`

/** Who signed how many rows. */
function signaturesText({ unsigned, keys }: AuditCheck['signatures']): string {
  const lines = keys.map(({ fingerprint, keptBy, own, rows }) => {
    const kept = keptBy === 'system' ? 'the key store of its system' : 'a file of its owner'
    return `${rows} rows are signed with the key ${fingerprint}, ${own ? 'of this account' : 'which this account does not know'}, kept in ${kept}.\n`
  })
  return lines.join('') + (unsigned === 0 ? '' : `${unsigned} rows are not signed.\n`)
}

/**
 * Parses a time. A date without a time means midnight of this machine's time zone at the start or the end of that
 * day.
 */
function timeOf(text: string | undefined, end: 'start' | 'end'): number | undefined {
  if (text === undefined) return undefined
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text)
  const time = Date.parse(isDay ? `${text}T${end === 'start' ? '00:00:00.000' : '23:59:59.999'}` : text)
  if (Number.isNaN(time)) throw new WrongUse(`"${text}" is no date: write it as 2026-01-31.`)
  return time
}

function rowOf(entry: NamedAuditEntry): string[] {
  const { id, at, action, operator, run, runName, dataset, image, file, detail } = entry
  const about = [dataset, runName ?? run, file ?? (image === null ? null : `image ${image}`)].filter(
    (part) => part !== null,
  )
  const text = JSON.stringify(detail)
  return [
    String(id).padStart(6),
    new Date(at).toISOString().slice(0, 19).replace('T', ' '),
    action,
    operator ?? '',
    `${about.join(', ')} ${text.length > 80 ? `${text.slice(0, 79)}…` : text}`.trim(),
  ]
}
