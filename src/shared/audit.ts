/** The audit: what was done and by whom, in rows that form a chain of hashes. */

import { z } from 'zod'
import { call, id, none, page } from './call.ts'
import { messageSchema } from './messages/message.ts'
import { jsonObjectSchema, sha256Schema, timeSchema } from './values.ts'

/** A row of the audit. Rows are only ever added. */
export const auditEntrySchema = z.object({
  id: z.int().positive(),
  at: timeSchema,
  /** Such as `decision.made` or `threshold.set`. */
  action: z.string().min(1),
  /** The operator's name; null where nobody is known. */
  operator: z.string().nullable(),
  run: z.string().nullable(),
  /** The dataset's name. */
  dataset: z.string().nullable(),
  image: z.int().positive().nullable(),
  detail: jsonObjectSchema,
  /** The hash of the row before. */
  previous: sha256Schema,
  hash: sha256Schema,
})
export type AuditEntry = z.infer<typeof auditEntrySchema>

export const auditFilterSchema = z.object({
  /** An action, or the word before its dot. */
  action: z.string().max(100).optional(),
  operator: z.string().max(100).optional(),
  run: z.string().max(64).optional(),
  dataset: z.string().max(100).optional(),
  image: id.optional(),
  from: z.number().int().nonnegative().optional(),
  to: z.number().int().nonnegative().optional(),
})

export const auditCheckSchema = z.object({
  rows: z.number().int().nonnegative(),
  /** The hash of the newest row. */
  head: z.string(),
  /** Rows at which the chain is broken, with messages of the topic `reason`. */
  breaks: z.array(messageSchema.extend({ id: z.number().int() })),
})
export type AuditCheck = z.infer<typeof auditCheckSchema>

export const auditCalls = {
  /** Newest first. */
  'audit.list': call(
    z.object({ filter: auditFilterSchema.default({}), ...page }),
    z.object({ total: z.number().int(), entries: z.array(auditEntrySchema) }),
  ),
  /** Checks the chain of hashes from the first row to the last. */
  'audit.check': call(none, auditCheckSchema),
  /** Writes the rows to a file in the folder. */
  'audit.export': call(
    z.object({
      filter: auditFilterSchema.default({}),
      format: z.enum(['csv', 'json']),
      folder: z.string().min(1),
      operator: z.string().nullable().default(null),
    }),
    z.object({ file: z.string(), rows: z.number().int() }),
  ),
} as const
