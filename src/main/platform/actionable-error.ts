import { Failure, reasonOf } from '../../shared/failure.ts'
import { storageFailure } from './storage-errors.ts'

/** What the operating system says of a path that cannot be what somebody wants it to be. */
const cases: Readonly<Record<string, string | null>> = {
  ENAMETOOLONG: 'too-long',
  ENOTDIR: 'file-in-the-way',
  EEXIST: 'file-in-the-way',
  ENOENT: 'missing',
  EISDIR: null,
  ELOOP: null,
}

/**
 * An error of a path, a disk or the database as a Failure that a person can act on; any other error, which is a
 * defect of Fanoscope, as it is. For the places where an error is made into data.
 */
export function actionableError(error: unknown): unknown {
  if (error instanceof Failure || !(error instanceof Error)) return error
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  const path = 'path' in error && typeof error.path === 'string' ? error.path : null
  if (path === null || !Object.hasOwn(cases, code)) return storageFailure(error)
  // A whole path beyond all lengths would hide what is said of it.
  const shown = path.length > 300 ? `${path.slice(0, 300)}…` : path
  const options = { cause: error }
  const named = cases[code]
  return named
    ? new Failure('path-unusable', { case: named, path: shown }, options)
    : new Failure('path-unusable', { path: shown, reason: reasonOf(error) }, options)
}
