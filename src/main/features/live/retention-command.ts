/** `retention`: how long the pictures of live parts are kept. */
import { z } from 'zod'
import type { Retention } from '../../../shared/live.ts'
import type { AddCommand } from '../../command-line/command.ts'
import { textTable } from '../../command-line/text-table.ts'
import { WrongUse } from '../../command-line/wrong-use.ts'

export const addRetention: AddCommand = (line) =>
  line.add({
    acts: (options) => Object.values(options).some((value) => value !== undefined && value !== false),
    name: 'retention',
    summary: 'tell or set how long the pictures of live parts are kept, and clear away what is older',
    examples: [
      ['retention', 'what is set'],
      ['retention --good-days 14 --flagged-days never --gigabytes 500', 'set it; never: they stay for ever'],
      ['retention --sweep', 'clear away now; a window does it every hour'],
    ],
    declare: (command) =>
      command
        .option('--good-days <n>', 'keep pictures of good parts for so many days, or never clear them')
        .option('--flagged-days <n>', 'keep pictures of flagged parts on which nobody has decided')
        .option('--gigabytes <n>', 'the most that photographs of live parts may take, or never')
        .option('--sweep', 'clear away now'),
    options: z.object({
      goodDays: z.string().optional(),
      flaggedDays: z.string().optional(),
      gigabytes: z.string().optional(),
      sweep: z.boolean().default(false),
    }),
    async act(context, { sweep, ...given }) {
      const session = await context.session()
      const [
        { clearPictures, retentionOf },
        { clockJump },
        { retentionKey, retentionSchema },
        { changeSetting },
        { readPolicy },
        { Failure },
      ] = await Promise.all([
        import('./clear-pictures.ts'),
        import('../../store/clock.ts'),
        import('../../../shared/live.ts'),
        import('../../store/settings.ts'),
        import('../../platform/station-policy.ts'),
        import('../../../shared/failure.ts'),
      ])
      const wanted: Retention = { ...retentionOf(session) }
      if (given.goodDays !== undefined) wanted.goodDays = amount(given.goodDays)
      if (given.flaggedDays !== undefined) wanted.flaggedDays = amount(given.flaggedDays)
      if (given.gigabytes !== undefined) wanted.gigabytes = amount(given.gigabytes)
      const checked = retentionSchema.safeParse(wanted)
      if (!checked.success) throw new WrongUse('Give days as whole numbers from 1 on, or "never".')
      const retention = checked.data
      if (Object.values(given).some((value) => value !== undefined)) {
        const administered = readPolicy(context.io.environment)
        if (administered?.policy.retention !== undefined)
          throw new Failure('set-by-administrator', { file: administered.file })
        changeSetting(session.workspace.db, retentionKey, retention, context.operator)
      }
      let cleared = { parts: 0, bytes: 0 }
      for (let more = sweep; more; ) {
        const done = await clearPictures(session)
        cleared = { parts: cleared.parts + done.parts, bytes: cleared.bytes + done.bytes }
        more = done.more
      }
      const held = clockJump(session.workspace.db)
      return {
        document: {
          ...retention,
          held: held !== null,
          cleared: sweep ? cleared : null,
        },
        text: `${textTable([
          ['pictures of good parts', days(retention.goodDays)],
          ['of flagged parts without a decision', days(retention.flaggedDays)],
          [
            'photographs of live parts, at most',
            retention.gigabytes === null ? 'no limit' : `${retention.gigabytes} GB`,
          ],
          ['what was decided, labeled or curated', 'for ever'],
        ])}${held === null ? '' : heldText}${sweep ? `The pictures of ${cleared.parts} parts were cleared away, ${cleared.bytes} bytes of photographs.\n` : ''}`,
      }
    },
  })

const heldText =
  'The clock has jumped, so nothing is cleared away by its age. If it is right: clock --is-right\n'

const amount = (text: string): number | null => (text === 'never' ? null : Number(text))
const days = (count: number | null): string => (count === null ? 'for ever' : `${count} days`)
