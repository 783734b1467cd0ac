/** A failure as data. */
import type { z } from 'zod'
import { messageSchema } from './messages/message.ts'

/** A Failure (src/shared/failure.ts) as data: in the database and in messages between processes. */
export const failureInfoSchema = messageSchema
export type FailureInfo = z.infer<typeof failureInfoSchema>
