/** `points`: tells how the inspection points of the station go, adds, changes and removes them. */
import { z } from 'zod'
import { type PointSettings, standardPoint } from '../../../shared/inspection-point.ts'
import { type ViewSettings, viewReader, viewSettingsSchema } from '../../../shared/part-views.ts'
import { pointNameSchema } from '../../../shared/result.ts'
import type { AddCommand } from '../../command-line/command.ts'
import { several } from '../../command-line/option-values.ts'
import { textTable } from '../../command-line/text-table.ts'
import { WrongUse } from '../../command-line/wrong-use.ts'
import type { Database } from '../../store/database.ts'
import type { StoredPoint } from '../../store/inspection-points.ts'

const optionsSchema = z.object({
  add: pointNameSchema.optional(),
  change: pointNameSchema.optional(),
  remove: pointNameSchema.optional(),
  mostWaiting: z.string().optional(),
  views: z.string().optional(),
  view: z.array(z.string()).default([]),
  within: z.coerce.number().optional(),
  preview: pointNameSchema.optional(),
})
type Options = z.output<typeof optionsSchema>

/** Seconds that a part has for all of its views, where nothing else is said. */
const standardWithin = 10

export const addPoints: AddCommand = (line) =>
  line.add({
    acts: ({ add, change, remove }) => [add, change, remove].some((name) => name !== undefined),
    name: 'points',
    summary: 'tell of the inspection points of this station; add, change and remove them',
    examples: [
      ['points', 'every inspection point: its folder, model and figures'],
      ['points --add top', 'a new one; live FOLDER --point top starts it'],
      ['points --change top --most-waiting 200', 'of more late parts that wait, the oldest are not judged'],
      [
        "points --change top --views '{part}_{view}' --view left --view right --within 5",
        'files 0007_left.png and 0007_right.png show one part',
      ],
      [
        "points --preview top --views '{part}_{view}' --view left --view right",
        'what that makes of real names',
      ],
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
        )
        .option(
          '--views <pattern>',
          'how names of files tell views of a part: {part}, {view}, and * for anything; or none',
        )
        .option('--view <name>', 'a view that every part has, as names of files have it', several)
        .option('--within <seconds>', 'so long a part may take for all of its views (10)')
        .option('--preview <name>', 'tell what --views makes of names of files at this point'),
    options: optionsSchema,
    async act(context, options) {
      const { add, change, remove, preview } = options
      checkUse(options)
      // A point is added while a window has the workspace: that notices it within a second.
      const { workspace } = await context.sessionOrSharedWorkspace()
      const { db } = workspace
      const [store, { storedPointStates }] = await Promise.all([
        import('../../store/inspection-points.ts'),
        import('./inspection-points.ts'),
      ])
      if (preview !== undefined) return previewAnswer(db, store.findPoint(db, preview), options)
      if (add !== undefined) {
        store.addPoint(db, { name: add, ...settingsOf(standardPoint, options) }, context.operator)
      }
      if (change !== undefined) {
        const before = store.findPoint(db, change)
        store.changePoint(db, { name: change, ...settingsOf(before, options) }, context.operator)
      }
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

function checkUse({ add, change, remove, preview, mostWaiting, views, view, within }: Options): void {
  const targets = [add, change, remove, preview].filter((target) => target !== undefined)
  if (targets.length > 1) throw new WrongUse('Give one of --add, --change, --remove and --preview.')
  const given = [mostWaiting, views, within, view[0]].filter((value) => value !== undefined)
  if (given.length > 0 && (targets.length === 0 || remove !== undefined))
    throw new WrongUse('Give --add, --change or --preview with settings of a point.')
  if (given.length === 0 && change !== undefined)
    throw new WrongUse('Give with --change what is to change: --most-waiting, or --views.')
  if (views === undefined && (view.length > 0 || within !== undefined))
    throw new WrongUse('Give --views with --view and --within.')
}

function settingsOf(before: PointSettings, { mostWaiting, ...views }: Options): PointSettings {
  return {
    mostWaiting: mostWaiting === undefined ? before.mostWaiting : mostWaitingOf(mostWaiting),
    views: views.views === undefined ? before.views : viewsOf(views),
  }
}

function mostWaitingOf(text: string): number | null {
  if (text === 'never') return null
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text)
  throw new WrongUse('Give a number of parts with --most-waiting, or "never".')
}

function viewsOf({ views, view, within }: Pick<Options, 'views' | 'view' | 'within'>): ViewSettings | null {
  if (views === 'none') return null
  const checked = viewSettingsSchema.safeParse({
    pattern: views,
    names: view,
    within: within ?? standardWithin,
  })
  if (checked.success) return checked.data
  throw new WrongUse(
    'Give a pattern with {part} and {view} once each, at least two different --view, and --within from 0.1 to 3600 seconds.',
  )
}

async function previewAnswer(db: Database, point: StoredPoint, options: Options) {
  const { filesAt } = await import('./part-views.ts')
  const views = settingsOf(point, options).views
  const read = views === null ? () => null : viewReader(views)
  const files = (await filesAt(db, point.name, null)).map((file) => ({ file, ...read(file) }))
  return {
    document: { views, files },
    text: textTable([
      ['file', 'part', 'view'],
      ...files.map(({ file, part, view }) => [file, part ?? '-', view ?? 'a part of its own']),
    ]),
  }
}
