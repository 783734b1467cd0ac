import { Failure } from '../../shared/failure.ts'
import type { RefusalCode } from '../../shared/import.ts'
import type { Message, Params } from '../../shared/messages/message.ts'

/** Thrown where one file cannot be used as an image. Only that file is refused; an import continues. */
export class ImageRefusal extends Failure {
  declare readonly code: RefusalCode

  /** @param params of the entry `failure.<code>` in the locale files */
  constructor(code: RefusalCode, params: Params = {}, options?: { cause?: unknown }) {
    super(code, params, options)
    this.name = 'ImageRefusal'
  }
}

/** A refusal as the message that is stored and sent. */
export function refusalMessage({ code, params }: ImageRefusal): Message & { code: RefusalCode } {
  return { code, params }
}
