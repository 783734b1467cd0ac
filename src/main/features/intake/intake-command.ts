/** `intake`: whether programs may post photographs over HTTP, at which port, and by which token. */
import { z } from 'zod'
import {
  type IntakeRules,
  intakeRulesKey,
  intakeRulesSchema,
  intakeTokenKey,
  intakeTokenSchema,
  standardIntakeRules,
} from '../../../shared/intake.ts'
import type { AddCommand } from '../../command-line/command.ts'
import { wholeNumber } from '../../command-line/option-values.ts'
import { textTable } from '../../command-line/text-table.ts'
import { WrongUse } from '../../command-line/wrong-use.ts'

const optionsSchema = z.object({
  on: z.boolean().default(false),
  off: z.boolean().default(false),
  address: z.string().optional(),
  port: z.number().optional(),
  megabytes: z.number().optional(),
  mostWaiting: z.number().optional(),
  answerWithin: z.coerce.number().optional(),
  token: z.boolean().default(false),
})

export const addIntake: AddCommand = (line) =>
  line.add({
    acts: (options) => Object.values(options).some((value) => value !== undefined && value !== false),
    name: 'intake',
    summary: 'tell or set how programs post photographs over HTTP and get verdicts; make a token',
    examples: [
      ['intake', 'whether the port is open, and at which address'],
      [
        'intake --on --port 8720',
        'open it to this computer alone, while a point is watched or a window is open',
      ],
      ['intake --address 10.0.0.5', 'open it to the plant as well; not encrypted, so mind the firewall'],
      ['intake --token', 'make a token in the place of the one before; it is shown once'],
    ],
    declare: (command) =>
      command
        .option('--on', 'take photographs')
        .option('--off', 'take none')
        .option('--address <address>', 'the address of this computer (127.0.0.1: this computer alone)')
        .option('--port <n>', 'the port (8720)', wholeNumber(1, 65_535))
        .option('--megabytes <n>', 'the largest photograph (50)', wholeNumber(1, 1000))
        .option('--most-waiting <n>', 'so many may wait for their verdict (16)', wholeNumber(1, 1000))
        .option('--answer-within <seconds>', 'answer without a verdict after so long (30)')
        .option('--token', 'make a token'),
    options: optionsSchema,
    async act(context, { on, off, token, ...given }) {
      if (on && off) throw new WrongUse('Give --on or --off, not both.')
      // Set while a window has the workspace: that notices it within a second.
      const { workspace } = await context.sessionOrSharedWorkspace()
      const { db } = workspace
      const [{ changeSetting, readSetting }, { makeToken }, { requireOfPlant }] = await Promise.all([
        import('../../store/settings.ts'),
        import('./token.ts'),
        import('../delivery/plant-network.ts'),
      ])
      const before = readSetting(db, intakeRulesKey, intakeRulesSchema, standardIntakeRules)
      const changed = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
      const wanted = intakeRulesSchema.safeParse({
        ...before,
        ...changed,
        ...(on ? { enabled: true } : off ? { enabled: false } : {}),
      })
      if (!wanted.success)
        throw new WrongUse('Give --address as the IP address of this computer, and seconds from 0.1 to 600.')
      const rules: IntakeRules = wanted.data
      requireOfPlant(rules.address)
      changeSetting(db, intakeRulesKey, rules, context.operator)
      const made = token ? makeToken(db, context.operator) : null
      const stored = readSetting(db, intakeTokenKey, intakeTokenSchema.nullable(), null)
      const madeAt = stored === null ? null : new Date(stored.madeAt).toISOString()
      return {
        document: { ...rules, tokenMadeAt: madeAt, token: made },
        text: `${textTable([
          ['photographs over HTTP', rules.enabled ? 'on' : 'off'],
          ['address', `${rules.address}, port ${rules.port}`],
          ['largest photograph', `${rules.megabytes} MB`],
          ['may wait', String(rules.mostWaiting)],
          ['answered within', `${rules.answerWithin} s`],
          ['token', madeAt === null ? 'none: nobody may post' : `made ${madeAt}`],
        ])}${made === null ? '' : `\n${made}\n\nThis token is not shown again.\n`}`,
      }
    },
  })
