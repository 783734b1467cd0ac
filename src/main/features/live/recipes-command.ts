/** `recipes`: tells what products an inspection point is judged by, adds, removes and chooses them. */
import { z } from 'zod'
import { Failure } from '../../../shared/failure.ts'
import { firstPoint, pointNameSchema } from '../../../shared/result.ts'
import type { AddCommand } from '../../command-line/command.ts'
import { several, wholeNumber } from '../../command-line/option-values.ts'
import { textTable } from '../../command-line/text-table.ts'
import { WrongUse } from '../../command-line/wrong-use.ts'
import type { Database } from '../../store/database.ts'

const optionsSchema = z.object({
  point: pointNameSchema.default(firstPoint),
  add: z.string().optional(),
  number: z.number().optional(),
  run: z.string().optional(),
  operatingPoint: z.number().optional(),
  output: z.array(z.string()).default([]),
  remove: z.string().optional(),
  use: z.string().optional(),
})
type Options = z.output<typeof optionsSchema>

export const addRecipes: AddCommand = (line) =>
  line.add({
    acts: ({ add, remove, use }) => [add, remove, use].some((name) => name !== undefined),
    name: 'recipes',
    summary: 'tell what products a point is judged by; add, remove and choose them',
    examples: [
      ['recipes', 'every recipe, and which one judges'],
      ['recipes --add M8 --number 8 --run 0mc3', 'a new one, or another of this number'],
      ['recipes --use M8', 'parts that come from now on are judged by it, also in a window on this machine'],
      ['recipes --remove M8', 'takes it from the list'],
    ],
    declare: (command) =>
      command
        .option('--point <name>', 'the inspection point (default: the first one)')
        .option('--add <name>', 'add a recipe of this name')
        .option('--number <number>', 'what a PLC writes to choose it', wholeNumber(1, 65_535))
        .option('--run <run>', 'the trained run that judges')
        .option('--operating-point <id>', 'its operating point (default: the one in use)', wholeNumber(1))
        .option('--output <name>', 'an output that gets its results (default: all of the point)', several)
        .option('--remove <name>', 'remove it')
        .option('--use <name>', 'choose it, by name or number'),
    options: optionsSchema,
    async act(context, options) {
      checkUse(options)
      // Chosen while a window has the workspace: that notices it within a second.
      const { workspace } = await context.sessionOrSharedWorkspace()
      const { db } = workspace
      const [store, { newestWatch }] = await Promise.all([
        import('../../store/recipes.ts'),
        import('../../store/live.ts'),
      ])
      const { point, add, remove, use } = options
      const named = (name: string): number => {
        const found = store
          .listRecipes(db, point)
          .find((recipe) => recipe.name === name || String(recipe.number) === name)
        if (found === undefined) throw new Failure('recipe-unknown', { recipe: name })
        return found.id
      }
      if (add !== undefined) await addRecipe(db, options, add, context.operator)
      if (remove !== undefined) store.removeRecipe(db, named(remove), context.operator)
      if (use !== undefined) store.useRecipe(db, named(use), { by: context.operator })
      const state = store.recipeState(db, point, newestWatch(db, point) ?? null)
      return {
        document: { point, ...state },
        text: textTable([
          ['number', 'recipe', 'run', 'state'],
          ...state.recipes.map(({ id, number, name, run }) => [
            String(number),
            name,
            run,
            id === state.waiting ? 'waits for the parts of before' : id === state.judging ? 'judges' : '',
          ]),
        ]),
      }
    },
  })

function checkUse({ add, remove, use, number, run, operatingPoint, output }: Options): void {
  const targets = [add, remove, use].filter((target) => target !== undefined)
  if (targets.length > 1) throw new WrongUse('Give one of --add, --remove and --use.')
  if (add !== undefined && (number === undefined || run === undefined))
    throw new WrongUse('Give --number and --run with --add.')
  const given = [number, run, operatingPoint, output[0]].filter((value) => value !== undefined)
  if (add === undefined && given.length > 0) throw new WrongUse('Give --add with settings of a recipe.')
}

async function addRecipe(
  db: Database,
  { point, number = 0, run = '', operatingPoint, output }: Options,
  name: string,
  operator: string | null,
): Promise<void> {
  const [{ saveRecipe }, { listOutputs }, { findRun }, { requireTrained }] = await Promise.all([
    import('../../store/recipes.ts'),
    import('../../store/outputs.ts'),
    import('../../store/runs.ts'),
    import('../runs/require-trained.ts'),
  ])
  requireTrained(findRun(db, run), 'score')
  const outputs = output.map((one) => {
    const found = listOutputs(db).find((known) => known.name === one)
    if (found === undefined) throw new Failure('output-unknown', { output: one })
    return found.id
  })
  const settings = {
    number,
    name,
    run,
    operatingPoint: operatingPoint ?? null,
    outputs: outputs.length > 0 ? outputs : null,
  }
  saveRecipe(db, point, settings, operator)
}
