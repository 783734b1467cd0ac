/** The state of the engine, and what it computes with. */
import { z } from 'zod'
import { call, none } from './call.ts'
import { messageSchema } from './messages/message.ts'

export const providerInfoSchema = z.object({
  backend: z.string(),
  version: z.string(),
  gpu: z.boolean(),
  device: z.string(),
  /** Why this one was chosen; a message of the topic `reason`. */
  why: messageSchema,
})

export const engineStateSchema = z.object({
  state: z.enum(['stopped', 'starting', 'ready', 'busy', 'restarting', 'failed']),
  provider: providerInfoSchema.nullable(),
  /** Number of crashes since the workspace was opened. */
  crashes: z.number().int().nonnegative(),
})
export type EngineState = z.infer<typeof engineStateSchema>

export const engineCalls = {
  /** Starts the engine in advance (otherwise it starts when it is needed); answers when it is ready. */
  'engine.start': call(none, engineStateSchema),
} as const

export const engineEvents = {
  'engine.changed': engineStateSchema,
} as const
