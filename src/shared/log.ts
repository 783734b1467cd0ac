/** Queries of the log of a workspace, and their answers. */
import { z } from 'zod'
import { call } from './call.ts'
import { timeSchema } from './values.ts'

export const logQuerySchema = z.object({
  /** Text that a line must contain, ignoring case. */
  text: z.string().max(200).default(''),
  /** The lowest level of the lines. */
  level: z.enum(['info', 'warn', 'error']).default('info'),
  from: timeSchema.nullable().default(null),
  to: timeSchema.nullable().default(null),
  limit: z.number().int().min(1).max(1000).default(300),
})
export type LogQuery = z.output<typeof logQuerySchema>

export const logEntrySchema = z.object({
  at: timeSchema,
  level: z.enum(['info', 'warn', 'error']),
  /** `engine`: what TensorFlow and the engine print. */
  from: z.enum(['main', 'engine']),
  message: z.string(),
  /** Further details, as JSON. */
  detail: z.string().nullable(),
})
export type LogEntry = z.infer<typeof logEntrySchema>

export const logCalls = {
  /** Lines of the workspace's log, newest first. */
  'log.list': call(logQuerySchema, z.object({ total: z.number().int(), entries: z.array(logEntrySchema) })),
} as const
