import { z } from 'zod'
import { type Id, type ImageId, imageIdSchema } from '../../../shared/values.ts'
import { findRun } from '../../store/runs.ts'
import type { Workspace } from '../../store/workspace.ts'
import { runWorkspaceTask } from '../../threads/run-task.ts'
import { defineWorkspaceTask, noProgress } from '../../threads/task.ts'

export const measureFlaggedRegionsTask = defineWorkspaceTask({
  name: 'measure-regions',
  input: z.object({ run: z.string(), images: z.array(imageIdSchema).nullable() }),
  progress: noProgress,
  result: z.int(),
  async work(workspace, { run, images }) {
    const { measureFlaggedRegionsOfRun } = await import('./measure-flagged-regions.ts')
    return measureFlaggedRegionsOfRun(workspace, findRun(workspace.db, run), images)
  },
})

/**
 * Measures the flagged regions of those of the run's maps that have not been measured yet, or of the given images
 * only.
 * @returns how many maps were measured
 * @throws Failure `map-unreadable`
 */
export const measureFlaggedRegions = (
  workspace: Workspace,
  run: Id,
  images: ImageId[] | null = null,
): Promise<number> => runWorkspaceTask(workspace, measureFlaggedRegionsTask, { run, images })
