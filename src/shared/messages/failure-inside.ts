import type { FailureData } from '../failure.ts'
import { type NestedMessage, recordedBefore } from './message.ts'

/** A failure as a value of another message. */
export function failureInside({ code, message, remedy }: FailureData): NestedMessage {
  return { topic: 'failure', code, params: { case: recordedBefore, message, remedy } }
}
