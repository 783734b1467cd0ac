/** `white`: shows or sets which sample value is white in the 16-bit photographs of a dataset. */
import { z } from 'zod'
import type { WhiteLevel } from '../../../shared/gray-levels.ts'
import type { AddCommand } from '../../command-line/command.ts'
import { wholeNumber } from '../../command-line/option-values.ts'
import { WrongUse } from '../../command-line/wrong-use.ts'

/** The option of every command that sets the white. */
export const whiteOption = wholeNumber(1, 65_535)

export const addWhite: AddCommand = (line) =>
  line.add({
    acts: true,
    name: 'white',
    summary: 'say which value is white in the 16-bit photographs of a dataset, as bright as the camera gets',
    examples: [
      ['white --dataset line', 'what the photographs show, and what is set'],
      ['white --dataset line --set 4095', 'a camera of 12 bits, however bright the photographs are'],
      ['white --dataset line --found', 'what the photographs show again'],
    ],
    declare: (command) =>
      command
        .requiredOption('--dataset <name>', 'the dataset')
        .option('--set <value>', 'the value, 2^bits - 1 of the camera', whiteOption)
        .option('--found', 'what the photographs show')
        .option('--operator <name>', 'who sets it (default: the name of this user account)'),
    options: z.object({
      dataset: z.string(),
      set: z.number().optional(),
      found: z.boolean().default(false),
      operator: z.string().optional(),
    }),
    async act(context, { dataset, set, found, operator = context.operator }) {
      if (set !== undefined && found) throw new WrongUse('Give --set or --found, not both.')
      const { workspace } = await context.session()
      const { setWhiteLevelOfDataset, whiteLevelOfDataset } = await import('./white-levels.ts')
      const isSet = set !== undefined || found
      const white = isSet
        ? await setWhiteLevelOfDataset(workspace, { dataset, white: set ?? null, operator })
        : await whiteLevelOfDataset(workspace, dataset)
      const after = isSet ? 'Trainings from now on use it; runs that are there keep theirs.\n' : ''
      return { document: { dataset, ...white }, text: `${dataset}: ${whiteText(white)}\n${after}` }
    },
  })

function whiteText({ set, seen }: WhiteLevel): string {
  const shown = seen === null ? 'it has no 16-bit photographs' : `its photographs show ${seen}`
  return set === null ? `${shown}.` : `white is ${set}, as a person set it; ${shown}.`
}
