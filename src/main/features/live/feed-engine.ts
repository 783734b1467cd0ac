/** Keeps an engine at work for a watched folder: starts it, gives it images, takes what it answers. */
import { failureOf } from '../../../shared/failure.ts'
import type { Message } from '../../../shared/messages/message.ts'
import type { EngineTask, TaskMessage } from '../../engine/protocol.ts'
import { findImage } from '../../store/images.ts'
import { openPartsOf } from '../../store/live.ts'
import { runFolder } from '../../store/runs.ts'
import { scoreOf } from '../../store/scores.ts'
import { engineImage } from '../runs/training-images.ts'
import { endExchange, followModelInUse } from './exchange-model.ts'
import { judgeImage, refusePart, storeScores } from './judge-parts.ts'
import { showProgress, type WatchedLine } from './watched-line.ts'

/** Photographs that the engine has and has not scored yet. */
const mostFed = 24
/** How long the engine rests after it ended by itself. */
const restart = 1000

export function feedEngine(line: WatchedLine): void {
  const { session, context } = line
  followModelInUse(line)
  if (!line.isReady || line.exchange !== null) return
  const { model } = line
  const { db } = session.workspace
  const images: number[] = []
  while (line.queue.length > 0 && line.fed.size < mostFed) {
    const next = line.queue.shift()
    if (next === undefined || line.fed.has(next)) continue
    // The same photograph came before, or Fanoscope was closed before it was judged.
    if (scoreOf(db, model.run.id, next)) {
      judgeImage(line, next, model)
      continue
    }
    line.fed.add(next)
    images.push(next)
  }
  if (images.length === 0) return
  session.supervisor.feed(
    context.id,
    images.map((id) => engineImage(session.workspace, findImage(db, id), model.white)),
  )
}

/** Keeps an engine at work until the job is to stop; one that ended by itself is started again. */
export async function keepEngine(line: WatchedLine): Promise<void> {
  const { session, context } = line
  const { supervisor, workspace, log } = session
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
    const observe = (message: TaskMessage<'score'>): void => {
      if (message.type === 'progress' && !line.isReady) {
        line.isReady = true
        feedEngine(line)
      } else if (message.type === 'refused') {
        refuseImage(line, message.image, message.why)
        feedEngine(line)
      } else if (message.type === 'exchanged') endExchange(line, message.failure)
      else if (message.type === 'scored') {
        storeScores(line, message.rows)
        feedEngine(line)
      }
    }
    const outcome = await supervisor.run(task, observe, context.signal)
    line.isReady = false
    line.queue.unshift(...line.fed)
    line.fed.clear()
    if (context.signal.aborted) break
    // It ended while it loaded another model: that one may be what ended it.
    if (line.exchange?.model != null && 'failure' in outcome) endExchange(line, outcome.failure)
    line.exchange = null
    if (outcome.kind === 'failed') log.error(failureOf(outcome.failure).message, outcome.failure)
    await new Promise((resolve) => setTimeout(resolve, restart))
  }
}

function refuseImage(line: WatchedLine, image: number, reason: Message): void {
  const { session, watch } = line
  line.fed.delete(image)
  for (const part of openPartsOf(session.workspace.db, watch.id, image)) refusePart(line, part.id, reason)
  showProgress(line)
}
