/** The state of a watched folder while its job runs: the model that judges, and the images on their way. */
import { type FailureData, failureDocument } from '../../../shared/failure.ts'
import type { LiveWatch } from '../../../shared/live.ts'
import type { Run } from '../../../shared/run.ts'
import type { Id } from '../../../shared/values.ts'
import type { JobContext } from '../../jobs/jobs.ts'
import type { Session } from '../../session/session.ts'
import { countParts } from '../../store/live.ts'
import { recordJudgedParts } from '../../store/live-audit.ts'
import type { RecipeUse } from '../../store/recipes.ts'
import { findRun } from '../../store/runs.ts'
import { readTrainingList } from '../runs/training-images.ts'
import { type Judge, judgeOf } from './judge.ts'
import type { ResultWriter } from './result-writer.ts'

/** A trained run and what judges its scores. */
export interface JudgingModel {
  run: Run
  judge: Judge
  white: number
}

/** A model that was taken into use, or is that of a recipe, and does not judge yet. */
export interface ModelExchange {
  /** The use of a model that is followed, or of a recipe. */
  use: number
  recipe: RecipeUse | null
  run: Id
  /** Null until the engine was asked to load it. */
  model: JudgingModel | null
}

/** What goes on while a folder is watched. */
export interface WatchedLine {
  session: Session
  watch: LiveWatch
  model: JudgingModel
  /** While it is not null, no image is given to the engine. */
  exchange: ModelExchange | null
  /** The use of a recipe that judges; 0 before the first. */
  recipe: number
  /** Why the recipe cannot be taken: parts are refused until there is another one. */
  blocked: FailureData | null
  /** Another model is to judge: parts of which no view was judged yet wait for it, see `views-of-one-model.ts`. */
  isGoingOver: boolean
  /** Images of parts that came under a later recipe, or wait for another model. */
  held: number[]
  /** The use of a model that could not be loaded: it is not tried again. */
  refusedUse: number | null
  /** By dataset, as soon as it is stored that photographs come into it. */
  imports: Map<Id, Id>
  context: JobContext
  /** Verdicts that the audit does not tell of yet. */
  untold: number
  /** Images that wait for the engine. */
  queue: number[]
  /** Images that the engine has. */
  fed: Set<number>
  isReady: boolean
  /** Images whose maps are measured before they are judged, with the model that scored them; one thread at a time. */
  unmeasured: Map<number, JudgingModel>
  isMeasuring: boolean
  measuring: Promise<void>
  results: ResultWriter
  /** What is stored, one after another; see `storeNext`. */
  storing: Promise<void>
  /** Why something cannot be stored now, by the work that waits for it. */
  troubles: Map<object, FailureData>
  isFeedAsked: boolean
  /** Parts are being refused because too many wait. */
  isSkipping: boolean
  /** Gives waiting images to the engine, see `feedEngine`. */
  feed(): void
}

export async function judgingModelOf({ workspace }: Session, id: Id): Promise<JudgingModel> {
  const run = findRun(workspace.db, id)
  const { white } = await readTrainingList(workspace, run)
  return { run, judge: judgeOf(workspace.db, run), white }
}

/** What cannot be told now is told later: it must not end the line. */
export function tellAudit(line: WatchedLine): void {
  const { session, watch } = line
  line.untold = 0
  try {
    recordJudgedParts(session.workspace.db, watch)
  } catch (error) {
    session.log.error('The audit could not be told of the live parts yet.', failureDocument(error))
  }
}

export function showProgress({ session, watch, context }: WatchedLine): void {
  try {
    const { arrived, waiting } = countParts(session.workspace.db, watch.id)
    context.progress({
      phase: 'live',
      done: arrived - waiting,
      total: arrived,
      secondsLeft: null,
      paused: false,
    })
  } catch (error) {
    // How far it is says nothing that the parts themselves do not say a moment later.
    session.log.warn('The parts could not be counted.', failureDocument(error))
  }
}
