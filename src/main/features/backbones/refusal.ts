import type { Message } from '../../../shared/messages/message.ts'

/** Why a file of tensors is not read, as a message of the topic `reason`. The caller knows the file and names it. */
export class Refusal extends Error {
  readonly reason: Message

  constructor(reason: Message, options?: ErrorOptions) {
    super(reason.code, options)
    this.reason = reason
  }
}
