/** `audit`: lists what was done in the workspace, checks whether the audit was changed since, and exports it. */
import { z } from 'zod'
import type { AuditEntry } from '../../../shared/audit.ts'
import { wordsIn } from '../../../shared/messages/words.ts'
import { accountName } from '../../command-line/account-name.ts'
import type { AddCommand } from '../../command-line/command.ts'
import { oneOf, wholeNumber } from '../../command-line/option-values.ts'
import { textTable } from '../../command-line/text-table.ts'
import { WrongUse } from '../../command-line/wrong-use.ts'

const optionsSchema = z.object({
  verify: z.boolean().default(false),
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
    name: 'audit',
    summary: 'list what was done in the workspace and by whom, check it, or write it to a file',
    examples: [
      ['audit --action decision --operator "Li Na" --since 2026-01-01', 'her decisions of the year'],
      ['audit --verify', 'exit 1 where a row was changed, naming it'],
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
        .option('--verify', 'follow the chain of hashes from the first row to the last')
        .option('--to <folder>', 'write the rows into a file in this folder')
        .addOption(oneOf('--format <format>', 'of the file (default: csv)', ['csv', 'json'])),
    options: optionsSchema,
    async act(context, options) {
      const { verify, since, until, limit, format, to, run, ...rest } = options
      const from = timeOf(since, 'start')
      const until_ = timeOf(until, 'end')
      const session = await context.session()
      const { workspace } = session
      if (verify) {
        const [{ runWorkspaceTask }, { checkAuditTask }] = await Promise.all([
          import('../../threads/run-task.ts'),
          import('./audit-tasks.ts'),
        ])
        const check = await runWorkspaceTask(workspace, checkAuditTask, {})
        const { rows, head, breaks } = check
        const worded = breaks.map((found) => ({ ...found, message: english.text('reason', found) }))
        return {
          document: { ...check, breaks: worded, ok: breaks.length === 0 },
          text:
            breaks.length === 0
              ? `The audit is whole: ${rows} rows, the newest with hash ${head}.\n`
              : worded.map(({ message }) => `${message}\n`).join(''),
          failed: breaks.length > 0,
        }
      }
      const [{ countAudit, listAudit }, { findRun }] = await Promise.all([
        import('../../store/audit.ts'),
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
        const written = await handOutAudit(workspace, { filter, format, folder: to }, accountName(context.io))
        return { document: written, text: `${written.rows} rows in ${written.file}\n` }
      }
      const total = countAudit(workspace.db, filter)
      const entries = listAudit(workspace.db, filter, { offset: 0, limit })
      return {
        document: { total, entries },
        text: `${textTable([['    id', 'when', 'what', 'who', 'about'], ...entries.map(rowOf)])}${entries.length} of ${total} rows, newest first.\n`,
      }
    },
  })

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

function rowOf({ id, at, action, operator, run, dataset, image, detail }: AuditEntry): string[] {
  const about = [dataset, run, image === null ? null : `image ${image}`].filter((part) => part !== null)
  const text = JSON.stringify(detail)
  return [
    String(id).padStart(6),
    new Date(at).toISOString().slice(0, 19).replace('T', ' '),
    action,
    operator ?? '',
    `${about.join(', ')} ${text.length > 80 ? `${text.slice(0, 79)}…` : text}`.trim(),
  ]
}
