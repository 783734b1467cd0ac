import { z } from 'zod'
// A native library must be loaded by main before a thread loads it: it could not be unloaded with the thread.
import 'sharp'
import { importProgressSchema } from '../../../shared/import.ts'
import { runInThread } from '../../threads/run-in-thread.ts'

/** What the thread is given. */
export const sampleTaskSchema = z.object({ folder: z.string(), seed: z.int().nonnegative() })

export interface SampleThreadOptions {
  signal: AbortSignal
  onProgress: (progress: z.infer<typeof importProgressSchema>) => void
}

/**
 * `writeSampleLine` beside main: photographs are computed, and that would hold up everything else.
 * @throws Failure those of `writeSampleLine`, `sample-cancelled`, `thread-died`
 */
export async function sampleInThread(
  folder: string,
  seed: number,
  options: SampleThreadOptions,
): Promise<void> {
  const task: z.input<typeof sampleTaskSchema> = { folder, seed }
  await runInThread('sample-worker', task, { progress: importProgressSchema, result: z.null() }, options)
}
