/** How a receiver is reached: what keeps it from being reached, as failures. */
import { Failure, reasonOf } from '../../../shared/failure.ts'

/** Why nothing was confirmed. @param isLate it did not answer in time */
export function unreached(
  error: unknown,
  { host, seconds, isLate }: { host: string; seconds: number; isLate: boolean },
): Failure {
  if (error instanceof Failure) return error
  if (isLate) return new Failure('output-timeout', { host, seconds }, { cause: error })
  return new Failure('output-unreachable', { host, reason: reasonOf(error) }, { cause: error })
}
