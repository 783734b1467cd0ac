/** Stores, removes and chooses recipes, and says which one judges. */
import type { RecipeSettings, RecipeState } from '../../../shared/recipe.ts'
import type { Session } from '../../session/session.ts'
import { newestWatch } from '../../store/live.ts'
import { recipeState, removeRecipe, saveRecipe, useRecipe } from '../../store/recipes.ts'
import { findRun } from '../../store/runs.ts'
import { requireTrained } from '../runs/require-trained.ts'

export const recipesAt = ({ workspace: { db } }: Session, point: string): RecipeState =>
  recipeState(db, point, newestWatch(db, point) ?? null)

/** @throws Failure those of `saveRecipe`, `not-trained` */
export function keepRecipe(
  { workspace: { db }, events }: Session,
  point: string,
  settings: RecipeSettings,
  operator: string | null,
): number {
  requireTrained(findRun(db, settings.run), 'score')
  const { id } = saveRecipe(db, point, settings, operator)
  events.emit('inspection.changed', {})
  return id
}

/** @throws Failure `recipe-unknown` */
export function dropRecipe(
  { workspace: { db }, events }: Session,
  recipe: number,
  operator: string | null,
): void {
  removeRecipe(db, recipe, operator)
  events.emit('inspection.changed', {})
}

/** @throws Failure `recipe-unknown`, `live-rests` */
export function chooseRecipe(
  { workspace: { db }, events }: Session,
  recipe: number,
  operator: string | null,
): void {
  useRecipe(db, recipe, { by: operator })
  events.emit('inspection.changed', {})
}
