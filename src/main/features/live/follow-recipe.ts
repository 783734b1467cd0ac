/**
 * Goes over to a recipe that was chosen. Parts that came before are judged by the recipe of before, also their views
 * that come later; the first part that came after is the first that is judged by the new one. What came after waits
 * meanwhile, so that no part is judged by a mixture.
 */
import type { FailureData } from '../../../shared/failure.ts'
import { failureOf } from '../../../shared/failure.ts'
import { datasetById } from '../../store/datasets.ts'
import { modelInUse } from '../../store/model-uses.ts'
import { nextUse, type RecipeUse, refuseUse, takeUse, useOfImage } from '../../store/recipes.ts'
import { judgeOf } from './judge.ts'
import { liveDatasetOf } from './live-dataset.ts'
import type { JudgingModel, WatchedLine } from './watched-line.ts'

/** The recipe that is to be taken now: null where there is none, or parts of before still wait. */
export function dueRecipe(line: WatchedLine): RecipeUse | null {
  const { db } = line.session.workspace
  return nextUse(db, line.watch, line.recipe)
}

/** Whether the image is of a part that came under a recipe which does not judge yet. */
export const isOfLaterRecipe = (line: WatchedLine, image: number): boolean =>
  useOfImage(line.session.workspace.db, line.watch.id, image) > line.recipe

/** To be called while no image is under way. */
export function takeRecipe(line: WatchedLine, use: RecipeUse, model: JudgingModel): void {
  const { session, watch } = line
  const { db } = session.workspace
  const datasetId = liveDatasetOf(db, model.run, watch.folder).id
  const modelUse = modelInUse(db, model.run.datasetId)?.id ?? null
  takeUse(db, watch.id, use, { datasetId, modelUse })
  line.model = { ...model, judge: judgeOf(db, model.run) }
  line.watch = { ...watch, runId: use.run, datasetId, refused: null }
  line.recipe = use.id
  line.blocked = null
  session.log.info(`Recipe ${use.recipe} judges from the next part on.`, { recipe: use.recipe, run: use.run })
  const dataset = datasetById(db, datasetId)
  if (dataset !== undefined) session.events.emit('dataset.changed', { dataset: dataset.name })
  session.events.emit('inspection.changed', {})
}

/** Rather no verdict than one by the model of another product. */
export function refuseRecipe(line: WatchedLine, use: RecipeUse, failure: FailureData): void {
  const { session, watch } = line
  refuseUse(session.workspace.db, watch.id, use, failure)
  line.recipe = use.id
  line.blocked = failure
  session.log.error(
    `Recipe ${use.recipe} cannot be taken; parts are refused until another one is chosen: ${failureOf(failure).message}`,
    failure,
  )
  session.events.emit('inspection.changed', {})
}
