/**
 * Scoring as a job. Rows are stored as they come, one transaction for each message, and only then does the
 * engine hear that they are safe; so a scoring that was interrupted goes on with the images that have no row.
 */
import { z } from 'zod'
import {
  type Id,
  type Image,
  imageIdSchema,
  jsonObjectSchema,
  type Run,
  type Split,
} from '../../shared/domain.ts'
import type { FailureData } from '../../shared/failure.ts'
import { message, messageSchema } from '../../shared/messages/message.ts'
import type { ScoredImage, ScoreTask } from '../engine/protocol.ts'
import { measureRegions } from '../services/region-thread.ts'
import type { Session } from '../services/session.ts'
import { engineImage, readTrainingList, requireFiles } from '../services/training-images.ts'
import { listImagesInPieces } from '../store/images.ts'
import { activePoint } from '../store/operating-points.ts'
import { findRun, runFolder } from '../store/runs.ts'
import { type NewScore, saveScores } from '../store/scores.ts'
import type { Workspace } from '../store/workspace.ts'
import type { TaskMessage } from '../supervisor/supervisor.ts'
import { ownSettings, sameSettings } from '../thresholds/settings.ts'
import { type JobContext, type JobEnd, type JobPlan, stoppedBy } from './jobs.ts'

export interface ScoreRequest {
  run: Id
  /** Whose images; usually the run's own dataset. */
  datasetId: Id
  /** Null for all of them. */
  split: Split | null
  /** Also images that have a score by this run already. */
  again: boolean
  /** With `again`: except those scored since this time, by the job that this one goes on with. */
  since?: number
}

const closed: FailureData = message('interrupted', { case: 'scoring' })

export function scorePlan(session: Session, request: ScoreRequest): JobPlan {
  return {
    kind: 'score',
    payload: { ...request },
    runId: request.run,
    datasetId: request.datasetId,
    lane: 'engine',
    work: (context) => score(session, request, context),
    pause: (id) => session.supervisor.pause(id),
    continue: (id) => session.supervisor.continue(id),
  }
}

/** Ids of the images of a dataset that the run has scored, and that need not be scored again. */
const scoredIds = ({ db }: Workspace, { run, datasetId, again, since }: ScoreRequest): Set<number> =>
  new Set(
    db
      .all(
        z.object({ id: imageIdSchema }),
        `SELECT score.image_id AS id FROM score JOIN image ON image.id = score.image_id
         WHERE score.run_id = $run AND image.dataset_id = $datasetId AND score.scored_at >= $since`,
        { run, datasetId, since: again ? (since ?? Number.MAX_SAFE_INTEGER) : 0 },
      )
      .map(({ id }) => id),
  )

/** The images that are to be scored, and how many have a score from before. */
export async function imagesToScore(
  workspace: Workspace,
  request: ScoreRequest,
): Promise<{ images: Image[]; already: number }> {
  const all = await listImagesInPieces(workspace.db, {
    datasetId: request.datasetId,
    ...(request.split === null ? {} : { split: request.split }),
  })
  const scored = scoredIds(workspace, request)
  const images = all.filter(({ id }) => !scored.has(id))
  return { images, already: all.length - images.length }
}

async function score(session: Session, request: ScoreRequest, context: JobContext): Promise<JobEnd> {
  const { workspace, supervisor, events } = session
  const started = performance.now()
  const run = findRun(workspace.db, request.run)
  const { white } = await readTrainingList(workspace, run)
  const { images, already } = await imagesToScore(workspace, request)
  await requireFiles(workspace, images)
  if (images.length === 0) return done({ run: run.id, images: 0, already, seconds: 0, refused: [] })
  const task: ScoreTask = {
    kind: 'score',
    task: context.id,
    run: run.id,
    folder: workspace.path(runFolder(run.id)),
    images: images.map((image) => engineImage(workspace, image, white)),
    maps: true,
  }
  if (context.signal.aborted) return stoppedBy(context.signal.reason, closed)
  const cancel = (): void => supervisor.cancel(context.id)
  context.signal.addEventListener('abort', cancel, { once: true })
  const outcome = await supervisor.run(task, followScoring(session, run.id, context))
  context.signal.removeEventListener('abort', cancel)
  await followPoint(session, run)
  events.emit('run.changed', { run: run.id })
  switch (outcome.kind) {
    case 'scored': {
      const files = new Map(images.map(({ id, file }) => [id, file]))
      const refused = outcome.result.refused.map((refusal) => ({
        ...refusal,
        file: files.get(refusal.image) ?? '',
      }))
      const seconds = (performance.now() - started) / 1000
      return done({ run: run.id, images: outcome.result.images, already, seconds, refused })
    }
    case 'cancelled':
      return stoppedBy(context.signal.reason, closed)
    case 'interrupted':
      return { state: 'interrupted', failure: outcome.failure }
    case 'failed':
      return { state: 'failed', failure: outcome.failure }
    case 'trained':
    case 'exported':
      throw new TypeError(`The engine answered a scoring with "${outcome.kind}".`)
  }
}

export const scoreSummarySchema = z.object({
  run: z.string(),
  /** Scored by this job. */
  images: z.number().int(),
  /** Scored before. */
  already: z.number().int(),
  seconds: z.number(),
  imagesPerSecond: z.number(),
  /** Of the topic `failure`. */
  refused: z.array(messageSchema.extend({ image: z.number().int(), file: z.string() })),
})
export type ScoreSummary = z.infer<typeof scoreSummarySchema>

function done(summary: Omit<ScoreSummary, 'imagesPerSecond'>): JobEnd {
  const imagesPerSecond = summary.seconds > 0 ? summary.images / summary.seconds : 0
  return { state: 'done', result: jsonObjectSchema.parse({ ...summary, imagesPerSecond }) }
}

/** What a run's operating point needs to know of images that were scored after it was set. */
async function followPoint({ workspace, thresholds }: Session, run: Run): Promise<void> {
  const point = activePoint(workspace.db, run.id)
  if (point === null) return
  if (!sameSettings(point, ownSettings(run))) await thresholds.rescore(run.id)
  if (point.regions !== null) await measureRegions(workspace, run.id)
}

function followScoring(session: Session, run: Id, context: JobContext): (message: TaskMessage) => void {
  const { workspace, supervisor } = session
  let rows = 0
  let last = { phase: 'score', done: 0, total: 0, secondsLeft: null as number | null, paused: false }
  return (message) => {
    switch (message.type) {
      case 'progress': {
        const { phase, done, total, secondsLeft } = message
        last = { ...last, phase, done, total, secondsLeft }
        context.progress(last)
        return
      }
      case 'scored':
        saveScores(
          workspace.db,
          run,
          message.rows[0]?.componentNames ?? [],
          message.rows.map((row) => newScore(run, row)),
        )
        rows += message.rows.length
        supervisor.stored(context.id, rows)
        return
      case 'paused':
      case 'continued':
        last = { ...last, paused: message.type === 'paused' }
        context.progress(last)
    }
  }
}

export function newScore(run: Id, row: ScoredImage): NewScore {
  const { image, score, calibrated, tiles, components, map, warnings } = row
  const inWorkspace = (file: string): string => `${runFolder(run)}/${file}`
  return {
    imageId: image,
    score,
    calibrated,
    tiles,
    components,
    mapFile: map && inWorkspace(map.file),
    mapScale: map?.scale ?? null,
    mapWidth: map?.width ?? null,
    mapHeight: map?.height ?? null,
    reconstructionFile: map && inWorkspace(map.reconstruction),
    warnings,
  }
}
