import { z } from 'zod'
// A native library must be loaded by main before a thread loads it: it could not be unloaded with the thread.
import 'sharp'
import { type Id, type ImageId, imageIdSchema } from '../../../shared/values.ts'
import type { Workspace } from '../../store/workspace.ts'
import { runInThread } from '../../threads/run-in-thread.ts'

/** What the thread is given. */
export const regionTaskSchema = z.object({
  dir: z.string(),
  run: z.string(),
  images: z.array(imageIdSchema).nullable(),
})

/**
 * Measures the regions of the run's maps that have not been, or of some images alone; how many those were.
 * @throws Failure `map-unreadable`
 */
export async function measureRegions(
  workspace: Workspace,
  run: Id,
  images: ImageId[] | null = null,
): Promise<number> {
  const task: z.input<typeof regionTaskSchema> = { dir: workspace.dir, run, images }
  const { measured } = await runInThread('region-worker', task, {
    progress: z.unknown(),
    result: z.object({ measured: z.int() }),
  })
  return measured
}
