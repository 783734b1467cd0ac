/** Recipes of inspection points, and which of them was chosen when. */
import { z } from 'zod'
import { Failure, type FailureData } from '../../shared/failure.ts'
import { failureInfoSchema } from '../../shared/failure-schema.ts'
import { type Recipe, type RecipeSettings, type RecipeState, recipeSchema } from '../../shared/recipe.ts'
import { type Id, idSchema, timeSchema } from '../../shared/values.ts'
import { recordAudit } from './audit.ts'
import type { Database } from './database.ts'
import { findPoint as findInspectionPoint } from './inspection-points.ts'
import { activePointId, findPoint as findOperatingPoint, usePoint } from './operating-points.ts'
import { findOutput } from './outputs.ts'
import { jsonText, toJson, toJsonOrNull } from './row.ts'
import { findRun } from './runs.ts'

const outputsSchema = z.array(z.int())
const recipeRow = recipeSchema.extend({ outputs: jsonText(outputsSchema).nullable() })
const columns = `id, point, number, name, run_id AS run, operating_point_id AS operatingPoint, outputs`

export const listRecipes = (db: Database, point: string): Recipe[] =>
  db.all(
    recipeRow,
    `SELECT ${columns} FROM recipe WHERE point = $point AND removed_at IS NULL ORDER BY number`,
    { point },
  )

/** @throws Failure `recipe-unknown` */
export function findRecipe(db: Database, id: number): Recipe {
  const found = db.get(recipeRow, `SELECT ${columns} FROM recipe WHERE id = $id AND removed_at IS NULL`, {
    id,
  })
  if (found === undefined) throw new Failure('recipe-unknown', { recipe: String(id) })
  return found
}

/**
 * Stores a recipe. One of the same number is replaced, from its next use on.
 * @throws Failure `inspection-unknown`, `run-unknown`, `point-unknown`, `recipe-point-of-other`, `recipe-name-taken`,
 *   `output-unknown`
 */
export function saveRecipe(
  db: Database,
  point: string,
  settings: RecipeSettings,
  operator: string | null,
): Recipe {
  const { number, name, run, operatingPoint, outputs } = settings
  return db.transaction(() => {
    findInspectionPoint(db, point)
    findRun(db, run)
    if (operatingPoint !== null && findOperatingPoint(db, operatingPoint).run !== run)
      throw new Failure('recipe-point-of-other', { run })
    for (const output of outputs ?? []) {
      if (findOutput(db, output).point !== point)
        throw new Failure('output-unknown', { output: String(output) })
    }
    const all = listRecipes(db, point)
    const before = all.find((recipe) => recipe.number === number)
    if (all.some((recipe) => recipe.name === name && recipe.id !== before?.id))
      throw new Failure('recipe-name-taken', { name })
    if (before !== undefined)
      db.run('UPDATE recipe SET removed_at = $now WHERE id = $id', { id: before.id, now: db.now() })
    const { lastId } = db.run(
      `INSERT INTO recipe (point, number, name, run_id, operating_point_id, outputs, created_at)
       VALUES ($point, $number, $name, $run, $operatingPoint, $outputs, $now)`,
      {
        point,
        number,
        name,
        run,
        operatingPoint,
        outputs: toJsonOrNull(outputsSchema, outputs),
        now: db.now(),
      },
    )
    const detail = {
      recipe: lastId,
      point,
      number,
      name,
      operatingPoint,
      outputs,
      before: before?.id ?? null,
    }
    recordAudit(db, { action: 'recipe.saved', operator, run, detail })
    return findRecipe(db, lastId)
  })
}

/** @throws Failure `recipe-unknown` */
export function removeRecipe(db: Database, id: number, operator: string | null): void {
  db.transaction(() => {
    const { point, number, name, run } = findRecipe(db, id)
    db.run('UPDATE recipe SET removed_at = $now WHERE id = $id', { id, now: db.now() })
    recordAudit(db, { action: 'recipe.removed', operator, run, detail: { recipe: id, point, number, name } })
  })
}

