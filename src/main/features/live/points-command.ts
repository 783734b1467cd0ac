/** `points`: tells how the inspection points of the station go, adds, changes and removes them. */
import { z } from 'zod'
import { type PointSettings, standardPoint } from '../../../shared/inspection-point.ts'
import { pointNameSchema } from '../../../shared/result.ts'
import type { AddCommand } from '../../command-line/command.ts'
import { textTable } from '../../command-line/text-table.ts'
import { WrongUse } from '../../command-line/wrong-use.ts'

const optionsSchema = z.object({
  add: pointNameSchema.optional(),
  change: pointNameSchema.optional(),
  remove: pointNameSchema.optional(),
  mostWaiting: z.string().optional(),
})

export const addPoints: AddCommand = (line) =>
  line.add({
    acts: ({ add, change, remove }) => [add, change, remove].some((name) => name !== undefined),
    name: 'points',
    summary: 'tell of the inspection points of this station; add, change and remove them',
    examples: [
      ['points', 'every inspection point: its folder, model and figures'],
      ['points --add top', 'a new one; live FOLDER --point top starts it'],
      ['points --change top --most-waiting 200', 'of more late parts that wait, the oldest are not judged'],
      ['points --remove top', 'what it judged stays'],
    ],
    declare: (command) =>
      command
        .option('--add <name>', 'add an inspection point of this name; a name stays what it is')
        .option('--change <name>', 'change it')
        .option('--remove <name>', 'remove it; what it judged and delivered stays')
        .option(
          '--most-waiting <count>',
          'so many parts may wait; of more that machines were told are late, the oldest are not judged; or never',
        ),
    options: optionsSchema,
    async act(context, { add, change, remove, mostWaiting }) {
      const targets = [add, change, remove].filter((target) => target !== undefined)
      if (targets.length > 1) throw new WrongUse('Give one of --add, --change and --remove.')
      if (mostWaiting !== undefined && add === undefined && change === undefined)
        throw new WrongUse('Give --add or --change with --most-waiting.')
      if (change !== undefined && mostWaiting === undefined)
        throw new WrongUse('Give --most-waiting with --change.')
      // A point is added while a window has the workspace: that notices it within a second.
      const { workspace } = await context.sessionOrSharedWorkspace()
      const { db } = workspace
      const [store, { storedPointStates }] = await Promise.all([
        import('../../store/inspection-points.ts'),
        import('./inspection-points.ts'),
      ])
      const settings = settingsOf(mostWaiting)
      if (add !== undefined) store.addPoint(db, { name: add, ...settings }, context.operator)
      if (change !== undefined) store.changePoint(db, { name: change, ...settings }, context.operator)
      if (remove !== undefined) store.removePoint(db, remove, context.operator)
      const points = storedPointStates(db)
      return {
        document: { points },
        text: textTable([
          ['point', 'folder', 'run', 'watching', 'arrived', 'flagged', 'waiting'],
          ...points.map(({ name, watch, arrived, flagged, waiting }) => [
            name,
            watch?.folder ?? '-',
            watch?.runId ?? '-',
            watch?.active ? 'yes' : 'no',
            String(arrived),
            String(flagged),
            String(waiting),
          ]),
        ]),
      }
    },
  })

function settingsOf(mostWaiting: string | undefined): PointSettings {
  if (mostWaiting === undefined) return standardPoint
  if (mostWaiting === 'never') return { mostWaiting: null }
  if (/^[1-9]\d{0,6}$/.test(mostWaiting)) return { mostWaiting: Number(mostWaiting) }
  throw new WrongUse('Give a number of parts with --most-waiting, or "never".')
}
