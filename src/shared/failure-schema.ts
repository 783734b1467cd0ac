/** A failure as data. */
import type { z } from 'zod'
import { messageSchema } from './messages/message.ts'

/** A Failure (src/shared/failure.ts) as it is stored and as it crosses a border. */
export const failureInfoSchema = messageSchema
export type FailureInfo = z.infer<typeof failureInfoSchema>