const useRow = z.object({
  id: z.int(),
  recipe: z.int(),
  point: z.string(),
  run: idSchema,
  operatingPoint: z.int().nullable(),
  by: z.string().nullable(),
  at: timeSchema,
  refused: jsonText(failureInfoSchema).nullable(),
})
export type RecipeUse = z.output<typeof useRow>
const useColumns = `recipe_use.id, recipe_id AS recipe, recipe_use.point, recipe_use.run_id AS run,
  recipe_use.operating_point_id AS operatingPoint, asked_by AS by, asked_at AS at, recipe_use.refused`

/**
 * Chooses a recipe: parts that come from now on are judged by it, as it is now.
 * @param by who; null where nobody signed in
 * @param through the output over which a PLC chose it
 * @throws Failure `recipe-unknown`, `live-rests`
 */
export function useRecipe(
  db: Database,
  id: number,
  { by, through = null }: { by: string | null; through?: string | null },
): void {
  db.transaction(() => {
    const { point, number, name, run, operatingPoint, outputs } = findRecipe(db, id)
    const watched = db.get(z.object({}), 'SELECT 1 FROM live_watch WHERE point = $point AND active = 1', {
      point,
    })
    if (watched === undefined) throw new Failure('live-rests')
    db.run(
      `INSERT INTO recipe_use (recipe_id, point, run_id, operating_point_id, outputs, asked_by, asked_at)
       VALUES ($id, $point, $run, $operatingPoint, $outputs, $by, $now)`,
      { id, point, run, operatingPoint, outputs: toJsonOrNull(outputsSchema, outputs), by, now: db.now() },
    )
    recordAudit(db, {
      action: 'recipe.used',
      operator: by,
      run,
      detail: { recipe: id, point, number, name, through },
    })
  })
}

/** The recipe that parts which come now are to be judged by; null before the first was chosen. */
export const newestUse = (db: Database, point: string): RecipeUse | null =>
  db.get(useRow, `SELECT ${useColumns} FROM recipe_use WHERE point = $point ORDER BY id DESC LIMIT 1`, {
    point,
  }) ?? null

const idRow = z.object({ id: z.int().nullable() })
/** The use that a watch judges by; 0 where it judges by what a person chose without a recipe. */
export const judgingUse = (db: Database, watch: Id): number =>
  db.get(idRow, 'SELECT recipe_use_id AS id FROM live_watch WHERE id = $watch', { watch })?.id ?? 0

/**
 * The use that comes after one: that of the oldest part which waits for it, so that no use is left out which parts came
 * under, else the newest. Null where there is none, or parts of before still wait for their verdict.
 */
export function nextUse(
  db: Database,
  { id: watch, point }: { id: Id; point: string },
  judging: number,
): RecipeUse | null {
  const newest = newestUse(db, point)
  if (newest === null || newest.id <= judging) return null
  const open = z.object({ first: z.int().nullable() })
  const least = (table: string): number | null =>
    db.get(
      open,
      `SELECT min(coalesce(recipe_use_id, 0)) AS first FROM ${table} WHERE watch_id = $watch AND verdict IS NULL`,
      { watch },
    )?.first ?? null
  const first = Math.min(least('live_part') ?? newest.id, least('viewed_part') ?? newest.id)
  if (first <= judging) return null
  return db.get(useRow, `SELECT ${useColumns} FROM recipe_use WHERE id = $first`, { first }) ?? newest
}

/** The use under which a part came; null where there was none before. */
export const useOfPart = (db: Database, part: number): RecipeUse | null =>
  db.get(
    useRow,
    `SELECT ${useColumns} FROM recipe_use JOIN live_part ON live_part.recipe_use_id = recipe_use.id
     WHERE live_part.id = $part`,
    { part },
  ) ?? null

