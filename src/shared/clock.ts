/** The computer's clock, by which everything in a workspace has its time, and what is said where it has jumped. */
import { z } from 'zod'
import { acting, call, none } from './call.ts'
import { timeSchema } from './values.ts'

/** The clock went back or far forward, and nobody has said yet that it is right. */
export const clockJumpSchema = z.object({
  /** The newest time that was stored before. */
  stored: timeSchema,
  /** What the clock showed when the jump was found. */
  present: timeSchema,
})
export type ClockJump = z.infer<typeof clockJumpSchema>

export const clockCalls = {
  /** Somebody says that the clock is right. Until then nothing is cleared away by its age. */
  'clock.confirm': call(z.object(acting), none),
} as const

export const clockEvents = {
  'clock.changed': z.object({ jump: clockJumpSchema.nullable() }),
} as const
