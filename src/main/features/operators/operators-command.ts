/** `operators`: lists the people who decide about parts, adds one, and sets PINs and badges. */
import { z } from 'zod'
import type { Operator } from '../../../shared/operator.ts'
import type { AddCommand } from '../../command-line/command.ts'
import { textTable } from '../../command-line/text-table.ts'
import { WrongUse } from '../../command-line/wrong-use.ts'

export const addOperators: AddCommand = (line) =>
  line.add({
    name: 'operators',
    summary: 'list the people who decide about parts, add one, and set PINs and badges',
    examples: [
      ['operators', 'who is known'],
      ['operators --add "Li Na"', 'a new name'],
      ['operators --name "Li Na" --new-pin 4711', 'from now on a window asks for it'],
      ['operators --name "Li Na" --pin 4711 --badge 0012345', 'a badge; the present PIN is needed'],
    ],
    declare: (command) =>
      command
        .option('--add <name>', 'add this person')
        .option('--name <name>', 'whose PIN or badge is set')
        .option('--pin <pin>', 'the present PIN')
        .option('--new-pin <pin>', 'the PIN from now on; "" for none')
        .option('--badge <code>', 'what a reader types for the badge; "" for none'),
    options: z.object({
      add: z.string().optional(),
      name: z.string().optional(),
      pin: z.string().max(32).optional(),
      newPin: z.string().max(32).optional(),
      badge: z.string().max(200).optional(),
    }),
    async act(context, { add, name, pin, newPin, badge }) {
      if (add !== undefined && name !== undefined) throw new WrongUse('Give --add or --name, not both.')
      const secures = newPin !== undefined || badge !== undefined
      if (name === undefined && (secures || pin !== undefined))
        throw new WrongUse('Give --name: whose PIN or badge?')
      if (name !== undefined && !secures) throw new WrongUse('Give --new-pin or --badge with --name.')
      const { workspace } = await context.session()
      const [{ createSignIn }, { findOrMakeOperator, listOperators }] = await Promise.all([
        import('./sign-in.ts'),
        import('../../store/operators.ts'),
      ])
      if (add !== undefined) findOrMakeOperator(workspace.db, add)
      if (name !== undefined) {
        await createSignIn().secure(workspace.db, {
          name,
          pin: pin ?? null,
          ...(newPin === undefined ? {} : { newPin }),
          ...(badge === undefined ? {} : { badge }),
        })
      }
      const operators = listOperators(workspace.db)
      return { document: { operators }, text: operatorTable(operators) }
    },
  })

const operatorTable = (operators: readonly Operator[]): string =>
  textTable([
    ['PIN', 'badge', 'operator'],
    ...operators.map(({ name, hasPin, hasBadge }) => [hasPin ? 'yes' : '-', hasBadge ? 'yes' : '-', name]),
  ])
