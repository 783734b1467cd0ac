/**
 * Which places of good photographs a part was compared with. It is asked of the engine for the part that a person
 * looks at, and answered beside whatever the engine is doing.
 */
import { randomUUID } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { CallArguments } from '../../../shared/contract.ts'
import { elementAt } from '../../../shared/element-at.ts'
import { Failure, failureOf } from '../../../shared/failure.ts'
import type { Image } from '../../../shared/image.ts'
import type { ComparedPlace, GoodPlace } from '../../../shared/nearest-good.ts'
import type { Run } from '../../../shared/run.ts'
import type { ExplainResult } from '../../engine/protocol.ts'
import { memoryComponent } from '../../model/scores.ts'
import type { Session } from '../../session/session.ts'
import { findImage, imageById } from '../../store/images.ts'
import { findRun, runFolder } from '../../store/runs.ts'
import type { Workspace } from '../../store/workspace.ts'
import { engineImage, readTrainingList, requireFiles, type TrainingList } from '../runs/training-images.ts'

/** Answers of the engine that are kept, those of parts that were looked at last. */
const mostKept = 500

/** What the engine has answered, by session and by what was asked. A trained model and a photograph never change. */
const answers = new WeakMap<Session, LRUCache<string, Promise<ExplainResult>>>()

/** @throws Failure `unknown-run`, `unknown-image`, `nearest-unknown`, `images-missing`, and those of the engine */
export async function nearestGood(
  session: Session,
  request: CallArguments<'review.nearest'>,
): Promise<ComparedPlace[]> {
  const { workspace } = session
  const run = findRun(workspace.db, request.run)
  const image = findImage(workspace.db, request.image)
  if (run.calibration?.scores?.[memoryComponent] === undefined) throw unknown(run, 'no-memory')
  const list = await readTrainingList(workspace, run)
  if (list.train.length === 0) throw unknown(run, 'imported')
  const { places } = await answered(session, run, image, list, request.places)
  if (places === null) throw unknown(run, 'older')
  return places.map(({ x, y, width, height, distance, nearest }) => ({
    x: x * image.width,
    y: y * image.height,
    across: width * image.width,
    down: height * image.height,
    distance,
    nearest: nearest.map((good) => goodPlace(workspace, list, good)),
  }))
}

const unknown = (run: Run, why: 'no-memory' | 'imported' | 'older'): Failure =>
  new Failure('nearest-unknown', { case: why, run: run.id })

/** An answer that was given before, or a new one. */
async function answered(
  session: Session,
  run: Run,
  image: Image,
  { white }: TrainingList,
  places: CallArguments<'review.nearest'>['places'],
): Promise<ExplainResult> {
  const kept = answers.get(session) ?? new LRUCache<string, Promise<ExplainResult>>({ max: mostKept })
  answers.set(session, kept)
  const key = JSON.stringify([run.id, image.id, places])
  const answer = kept.get(key) ?? ask(session, run, image, white, places)
  kept.set(key, answer)
  try {
    return await answer
  } catch (error) {
    if (kept.peek(key) === answer) kept.delete(key)
    throw error
  }
}

async function ask(
  { workspace, supervisor }: Session,
  run: Run,
  image: Image,
  white: number,
  places: CallArguments<'review.nearest'>['places'],
): Promise<ExplainResult> {
  await requireFiles(workspace, [image])
  const outcome = await supervisor.ask({
    kind: 'explain',
    task: randomUUID(),
    run: run.id,
    folder: workspace.path(runFolder(run.id)),
    image: engineImage(workspace, image, white),
    places,
  })
  if (outcome.kind === 'explained') return outcome.result
  throw outcome.kind === 'cancelled' ? new Failure('engine-stopped') : failureOf(outcome.failure)
}

type EnginePlace = NonNullable<ExplainResult['places']>[number]['nearest'][number]

/** A photograph may have been removed since, or replaced by another one of the same name. */
function goodPlace(
  { db }: Workspace,
  { train }: TrainingList,
  { photograph, x, y, distance }: EnginePlace,
): GoodPlace {
  const { id, sha256 } = elementAt(train, photograph, 'Training photographs')
  const image = imageById(db, id)
  if (image === undefined || image.sha256 !== sha256) {
    return { image: null, file: null, width: 0, height: 0, removed: true, x: 0, y: 0, distance }
  }
  const { file, width, height, removedAt } = image
  return {
    image: id,
    file,
    width,
    height,
    removed: removedAt !== null,
    x: x * width,
    y: y * height,
    distance,
  }
}
