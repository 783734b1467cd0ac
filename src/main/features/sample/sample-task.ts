import { z } from 'zod'
import { Failure } from '../../../shared/failure.ts'
import { importProgressSchema } from '../../../shared/import.ts'
import { secondsLeft } from '../../platform/seconds-left.ts'
import { defineTask } from '../../threads/task.ts'

/**
 * Computes and writes the photographs.
 * @throws Failure those of `writeSampleLine`, `sample-cancelled`
 */
export const writeSampleTask = defineTask({
  name: 'write-sample',
  input: z.object({ folder: z.string(), seed: z.int().nonnegative() }),
  progress: importProgressSchema,
  result: z.null(),
  async work({ folder, seed }, { signal, onProgress }) {
    const { writeSampleLine } = await import('./write.ts')
    const started = performance.now()
    try {
      await writeSampleLine(folder, {
        seed,
        signal,
        onProgress(done, total) {
          onProgress({ done, total, secondsLeft: secondsLeft(started, done, total) })
        },
      })
      return null
    } catch (error) {
      if (!signal.aborted) throw error
      throw new Failure('sample-cancelled')
    }
  },
})
