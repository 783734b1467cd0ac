/** Changes the model that judges, after a promotion or a rollback, while the line runs. */
import { type FailureData, failureData, failureOf } from '../../../shared/failure.ts'
import { recordAudit } from '../../store/audit.ts'
import { findDataset } from '../../store/datasets.ts'
import { handOver, notedUse, noteRefused } from '../../store/live.ts'
import { modelInUse } from '../../store/model-uses.ts'
import type { RecipeUse } from '../../store/recipes.ts'
import { runFolder } from '../../store/runs.ts'
import { dueRecipe, refuseRecipe, takeRecipe } from './follow-recipe.ts'
import { storeNext } from './keep-storing.ts'
import { hasBegunParts } from './views-of-one-model.ts'
import { judgingModelOf, type ModelExchange, showProgress, type WatchedLine } from './watched-line.ts'

/**
 * Has the engine load the model in use, once no part is open of which the present one judged a view, where that is not the one that judges: after a promotion or a rollback, in
 * this process or another. Until it is loaded the present one stays; no image is under way while they change.
 */
export function followModelInUse(line: WatchedLine): void {
  const { session, watch } = line
  const { db } = session.workspace
  if (!line.isReady || line.exchange !== null) return
  const recipe = dueRecipe(line)
  if (recipe !== null) {
    followRecipe(line, recipe)
    return
  }
  const { model } = line
  const use = modelInUse(db, model.run.datasetId)
  if (use === null || use.id === line.refusedUse || use.id === notedUse(db, watch.id)) {
    keepModel(line)
    return
  }
  if (use.runId === model.run.id) {
    handOver(db, watch.id, { runId: use.runId, modelUse: use.id })
    keepModel(line)
    return
  }
  line.isGoingOver = true
  if (hasBegunParts(line)) return
  const exchange: ModelExchange = { use: use.id, recipe: null, run: use.runId, model: null }
  line.exchange = exchange
  void loadModel(line, exchange)
}

function followRecipe(line: WatchedLine, recipe: RecipeUse): void {
  if (recipe.run === line.model.run.id && line.blocked === null) {
    takeRecipe(line, recipe, line.model)
    resume(line)
    return
  }
  const exchange: ModelExchange = { use: recipe.id, recipe, run: recipe.run, model: null }
  line.exchange = exchange
  void loadModel(line, exchange)
}

/** Nothing is to be exchanged any more: what waited for another model is judged by the present one. */
function keepModel(line: WatchedLine): void {
  if (!line.isGoingOver) return
  line.isGoingOver = false
  line.queue.unshift(...line.held)
  line.held = []
}

/** What the engine had and did not score is given to it again, and what was held comes to its turn. */
function resume(line: WatchedLine): void {
  line.exchange = null
  line.isGoingOver = false
  line.queue.unshift(...line.fed, ...line.held)
  line.fed.clear()
  line.held = []
}

async function loadModel(line: WatchedLine, exchange: ModelExchange): Promise<void> {
  const { session, context } = line
  try {
    const model = await judgingModelOf(session, exchange.run)
    // The engine may have ended meanwhile: then it begins again, and asks again.
    if (line.exchange !== exchange) return
    exchange.model = model
    session.log.info(`The engine loads run ${exchange.run}, the model in use.`, { run: exchange.run })
    session.supervisor.exchange(context.id, {
      run: exchange.run,
      folder: session.workspace.path(runFolder(exchange.run)),
    })
  } catch (error) {
    const failure = failureData(error)
    await storeNext(line, () => {
      if (line.exchange === exchange) endExchange(line, failure)
    })
  }
}

/** The engine has loaded the model, or could not. What it had and did not score is given to it again. */
export function endExchange(line: WatchedLine, failure: FailureData | null): void {
  const { session, watch, exchange } = line
  const { db } = session.workspace
  if (exchange === null) {
    resume(line)
    return
  }
  if (exchange.recipe !== null) {
    if (failure !== null) refuseRecipe(line, exchange.recipe, failure)
    else if (exchange.model !== null) takeRecipe(line, exchange.recipe, exchange.model)
    resume(line)
    showProgress(line)
    line.feed()
    return
  }
  const before = line.model.run.id
  const entry = { run: exchange.run, dataset: findDataset(db, watch.datasetId).name }
  if (failure === null && exchange.model !== null) {
    db.transaction(() => {
      handOver(db, watch.id, { runId: exchange.run, modelUse: exchange.use })
      recordAudit(db, { ...entry, action: 'live.model-taken', detail: { watch: watch.id, before } })
    })
    line.model = exchange.model
    line.watch = { ...watch, runId: exchange.run, refused: null }
    session.log.info(`Run ${exchange.run} judges from the next part on.`, { run: exchange.run, before })
  } else if (failure !== null) {
    line.refusedUse = exchange.use
    db.transaction(() => {
      noteRefused(db, watch.id, { run: exchange.run, failure })
      const detail = { watch: watch.id, before, code: failure.code, message: failureOf(failure).message }
      recordAudit(db, { ...entry, action: 'live.model-refused', detail })
    })
    session.log.error(
      `Run ${exchange.run} could not be loaded; run ${before} goes on judging: ${failureOf(failure).message}`,
      failure,
    )
  }
  resume(line)
  showProgress(line)
  line.feed()
}
