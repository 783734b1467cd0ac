import { Failure, failureData } from '../../shared/failure.ts'
import { type JobEnd, stoppedBy } from './jobs.ts'

/**
 * How a job ends whose work threw because it was told to stop. Where Fanoscope is being closed, the job is
 * interrupted, so that a person sees that nobody cancelled it.
 * @param code the failure by which this work says that it stopped
 * @throws any other error
 */
export function endOfStoppedWork(error: unknown, code: string, signal: AbortSignal): JobEnd {
  if (!(error instanceof Failure && error.code === code)) throw error
  return stoppedBy(signal.reason, failureData(error))
}
