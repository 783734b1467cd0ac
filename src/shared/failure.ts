/**
 * An error that a person can act on: what happened, to which file or run, and what to do.
 * Crosses every border as `{ code, message, remedy }`; the command line prints it and exits 1.
 */
export class Failure extends Error {
  readonly code: string
  readonly remedy: string

  constructor(code: string, message: string, remedy: string, options?: { cause?: unknown }) {
    super(message, options)
    this.name = 'Failure'
    this.code = code
    this.remedy = remedy
  }
}

/** A Failure as plain data, for messages and `--json`. */
export interface FailureData {
  code: string
  message: string
  remedy: string
}

/** Any thrown value as FailureData; what is not a Failure is an unexpected error, and says so. */
export function failureData(error: unknown): FailureData {
  if (error instanceof Failure) return { code: error.code, message: error.message, remedy: error.remedy }
  const message = error instanceof Error ? error.message : String(error)
  return {
    code: 'internal',
    message,
    remedy: 'This should not happen. Keep the log file in the workspace and report it.',
  }
}
