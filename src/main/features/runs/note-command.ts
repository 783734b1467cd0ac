/** `note`: notes something about a run, tags it, or puts it away. */
import { z } from 'zod'
import type { AddCommand } from '../../command-line/command.ts'
import { WrongUse } from '../../command-line/wrong-use.ts'

export const addNote: AddCommand = (line) =>
  line.add({
    acts: true,
    name: 'note',
    summary: 'note something about a run, tag it, or put it away',
    examples: [
      ['note RUN --text "new lamp" --tag lamp-2', 'the note and the tags, in place of those before'],
      ['note RUN --archive', 'no list to choose from has it any more; it can still be read'],
    ],
    parameters: [['<run>', 'the run: its id, its name, or the end of its id']],
    declare: (command) =>
      command
        .option('--text <text>', 'the note; "" for none')
        .option('--tag <tag...>', 'the tags')
        .option('--no-tags', 'no tags')
        .option('--archive', 'put it away')
        .option('--no-archive', 'take it out again'),
    options: z.object({
      text: z.string().optional(),
      tag: z.array(z.string()).optional(),
      tags: z.boolean().default(true),
      archive: z.boolean().optional(),
    }),
    async act(context, { text, tag, tags, archive }, run) {
      const { operator } = context
      const wanted = {
        ...(text === undefined ? {} : { note: text }),
        ...(tags ? (tag === undefined ? {} : { tags: tag }) : { tags: [] }),
        ...(archive === undefined ? {} : { archived: archive }),
      }
      if (Object.keys(wanted).length === 0) throw new WrongUse('Give --text, --tag, --no-tags or --archive.')
      const { workspace } = await context.session()
      const [{ describeRun }, { findRun }, { runDescriptionSchema }, { runFacts }] = await Promise.all([
        import('../../store/run-notes.ts'),
        import('../../store/runs.ts'),
        import('../../../shared/run.ts'),
        import('./run-name.ts'),
      ])
      const parsed = runDescriptionSchema.safeParse(wanted)
      if (!parsed.success) throw new WrongUse('A tag has 1 to 40 characters, and a run up to 20 of them.')
      const { db } = workspace
      const done = describeRun(db, findRun(db, run).id, parsed.data, operator)
      const { note, archivedAt } = done
      const facts = runFacts(db, done.id)
      const state = archivedAt === null ? '' : ', put away'
      return {
        document: { ...facts, note, tags: done.tags, archived: archivedAt !== null },
        text: `${facts.runName}${state}\n${note === '' ? 'no note' : note}\n${done.tags.length === 0 ? 'no tags' : done.tags.join(', ')}\n`,
      }
    },
  })
