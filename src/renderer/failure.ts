/** What a rejected call throws, as data and in the words that a screen shows. */
import type { FailureData } from '../shared/failure.ts'
import { inside, message, messageSchema, type Param } from '../shared/messages/message.ts'
import { wordsIn } from '../shared/messages/words.ts'

/** Any thrown value as FailureData. */
export function asFailure(thrown: unknown): FailureData {
  const failure = messageSchema.safeParse(thrown)
  return failure.success ? failure.data : message('internal', { case: 'window', message: textOf(thrown) })
}

/** A thrown value as the reason in the sentence about what failed by it. */
export function reasonOf(thrown: unknown): Param {
  const failure = messageSchema.safeParse(thrown)
  return failure.success ? inside('failure', failure.data) : textOf(thrown)
}

const textOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown))

export interface FailureWords {
  title: string
  /** What a person can do; empty where nothing is known to help. */
  remedy: string
}

export function failureWords(failure: FailureData, locale: string): FailureWords {
  const words = wordsIn(locale)
  return {
    title: words.text('failure', failure, 'title'),
    remedy: words.text('failure', failure, 'remedy'),
  }
}
