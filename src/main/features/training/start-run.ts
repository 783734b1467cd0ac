/** A new run and its training job: what a first training and a retraining have in common. */

import { z } from 'zod'
import type { Run } from '../../../shared/run.ts'
import type { Id } from '../../../shared/values.ts'
import { seesFeatures } from '../../model/input-shape.ts'
import type { Session } from '../../session/session.ts'
import { preparedOrCancelled } from '../runs/prepared-run.ts'
import { keepTrainingList, type TrainingImages } from '../runs/training-images.ts'
import { trainPlan } from './train-job.ts'

/**
 * Images that one training step takes; the number of normal images may not be smaller. Of features it takes windows, of
 * which a photograph has many.
 */
export const batchOf = (config: Record<string, unknown>): number =>
  seesFeatures(config) ? 1 : z.object({ batch: z.int().default(1) }).parse(config).batch

/**
 * Keeps the list of training images of a run that was just created, and queues its training.
 * @param version the dataset version that the images are of; null for the dataset as it is
 * @param white of the 16-bit images; that of the dataset where it is left out
 * @returns the job
 * @throws Failure `disk-full`, `workspace-read-only`
 */
export async function startRun(
  session: Session,
  run: Run,
  images: TrainingImages,
  version: Id | null = null,
  white?: number,
): Promise<Id> {
  const { workspace, jobs, events } = session
  await preparedOrCancelled(workspace.db, run, () => keepTrainingList(workspace, run, images, version, white))
  const job = jobs.start(trainPlan(session, run.id, false))
  events.emit('run.changed', { run: run.id })
  return job.id
}
