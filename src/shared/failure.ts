import { inside, type Message, message, type Param, type Params } from './messages/message.ts'
import { wordsIn } from './messages/words.ts'

/** A Failure as plain data: its code and the values of its sentences. So it crosses every border and is stored. */
export type FailureData = Message

const inEnglish = wordsIn('en')

/**
 * An error that a person can act on: what happened, to which file or run, and what to do. What it says stands in the
 * locale files under its code. The command line prints it and exits 1; logs say it in English.
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

  /** What to do, in English. */
  get remedy(): string {
    return inEnglish.text('failure', this, 'remedy')
  }
}

/** Any thrown value as FailureData; what is not a Failure is an unexpected error, and says so. */
export function failureData(error: unknown): FailureData {
  if (error instanceof Failure) return { code: error.code, params: error.params }
  return message('internal', { message: error instanceof Error ? error.message : String(error) })
}

/** What a Failure is thrown from again, on this side of a border. */
export const failureOf = ({ code, params }: FailureData): Failure => new Failure(code, params)

/** A failure in English with its data beside the words, as logs and `--json` tell it. */
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

/** What went wrong, as a value in the sentence about what failed by it. */
export function reasonOf(error: unknown): Param {
  if (error instanceof Failure) return inside('failure', failureData(error))
  return error instanceof Error ? error.message : String(error)
}
