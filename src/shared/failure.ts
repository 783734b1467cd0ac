import { inside, type Message, message, type Param, type Params } from './messages/message.ts'
import { wordsIn } from './messages/words.ts'

/**
 * A Failure as plain data: its code and the values of its sentences. In this form it is stored and sent between
 * processes.
 */
export type FailureData = Message

const inEnglish = wordsIn('en')

/**
 * An error that a person can act on. Its words (what happened, to which file or run, and what to do) are in the
 * locale files under its code. The command line prints it and exits with 1; logs have it in English.
 */
export class Failure extends Error {
  readonly code: string
  readonly params: Params

  constructor(code: string, params: Params = {}, options?: { cause?: unknown }) {
    super(inEnglish.text('failure', { code, params }, 'title'), options)
    this.name = 'Failure'
    this.code = code
    this.params = params
  }

  /** What the person can do, in English. */
  get remedy(): string {
    return inEnglish.text('failure', this, 'remedy')
  }
}

/** Converts any thrown value to FailureData; a value that is not a Failure becomes an unexpected error. */
export function failureData(error: unknown): FailureData {
  if (error instanceof Failure) return { code: error.code, params: error.params }
  return message('internal', { message: error instanceof Error ? error.message : String(error) })
}

/** Makes a Failure again from data that another process sent. */
export const failureOf = ({ code, params }: FailureData): Failure => new Failure(code, params)

/** A failure in English together with its data, for logs and `--json`. */
export interface FailureDocument {
  code: string
  message: string
  remedy: string
  params: Params
}

export function failureDocument(error: unknown): FailureDocument {
  const failure = error instanceof Failure ? error : failureOf(failureData(error))
  const { code, remedy, params } = failure
  return { code, message: failure.message, remedy, params }
}

/** The cause of a failure, as a value for the sentence about what failed because of it. */
export function reasonOf(error: unknown): Param {
  if (error instanceof Failure) return inside('failure', failureData(error))
  return error instanceof Error ? error.message : String(error)
}
