/** Recipes: what an inspection point judges a product by. Another product is one choice, one command or one write of a PLC. */
import { z } from 'zod'
import { acting, call, id, none, runId } from './call.ts'
import { failureInfoSchema } from './failure-schema.ts'
import { firstPoint, pointNameSchema } from './result.ts'
import { idSchema, timeSchema } from './values.ts'

/** What a PLC writes to choose it, in one register. */
const number = z.int().min(1).max(65_535)
const name = z.string().trim().min(1).max(60)

export const recipeSettingsSchema = z.object({
  number,
  name,
  /** The trained run that judges. */
  run: idSchema,
  /** The operating point of the run that is put into use with it; null: the one that is in use. */
  operatingPoint: z.int().positive().nullable(),
  /** The outputs of the inspection point that get the results of this product; null: all of them. */
  outputs: z.array(z.int().positive()).max(100).nullable(),
})
export type RecipeSettings = z.infer<typeof recipeSettingsSchema>

export const recipeSchema = recipeSettingsSchema.extend({ id, point: z.string() })
export type Recipe = z.infer<typeof recipeSchema>

export const recipeStateSchema = z.object({
  /** By their numbers. */
  recipes: z.array(recipeSchema),
  /** The recipe that judges now; null where a person chose the model itself. */
  judging: id.nullable(),
  /** The recipe that is chosen, and judges as soon as the parts of before are judged. */
  waiting: id.nullable(),
  /** Who chose the newest one, and when; null before the first. */
  chosen: z.object({ recipe: id, by: z.string().nullable(), at: timeSchema }).nullable(),
  /** Why the newest one could not be taken: parts are refused until another one is chosen. */
  refused: failureInfoSchema.nullable(),
})
export type RecipeState = z.infer<typeof recipeStateSchema>

const point = pointNameSchema.default(firstPoint)

export const recipeCalls = {
  'recipe.list': call(z.object({ point }), recipeStateSchema),
  /** A new one, or another of a number that there is already. */
  'recipe.save': call(
    z.object({
      point,
      number,
      name,
      run: runId,
      operatingPoint: recipeSettingsSchema.shape.operatingPoint.default(null),
      outputs: recipeSettingsSchema.shape.outputs.default(null),
      ...acting,
    }),
    z.object({ id }),
  ),
  'recipe.remove': call(z.object({ recipe: id, ...acting }), none),
  /** Parts that come from now on are judged by it. */
  'recipe.use': call(z.object({ recipe: id, ...acting }), none),
} as const
