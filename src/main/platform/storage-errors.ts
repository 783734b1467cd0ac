import { Failure } from '../../shared/failure.ts'

/** Codes of SQLite ('SQLITE_FULL') and of the operating system ('ENOSPC'). */
function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}

/**
 * The one place that says what a failing disk or database means for a person. What is no storage error is returned
 * as it came.
 */
export function storageFailure(error: unknown): unknown {
  if (error instanceof Failure) return error
  const code = codeOf(error)
  const options = { cause: error }
  if (code === 'SQLITE_FULL' || code === 'ENOSPC' || code === 'EDQUOT') {
    return new Failure(
      'disk-full',
      'The disk is full: the last change was not saved. What was confirmed before is safe.',
      'Free some space on the disk of the workspace and do the last step again.',
      options,
    )
  }
  if (code.startsWith('SQLITE_READONLY') || ['EROFS', 'EACCES', 'EPERM'].includes(code)) {
    return new Failure(
      'workspace-read-only',
      `The workspace cannot be written: ${error instanceof Error ? error.message : code}.`,
      'Check the permissions of its folder, and that the disk is not write-protected.',
      options,
    )
  }
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB') {
    return new Failure(
      'workspace-damaged',
      'The database of the workspace is damaged.',
      'Close Fanoscope, keep a copy of the folder, and put the newest file of its folder "backups" in the place of fanoscope.db.',
      options,
    )
  }
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) {
    return new Failure(
      'workspace-busy',
      'The database of the workspace is held by another program.',
      'Close what has fanoscope.db open, for instance a backup or a database viewer, and try again.',
      options,
    )
  }
  if (code.startsWith('SQLITE_IOERR') || code.startsWith('SQLITE_CANTOPEN') || code === 'EIO') {
    return new Failure(
      'disk-error',
      `The disk of the workspace does not work: ${error instanceof Error ? error.message : code}.`,
      'Check that the disk is connected and healthy; copy the workspace to another one if you can.',
      options,
    )
  }
  return error
}

/** Runs `work`; what fails in storage becomes a Failure. */
export function stored<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw storageFailure(error)
  }
}

/** As `stored`, for what takes time. */
export async function storedAsync<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw storageFailure(error)
  }
}
