import { Failure, reasonOf } from '../../shared/failure.ts'

/** The error code of SQLite ('SQLITE_FULL') or of the operating system ('ENOSPC'). */
function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}

/** What better-sqlite3 says to work that went on while its workspace was closed. */
const closedDatabase = 'The database connection is not open'

/**
 * Turns an error of a disk or database into a Failure that a person can act on. Any other error is returned
 * unchanged.
 */
export function storageFailure(error: unknown): unknown {
  if (error instanceof Failure) return error
  const code = codeOf(error)
  const options = { cause: error }
  if (error instanceof TypeError && error.message === closedDatabase) {
    return new Failure('workspace-closed', {}, options)
  }
  if (code === 'SQLITE_FULL' || code === 'ENOSPC' || code === 'EDQUOT') {
    return new Failure('disk-full', {}, options)
  }
  if (code.startsWith('SQLITE_READONLY') || ['EROFS', 'EACCES', 'EPERM'].includes(code)) {
    return new Failure('workspace-read-only', { reason: reasonOf(error) }, options)
  }
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB') {
    return new Failure('workspace-damaged', {}, options)
  }
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) {
    return new Failure('workspace-busy', {}, options)
  }
  if (code.startsWith('SQLITE_IOERR') || code.startsWith('SQLITE_CANTOPEN') || code === 'EIO') {
    return new Failure('disk-error', { reason: reasonOf(error) }, options)
  }
  return error
}

const storageCodes = new Set([
  'disk-full',
  'workspace-read-only',
  'workspace-busy',
  'disk-error',
  'workspace-damaged',
])

/** Whether the disk or the database is the cause: then the same work may pass a little later. */
export const isStorageFailure = (error: unknown): boolean => {
  const failure = storageFailure(error)
  return failure instanceof Failure && storageCodes.has(failure.code)
}

/** Runs `work`; a storage error becomes a Failure. */
export function stored<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw storageFailure(error)
  }
}

/** As `stored`, for asynchronous work. */
export async function storedAsync<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw storageFailure(error)
  }
}
