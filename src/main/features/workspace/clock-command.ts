/** `clock`: whether the computer's clock has jumped, and the word of a person that it is right. */
import { z } from 'zod'
import type { AddCommand } from '../../command-line/command.ts'

export const addClock: AddCommand = (line) =>
  line.add({
    acts: ({ isRight }) => isRight,
    name: 'clock',
    summary: 'tell whether the clock of this computer has jumped, and say that it is right',
    examples: [
      ['clock', 'whether nothing is cleared away by its age, because the clock went back or far forward'],
      ['clock --is-right --operator "Li Na"', 'Li Na has looked at it: ages are told by it again'],
    ],
    declare: (command) => command.option('--is-right', 'say that the clock is right, after it has jumped'),
    options: z.object({ isRight: z.boolean().default(false) }),
    async act(context, { isRight }) {
      const { workspace } = await context.sessionOrSharedWorkspace()
      const { clockJump, confirmClock } = await import('../../store/clock.ts')
      const { db } = workspace
      if (isRight) confirmClock(db, context.operator)
      const jump = clockJump(db)
      const time = (at: number): string => new Date(at).toISOString()
      return {
        document: {
          time: time(db.now()),
          jumped: jump && { stored: time(jump.stored), present: time(jump.present) },
        },
        text:
          jump === null
            ? `The clock shows ${time(db.now())}. Ages are told by it.\n`
            : 'Nothing is cleared away by its age until somebody says that the clock is right: clock --is-right\n',
      }
    },
  })
