/** `removed`: lists what was deleted, and puts it back. */
import { z } from 'zod'
import { Failure } from '../../../shared/failure.ts'
import type { AddCommand } from '../../command-line/command.ts'
import { textTable } from '../../command-line/text-table.ts'

export const addRemoved: AddCommand = (line) =>
  line.add({
    acts: ({ putBack }) => putBack !== undefined,
    readsOnly: ({ putBack }) => putBack === undefined,
    name: 'removed',
    summary: 'list what was deleted, and put it back',
    examples: [
      ['removed', 'what can be put back, and until when'],
      ['removed --put-back ID', 'a dataset with its runs, a run, a defect type or an operator'],
    ],
    declare: (command) => command.option('--put-back <id>', 'its id in the list'),
    options: z.object({ putBack: z.string().optional() }),
    async act(context, { putBack: id }) {
      const { operator } = context
      const session = await context.session()
      const { listRemoved, putBack } = await import('./removing.ts')
      const removed = listRemoved(session.workspace.db)
      if (id !== undefined) {
        const found = removed.find((one) => one.id === id)
        if (found === undefined) throw new Failure('removed-unknown', { id })
        const done = await putBack(session, found.kind, id, operator)
        const kept =
          done.kept === 0 ? '' : ` ${done.kept} photographs were changed since and stay as they are.`
        return { document: { kind: found.kind, id, ...done }, text: `"${done.name}" is back.${kept}\n` }
      }
      const rows = removed.map(({ at, until, ...one }) => ({
        ...one,
        at: new Date(at).toISOString(),
        until: new Date(until).toISOString(),
      }))
      return {
        document: rows,
        text:
          rows.length === 0
            ? 'Nothing was deleted.\n'
            : textTable([
                ['id', 'kind', 'until', 'by', 'name'],
                ...rows.map((row) => [row.id, row.kind, row.until.slice(0, 10), row.by ?? '-', row.name]),
              ]),
      }
    },
  })
