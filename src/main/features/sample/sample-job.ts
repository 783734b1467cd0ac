/** The job that writes the sample line next to the workspace, unless it exists already, and imports it as "sample". */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { JobPlan } from '../../jobs/jobs.ts'
import { endOfStoppedWork } from '../../jobs/stopped-work.ts'
import type { Session } from '../../session/session.ts'
import { runTask } from '../../threads/run-task.ts'
import { importFiles } from '../import/import-job.ts'
import { writeSampleTask } from './sample-task.ts'

export interface SampleRequest {
  folder: string
  seed: number
}

/** The dataset that the sample line is imported as. */
export const sampleDataset = 'sample'

/** The folder appears complete or not at all, so one of its files shows that it exists. */
const isWritten = (folder: string): boolean => existsSync(join(folder, 'train', 'good'))

export function samplePlan(session: Session, request: SampleRequest): JobPlan {
  const { folder, seed } = request
  return {
    kind: 'sample',
    payload: { ...request },
    lane: 'disk',
    async work(context) {
      if (!isWritten(folder)) {
        try {
          await runTask(
            writeSampleTask,
            { folder, seed },
            {
              signal: context.signal,
              onProgress: (progress) => context.progress({ phase: 'sample', paused: false, ...progress }),
            },
          )
        } catch (error) {
          return endOfStoppedWork(error, 'sample-cancelled', context.signal)
        }
      }
      const request = {
        folder,
        dataset: sampleDataset,
        layout: 'mvtec',
        unlabeledAs: 'unlabeled',
        // The keyway and the lamp are always on the same side, so the images must not be flipped in training.
        hasDirection: true,
      } as const
      return importFiles(session, request, context)
    },
  }
}
