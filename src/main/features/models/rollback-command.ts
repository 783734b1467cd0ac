/** `rollback`: back to the model that was in use before. */
import { z } from 'zod'
import type { AddCommand } from '../../command-line/command.ts'

export const addRollback: AddCommand = (line) =>
  line.add({
    acts: true,
    name: 'rollback',
    summary: 'go back to the model that was in use before, from the next part on',
    examples: [['rollback --operator "Li Na" --reason "too many false rejects"', 'one step back']],
    declare: (command) =>
      command
        .option('--dataset <name>', 'whose model, where several datasets have one')
        .option('--operator <name>', 'who takes it back (default: the name of this user account)')
        .option('--reason <text>', 'why; it is kept in the audit'),
    options: z.object({
      dataset: z.string().optional(),
      operator: z.string().optional(),
      reason: z.string().optional(),
    }),
    async act(context, { dataset = null, operator = context.operator, reason = null }) {
      const session = await context.sessionOrSharedWorkspace()
      const [{ rollBack }, { runFacts }] = await Promise.all([
        import('./promotion.ts'),
        import('../runs/run-name.ts'),
      ])
      const use = rollBack(session, { dataset, operator, reason })
      const facts = runFacts(session.workspace.db, use.runId)
      return {
        document: { ...facts, operator: use.operator, since: use.since, reason: use.reason },
        text: `Run ${use.runId} (${facts.runName}) is the model in use again, from the next part on.\n`,
      }
    },
  })