/** The use under which an image's part came. */
export const useOfImage = (db: Database, watch: Id, image: number): number =>
  db.get(
    idRow,
    `SELECT min(coalesce(recipe_use_id, 0)) AS id FROM live_part
     WHERE watch_id = $watch AND image_id = $image AND verdict IS NULL`,
    { watch, image },
  )?.id ?? 0

/**
 * From here on the watch judges by the recipe: model, dataset of its live parts and operating point at once.
 * @param modelUse the newest use of a model for the run's dataset; when a newer one appears, the watch follows it
 */
export function takeUse(
  db: Database,
  watch: Id,
  use: RecipeUse,
  { datasetId, modelUse }: { datasetId: Id; modelUse: number | null },
): void {
  db.transaction(() => {
    db.run(
      `UPDATE live_watch SET run_id = $run, dataset_id = $datasetId, model_use_id = $modelUse, refused = NULL,
         recipe_use_id = $id WHERE id = $watch`,
      { watch, id: use.id, run: use.run, datasetId, modelUse },
    )
    db.run('UPDATE recipe_use SET taken_at = $now WHERE id = $id', { id: use.id, now: db.now() })
    if (use.operatingPoint !== null && activePointId(db, use.run) !== use.operatingPoint) {
      const recipe = db.get(z.object({ name: z.string() }), 'SELECT name FROM recipe WHERE id = $id', {
        id: use.recipe,
      })
      usePoint(db, {
        point: use.operatingPoint,
        operator: use.by ?? 'PLC',
        reason: `${recipe?.name ?? use.recipe}`,
      })
    }
    recordAudit(db, {
      action: 'recipe.taken',
      run: use.run,
      detail: { recipe: use.recipe, point: use.point, watch, use: use.id },
    })
  })
}

/** The recipe could not be taken: nothing is judged until another one is chosen. */
export function refuseUse(db: Database, watch: Id, use: RecipeUse, failure: FailureData): void {
  db.transaction(() => {
    db.run('UPDATE recipe_use SET refused = $refused WHERE id = $id', {
      id: use.id,
      refused: toJson(failureInfoSchema, failure),
    })
    db.run('UPDATE live_watch SET recipe_use_id = $id WHERE id = $watch', { id: use.id, watch })
    recordAudit(db, {
      action: 'recipe.refused',
      run: use.run,
      detail: { recipe: use.recipe, point: use.point, watch, code: failure.code },
    })
  })
}

export function recipeState(db: Database, point: string, watch: { id: Id; runId: Id } | null): RecipeState {
  const newest = newestUse(db, point)
  const judging = watch === null ? 0 : judgingUse(db, watch.id)
  const use = db.get(useRow, `SELECT ${useColumns} FROM recipe_use WHERE id = $judging`, { judging })
  return {
    recipes: listRecipes(db, point),
    judging: use !== undefined && use.refused === null && use.run === watch?.runId ? use.recipe : null,
    waiting: newest !== null && newest.id > judging ? newest.recipe : null,
    chosen: newest === null ? null : { recipe: newest.recipe, by: newest.by, at: newest.at },
    refused: newest !== null && newest.id === judging ? newest.refused : null,
  }
}

const numberRow = z.object({ number: z.int() })
/** The numbers of the recipe that judges at a point, and of that which waits to be taken; 0 where there is none. */
export function recipeNumbers(db: Database, point: string): { judging: number; waiting: number } {
  const watch = db.get(
    z.object({ id: idSchema, runId: idSchema }),
    'SELECT id, run_id AS runId FROM live_watch WHERE point = $point ORDER BY created_at DESC, id DESC LIMIT 1',
    { point },
  )
  const { judging, waiting } = recipeState(db, point, watch ?? null)
  const numberOf = (id: number | null): number =>
    (id === null ? undefined : db.get(numberRow, 'SELECT number FROM recipe WHERE id = $id', { id }))
      ?.number ?? 0
  return { judging: numberOf(judging), waiting: numberOf(waiting) }
}
