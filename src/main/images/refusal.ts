import type { RefusalCode } from '../../shared/domain.ts'
import { Failure, failureData } from '../../shared/failure.ts'
import { failureInside } from '../../shared/messages/failure-inside.ts'
import { type Message, message, type Params } from '../../shared/messages/message.ts'
import { wordsIn } from '../../shared/messages/words.ts'

const english = wordsIn('en')

/** Why one file cannot be used as an image. Refuses that file only and never stops an import. */
export class ImageRefusal extends Failure {
  declare readonly code: RefusalCode
  readonly params: Params

  /** @param params of the entry `failure.<code>` in the locale files */
  constructor(code: RefusalCode, params: Params = {}, options?: { cause?: unknown }) {
    const said = message(code, params)
    super(code, english.text('failure', said, 'title'), english.text('failure', said, 'remedy'), options)
    this.name = 'ImageRefusal'
    this.params = params
  }
}

/** A refusal as it is stored and sent. */
export function refusalMessage({ code, params }: ImageRefusal): Message & { code: RefusalCode } {
  return { code, params }
}

/** Why an image cannot be scored, whatever went wrong: a message of the topic `failure`. */
export function whyRefused(error: unknown): Message {
  if (error instanceof ImageRefusal) return refusalMessage(error)
  const { code, params } = failureInside(failureData(error))
  return { code, params }
}
