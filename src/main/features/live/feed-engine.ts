/** Keeps an engine at work for a watched folder: starts it, gives it images, takes what it answers. */
import { setTimeout as pause } from 'node:timers/promises'
import { failureOf } from '../../../shared/failure.ts'
import type { EngineImage, EngineTask, TaskMessage } from '../../engine/protocol.ts'
import { isStorageFailure } from '../../platform/storage-errors.ts'
import { findImage } from '../../store/images.ts'
import { runFolder } from '../../store/runs.ts'
import { scoreOf } from '../../store/scores.ts'
import { engineImage } from '../runs/training-images.ts'
import { endExchange, followModelInUse } from './exchange-model.ts'
import { isOfLaterRecipe } from './follow-recipe.ts'
import { judgeImage, refuseAfter, refuseImage, storeScores } from './judge-parts.ts'
import { storeNext, tellTrouble } from './keep-storing.ts'
import { waitsForModel } from './views-of-one-model.ts'
import type { WatchedLine } from './watched-line.ts'

/** Photographs that the engine has and has not scored yet. */
const mostFed = 24
/** How long the engine rests after it ended by itself: longer each time, until it has scored again. */
const restart = { first: 1000, most: 15_000 }

/** Gives images to the engine once everything is stored that is to be stored before. */
export function feedEngine(line: WatchedLine): void {
  if (line.isFeedAsked) return
  line.isFeedAsked = true
  void storeNext(line, () => {
    try {
      feedNow(line)
    } catch (error) {
      // Where storage is the cause, this is tried again, and is still asked for until then.
      if (!isStorageFailure(error)) line.isFeedAsked = false
      throw error
    }
    line.isFeedAsked = false
  })
}

function feedNow(line: WatchedLine): void {
  const { session, context } = line
  followModelInUse(line)
  if (!line.isReady || line.exchange !== null) return
  const { model } = line
  const { db } = session.workspace
  const given: EngineImage[] = []
  try {
    // An image leaves the queue only after what is to be done with it is done.
    for (let next = line.queue[0]; next !== undefined && line.fed.size < mostFed; next = line.queue[0]) {
      if (!line.fed.has(next)) {
        try {
          if (isOfLaterRecipe(line, next) || waitsForModel(line, next)) {
            line.held.push(next)
            line.queue.shift()
            continue
          }
          if (line.blocked !== null) refuseImage(line, next, line.blocked)
          // The same photograph came before, or Fanoscope was closed before it was judged.
          else if (scoreOf(db, model.run.id, next)) judgeImage(line, next, model)
          else {
            given.push(engineImage(session.workspace, findImage(db, next), model.white))
            line.fed.add(next)
          }
        } catch (error) {
          refuseAfter(line, next, error)
        }
      }
      line.queue.shift()
    }
  } finally {
    if (given.length > 0) session.supervisor.feed(context.id, given)
  }
}

/** Keeps an engine at work until the job is to stop; one that ended by itself is started again. */
export async function keepEngine(line: WatchedLine): Promise<void> {
  const { session, context } = line
  const { supervisor, workspace, log } = session
  let rest = restart.first
  while (!context.signal.aborted) {
    const { run } = line.model
    const task: EngineTask<'score'> = {
      kind: 'score',
      task: context.id,
      run: run.id,
      folder: workspace.path(runFolder(run.id)),
      images: [],
      maps: true,
      stream: true,
    }
    const observe = async (message: TaskMessage<'score'>): Promise<void> => {
      if (message.type === 'progress' && !line.isReady) {
        line.isReady = true
        feedEngine(line)
      } else if (message.type === 'refused') {
        await storeNext(line, () => refuseImage(line, message.image, message.why))
        feedEngine(line)
      } else if (message.type === 'exchanged') await storeNext(line, () => endExchange(line, message.failure))
      else if (message.type === 'scored') {
        rest = restart.first
        tellTrouble(line, supervisor, null)
        await storeNext(line, () => storeScores(line, message.rows))
        feedEngine(line)
      }
    }
    const outcome = await supervisor.run(task, observe, context.signal)
    line.isReady = false
    // What the engine has told before it ended.
    await line.storing
    line.queue.unshift(...line.fed)
    line.fed.clear()
    if (context.signal.aborted) break
    // It ended while it loaded another model: that one may be what ended it.
    if (line.exchange?.model != null && 'failure' in outcome) {
      const { failure } = outcome
      await storeNext(line, () => endExchange(line, failure))
    }
    line.exchange = null
    if (outcome.kind === 'failed') {
      const { failure } = outcome
      log.error(failureOf(failure).message, failure)
      // The engine writes maps: its disk is that of the workspace. It may be full for hours.
      if (isStorageFailure(failureOf(failure))) tellTrouble(line, supervisor, failure)
    }
    await pause(rest, undefined, { signal: context.signal }).catch(() => undefined)
    rest = Math.min(2 * rest, restart.most)
  }
}
