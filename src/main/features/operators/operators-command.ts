/** `operators`: lists the people who decide about parts, adds one, and sets PINs and badges. */
import { z } from 'zod'
import { type Operator, pinSchema } from '../../../shared/operator.ts'
import type { AddCommand } from '../../command-line/command.ts'
import { textTable } from '../../command-line/text-table.ts'
import { WrongUse } from '../../command-line/wrong-use.ts'

const optionsSchema = z.object({
  add: z.string().optional(),
  rename: z.string().optional(),
  release: z.string().optional(),
  remove: z.string().optional(),
  name: z.string().optional(),
  pin: pinSchema.optional(),
  newPin: pinSchema.optional(),
  badge: z.string().max(200).optional(),
})
type Options = z.output<typeof optionsSchema>

export const addOperators: AddCommand = (line) =>
  line.add({
    acts: (options) => Object.values(options).some((value) => value !== undefined),
    name: 'operators',
    summary:
      'list the people who decide about parts, add, rename or remove one, set PINs and badges, end a locked PIN',
    examples: [
      ['operators', 'who is known'],
      ['operators --add "Li Na"', 'a new name'],
      ['operators --name "Li Na" --new-pin 471108', 'from now on a window asks for it'],
      ['operators --name "Li Na" --badge 0012345', 'a badge; the present PIN is asked for'],
      [
        'operators --release "Li Na" --operator "Wang Li"',
        'ends the wait after wrong PINs; Wang Li has a PIN',
      ],
      ['operators --remove "Li Na" --operator "Wang Li"', 'she cannot sign in any more; back: removed'],
      ['operators --name "Li Na" --rename "Li Na (line 4)"', 'what she did keeps the name of then'],
    ],
    declare: (command) =>
      command
        .option('--add <name>', 'add this person')
        .option('--name <name>', 'whose PIN or badge is set')
        .option('--rename <name>', 'their name from now on')
        .option('--release <name>', 'end the wait of this person after wrong PINs')
        .option('--remove <name>', 'this person cannot sign in any more; what they did keeps the name')
        .option('--pin <pin>', 'the present PIN (safer: leave it out and type it when asked, or --pin-stdin)')
        .option('--new-pin <pin>', 'the PIN from now on, six digits or more, or a passphrase; "" for none')
        .option('--badge <code>', 'what a reader types for the badge; "" for none'),
    options: optionsSchema,
    async act(context, options) {
      checkUse(options)
      const { add, name, rename, release, remove, pin, newPin, badge } = options
      const { workspace } = await context.session()
      const [
        { createSignIn, releaseOperator },
        { findOperator, findOrMakeOperator, listOperators, renameOperator },
        { removeOperator },
      ] = await Promise.all([
        import('./sign-in.ts'),
        import('../../store/operators.ts'),
        import('../../store/removed-operators.ts'),
      ])
      if (add !== undefined) findOrMakeOperator(workspace.db, add)
      if (release !== undefined) releaseOperator(workspace.db, release, context.operator)
      if (remove !== undefined) removeOperator(workspace.db, remove, context.operator)
      if (name !== undefined && (newPin !== undefined || badge !== undefined)) {
        const { hasPin } = findOperator(workspace.db, name)
        const present = pin ?? (hasPin ? await context.askPin(name) : null)
        await createSignIn().secure(workspace.db, { name, pin: present, newPin, badge })
      }
      if (name !== undefined && rename !== undefined) renameOperator(workspace.db, name, rename)
      const operators = listOperators(workspace.db)
      return { document: { operators }, text: operatorTable(operators) }
    },
  })

function checkUse(options: Options): void {
  const { add, name, rename, release, remove, pin, newPin, badge } = options
  const targets = [add, name, release, remove].filter((target) => target !== undefined)
  if (targets.length > 1) throw new WrongUse('Give one of --add, --name, --release and --remove.')
  const secures = newPin !== undefined || badge !== undefined
  const changes = secures || rename !== undefined
  if (name === undefined && (changes || pin !== undefined))
    throw new WrongUse('Give --name: whose PIN, badge or name?')
  if (name !== undefined && !changes) throw new WrongUse('Give --new-pin, --badge or --rename with --name.')
}

const operatorTable = (operators: readonly Operator[]): string =>
  textTable([
    ['PIN', 'badge', 'operator'],
    ...operators.map(({ name, hasPin, hasBadge }) => [hasPin ? 'yes' : '-', hasBadge ? 'yes' : '-', name]),
  ])
