/**
 * The scoring job. Rows are stored as they arrive, one transaction for each message, and only then is the engine told
 * that they are safe. So an interrupted scoring continues with the images that have no row.
 */

import { z } from 'zod'
import type { FailureData } from '../../../shared/failure.ts'
import type { Image, Split } from '../../../shared/image.ts'
import { type Message, message, messageSchema } from '../../../shared/messages/message.ts'
import type { Run } from '../../../shared/run.ts'
import { type Id, imageIdSchema, jsonObjectSchema } from '../../../shared/values.ts'
import type { EngineTask, ScoredImage, TaskMessage } from '../../engine/protocol.ts'
import { pausing } from '../../engine-host/supervisor.ts'
import { type JobContext, type JobEnd, type JobPlan, unfinishedBy } from '../../jobs/jobs.ts'
import type { Session } from '../../session/session.ts'
import { listImagesInBatches } from '../../store/images.ts'
import { activePoint } from '../../store/operating-points.ts'
import { findRun, runFolder } from '../../store/runs.ts'
import { type NewScore, saveScores } from '../../store/scores.ts'
import type { Workspace } from '../../store/workspace.ts'
import { ownSettings, sameSettings } from '../runs/score-settings.ts'
import { engineImage, readTrainingList, requireFiles } from '../runs/training-images.ts'
import { measureFlaggedRegions } from './measure-flagged-regions-task.ts'

export interface ScoreRequest {
  run: Id
  /** The dataset whose images are scored; usually the run's own. */
  datasetId: Id
  /** The split to score; null for all. */
  split: Split | null
  /** Whether images are scored again that have a score of this run already. */
  again: boolean
  /** With `again`: leaves out images scored since this time, by the job that this one continues. */
  since?: number
}

const closed: FailureData = message('interrupted', { case: 'scoring' })

/** Warnings that the result of a job lists; each is also stored with the score of its image. */
const mostWarned = 1000

export function scorePlan(session: Session, request: ScoreRequest): JobPlan {
  return {
    kind: 'score',
    payload: { ...request },
    runId: request.run,
    datasetId: request.datasetId,
    lane: 'engine',
    work: (context) => score(session, request, context),
    ...pausing(session.supervisor),
  }
}

/** Ids of the images that the run has scored and that need not be scored again. */
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

/** The images to score, and how many have a score already. */
export async function imagesToScore(
  workspace: Workspace,
  request: ScoreRequest,
): Promise<{ images: Image[]; already: number }> {
  const all = await listImagesInBatches(workspace.db, {
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
  if (images.length === 0)
    return done({ run: run.id, images: 0, already, seconds: 0, refused: [], warnings: [] })
  const task: EngineTask<'score'> = {
    kind: 'score',
    task: context.id,
    run: run.id,
    folder: workspace.path(runFolder(run.id)),
    images: images.map((image) => engineImage(workspace, image, white)),
    maps: true,
  }
  const warned: { image: number; warning: Message }[] = []
  const follow = followScoring(session, run.id, context, warned)
  const outcome = await supervisor.run(task, follow, context.signal)
  await followPoint(session, run)
  events.emit('run.changed', { run: run.id })
  if (outcome.kind !== 'scored') return unfinishedBy(outcome, context.signal.reason, closed)
  const files = new Map(images.map(({ id, file }) => [id, file]))
  const refused = outcome.result.refused.map((refusal) => ({
    ...refusal,
    file: files.get(refusal.image) ?? '',
  }))
  const warnings = warned.map(({ image, warning }) => ({
    ...warning,
    image,
    file: files.get(image) ?? '',
  }))
  const seconds = (performance.now() - started) / 1000
  return done({ run: run.id, images: outcome.result.images, already, seconds, refused, warnings })
}

export const scoreSummarySchema = z.object({
  run: z.string(),
  /** Number of images scored by this job. */
  images: z.number().int(),
  /** Number of images that had been scored before. */
  already: z.number().int(),
  seconds: z.number(),
  imagesPerSecond: z.number(),
  /** Images that could not be scored, with messages of the topic `failure`. */
  refused: z.array(messageSchema.extend({ image: z.number().int(), file: z.string() })),
  /** What was noticed about scored images, the first of them, with messages of the topic `warning`. */
  warnings: z.array(messageSchema.extend({ image: z.number().int(), file: z.string() })).default([]),
})
export type ScoreSummary = z.infer<typeof scoreSummarySchema>

function done(summary: Omit<ScoreSummary, 'imagesPerSecond'>): JobEnd {
  const imagesPerSecond = summary.seconds > 0 ? summary.images / summary.seconds : 0
  return { state: 'done', result: jsonObjectSchema.parse({ ...summary, imagesPerSecond }) }
}

/**
 * Updates what the run's operating point needs of newly scored images: their flagged regions and their score by its
 * settings.
 */
async function followPoint(session: Session, run: Run): Promise<void> {
  const { workspace, hooks } = session
  const point = activePoint(workspace.db, run.id)
  if (point === null) return
  if (!sameSettings(point, ownSettings(run))) await hooks.rescore(session, run.id)
  if (point.regions !== null) await measureFlaggedRegions(workspace, run.id)
}

function followScoring(
  { workspace }: Session,
  run: Id,
  context: JobContext,
  warned: { image: number; warning: Message }[],
): (message: TaskMessage<'score'>) => void {
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
        for (const { image, warnings } of message.rows) {
          for (const warning of warnings) if (warned.length < mostWarned) warned.push({ image, warning })
        }
        saveScores(
          workspace.db,
          run,
          message.rows[0]?.componentNames ?? [],
          message.rows.map((row) => newScore(run, row)),
        )
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
    reconstructionFile: map?.reconstruction ? inWorkspace(map.reconstruction) : null,
    warnings,
  }
}
