/** The sample line as a job: written beside the workspace unless it is there, then imported as "sample". */
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

/** The folder appears whole or not at all, so that one of its files tells that it is there. */
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
        // Its keyway and its lamp are always on the same side.
        hasDirection: true,
      } as const
      return importFiles(session, request, context)
    },
  }
}
