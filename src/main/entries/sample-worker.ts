import { Failure } from '../../shared/failure.ts'
import { sampleTaskSchema } from '../jobs/sample-in-thread.ts'
import { writeSampleLine } from '../sample/write.ts'
import { serveThread } from '../store/worker.ts'

serveThread(sampleTaskSchema, async ({ folder, seed }, { signal, onProgress }) => {
  const started = performance.now()
  try {
    await writeSampleLine(folder, {
      seed,
      signal,
      onProgress(done, total) {
        const elapsed = (performance.now() - started) / 1000
        onProgress({ done, total, secondsLeft: (elapsed / done) * (total - done) })
      },
    })
    return null
  } catch (error) {
    if (!signal.aborted) throw error
    throw new Failure('sample-cancelled')
  }
})
