/** The application itself: its version, its host and the open workspace. */

import { z } from 'zod'
import { call, none } from './call.ts'
import { engineStateSchema } from './engine.ts'
import { failureInfoSchema } from './failure-schema.ts'
import { administeredSchema } from './station-policy.ts'
import { workspaceInfoSchema } from './workspace.ts'

export const appInfoSchema = z.object({
  version: z.string(),
  host: z.enum(['electron', 'browser']),
  platform: z.string(),
  /** Folders that are suggested for a first workspace and for the sample line. */
  suggested: z.object({ workspace: z.string(), sample: z.string() }),
  recentWorkspaces: z.array(z.string()),
  workspace: workspaceInfoSchema.nullable(),
  engine: engineStateSchema,
  /** What the administrator of the plant set for this station; null where nobody did. */
  administered: administeredSchema.nullable(),
})
export type AppInfo = z.infer<typeof appInfoSchema>

export const appCalls = {
  'app.info': call(none, appInfoSchema),
} as const

export const appEvents = {
  /** Something of Fanoscope failed that nobody waited for; the program goes on. */
  'app.failed': failureInfoSchema,
} as const
