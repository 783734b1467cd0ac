/** How the topics declare their calls. */
import { z } from 'zod'

export const none = z.strictObject({})
export const id = z.number().int().positive()
/** Of a call that somebody answers for: the name of who is signed in. The window adds it, see `src/renderer/bridge.ts`. */
export const acting = { operator: z.string().min(1).max(100).nullish() }
export const runId = z.string().min(1).max(64)
export const page = {
  offset: z.number().int().nonnegative().default(0),
  limit: z.number().int().min(1).max(500).default(100),
}

export const call = <I extends z.ZodType, O extends z.ZodType>(input: I, output: O) => ({ input, output })
export const jobStarted = z.object({ job: z.string() })
