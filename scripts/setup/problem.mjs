/**
 * Something that set-up could not do, for a person: what happened and what to do about it. `code` is stable.
 * (The application's own `Failure` is TypeScript, which the Node that starts set-up may not run.)
 */
export class SetupProblem extends Error {
  /**
   * @param {string} code
   * @param {string} message
   * @param {string} remedy
   * @param {{ cause?: unknown }} [options]
   */
  constructor(code, message, remedy, options) {
    super(message, options)
    this.name = 'SetupProblem'
    this.code = code
    this.remedy = remedy
  }
}

/**
 * The first line of what was thrown.
 * @param {unknown} error
 * @returns {string}
 */
export function reasonOf(error) {
  const text = error instanceof Error ? error.message : String(error)
  return text.split('\n')[0] ?? ''
}
