/** The workspace: opening and closing it, checking its files, settings kept in it. */
import { z } from 'zod'
import { acting, call, jobStarted, none } from './call.ts'
import { clockJumpSchema } from './clock.ts'
import { failureInfoSchema } from './failure-schema.ts'
import { messageSchema } from './messages/message.ts'
import { timeSchema } from './values.ts'

/** What `verify` found wrong, a message of the topic `problem`. `file` is relative to the workspace. */
export const problemSchema = messageSchema.extend({
  code: z.enum([
    'database-damaged',
    'audit-changed',
    'audit-differs',
    'row-without-parent',
    'row-changed',
    'file-missing',
    'file-changed',
    'file-unreadable',
    'mask-damaged',
    'map-missing',
    'checkpoint-missing',
    'run-file-changed',
    'file-not-in-database',
    'temporary-file',
    'label-unreadable',
  ]),
  file: z.string(),
})
export type Problem = z.infer<typeof problemSchema>

/** The report of a check of a workspace. */
export const verifyReportSchema = z.object({
  workspace: z.string(),
  ok: z.boolean(),
  images: z.int().nonnegative(),
  files: z.int().nonnegative(),
  bytes: z.int().nonnegative(),
  problems: z.array(problemSchema),
  seconds: z.number().nonnegative(),
})
export type VerifyReport = z.infer<typeof verifyReportSchema>

/** A copy of the database in the folder `backups`. */
export const databaseBackupSchema = z.object({
  file: z.string(),
  at: timeSchema,
  bytes: z.int().nonnegative(),
})

/** What is lost when a backup is restored. */
export const backupLossesSchema = z.object({
  /** False where the present database is so damaged that nobody can tell. */
  isPresentReadable: z.boolean(),
  /** How many more the present database has, by what they are; what it has no more of is left out. */
  lost: z.record(z.string(), z.int().positive()),
})
export type BackupLosses = z.infer<typeof backupLossesSchema>

export const workspaceInfoSchema = z.object({
  dir: z.string(),
  name: z.string(),
  datasets: z.number().int(),
  images: z.number().int(),
  runs: z.number().int(),
  freeBytes: z.number().nullable(),
  /** It is open to be looked at, checked and exported from; nothing in it can be changed. */
  isReadOnly: z.boolean(),
  /** What was confirmed once and is not in the database any more, as opening it found. */
  lost: failureInfoSchema.nullable(),
  /** A jump of the computer's clock that waits for an answer. */
  clock: clockJumpSchema.nullable(),
})
export type WorkspaceInfo = z.infer<typeof workspaceInfoSchema>

/** The key under which a workspace keeps what it knows of the computer's clock. */
export const clockKey = 'clock'
/** What Fanoscope itself keeps among the settings: nobody sets it. */
const keptForItself = new Set([clockKey, 'operator.badge-tries', 'training.goOn'])

export const workspaceCalls = {
  'workspace.open': call(
    z.object({
      dir: z.string().min(1),
      create: z.boolean().default(false),
      readOnly: z.boolean().default(false),
    }),
    workspaceInfoSchema,
  ),
  'workspace.close': call(none, none),
  'workspace.verify': call(none, jobStarted),
  /** Copies the database into the folder `backups`. */
  'workspace.backup': call(none, jobStarted),
  /** The copies of the database, newest first. */
  'workspace.backups': call(none, z.array(databaseBackupSchema)),
  'workspace.losses': call(z.object({ file: z.string().min(1).max(200) }), backupLossesSchema),
  /** Puts a copy in the place of the database, which is kept among the copies; closes the workspace and opens it again. */
  'workspace.restore': call(z.object({ file: z.string().min(1).max(200), ...acting }), workspaceInfoSchema),
  'setting.get': call(z.object({ key: z.string().max(100) }), z.object({ value: z.unknown() })),
  'setting.set': call(
    z.object({
      key: z
        .string()
        .max(100)
        .refine((key) => !keptForItself.has(key)),
      value: z.unknown(),
      operator: z.string().nullable().default(null),
    }),
    none,
  ),
} as const

export const workspaceEvents = {
  'workspace.changed': z.object({ workspace: workspaceInfoSchema.nullable() }),
} as const
