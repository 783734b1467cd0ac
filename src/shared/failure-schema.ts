/** A failure as data. */
import { z } from 'zod'

/** A Failure (src/shared/failure.ts) as it is stored and as it crosses a border. */
export const failureInfoSchema = z.object({ code: z.string(), message: z.string(), remedy: z.string() })
export type FailureInfo = z.infer<typeof failureInfoSchema>
