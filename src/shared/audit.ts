/** The audit: what was done and by whom, in rows that form a chain of hashes. */

import { z } from 'zod'
import { call, id, page } from './call.ts'
import { messageSchema } from './messages/message.ts'
import { jsonObjectSchema, sha256Schema, timeSchema } from './values.ts'

/** Everything that the audit can record. These words never change, because old rows contain them. */
export type AuditAction =
  | 'import.started'
  | 'import.images'
  | 'import.ended'
  | 'image.labeled'
  | 'image.moved'
  | 'image.removed'
  | 'image.restored'
  | 'decision.made'
  | 'decision.undone'
  | 'threshold.set'
  | 'threshold.used'
  | 'training.started'
  | 'training.ended'
  | 'scoring.stored'
  | 'dataset.curated'
  | 'dataset.region'
  | 'dataset.white'
  | 'dataset.sample-range'
  | 'dataset.frozen'
  | 'dataset.unfrozen'
  | 'dataset.renamed'
  | 'dataset.removed'
  | 'dataset.restored'
  | 'dataset.cleared'
  | 'run.renamed'
  | 'run.described'
  | 'run.archived'
  | 'run.unarchived'
  | 'run.removed'
  | 'run.restored'
  | 'run.cleared'
  | 'type.renamed'
  | 'type.removed'
  | 'type.restored'
  | 'setting.changed'
  | 'model.promoted'
  | 'model.rolled-back'
  | 'model.imported'
  | 'export.written'
  | 'inspection.added'
  | 'inspection.changed'
  | 'inspection.removed'
  | 'recipe.saved'
  | 'recipe.removed'
  | 'recipe.used'
  | 'recipe.taken'
  | 'recipe.refused'
  | 'live.judged'
  | 'live.model-taken'
  | 'live.model-refused'
  | 'live.cleared'
  | 'live.seen'
  | 'live.unseen'
  | 'output.created'
  | 'output.changed'
  | 'output.removed'
  | 'output.tested'
  | 'output.delivered'
  | 'output.away'
  | 'output.back'
  | 'live.late'
  | 'live.incomplete'
  | 'operator.pin-wrong'
  | 'audit.lost'
  | 'audit.key'
  | 'audit.told'
  | 'rows.stored'
  | 'scoring.changed'
  | 'workspace.restored'
  | 'update.started'
  | 'update.done'
  | 'update.failed'
  | 'clock.jumped'
  | 'clock.confirmed'
  | 'job.started'
  | 'job.stopped'
  | 'job.paused'
  | 'job.continued'
  | 'image.drawn'
  | 'dataset.types'
  | 'masks.imported'
  | 'operator.added'
  | 'operator.renamed'
  | 'operator.removed'
  | 'operator.restored'
  | 'operator.pin-set'
  | 'operator.pin-changed'
  | 'operator.pin-removed'
  | 'operator.pin-released'
  | 'operator.badge-set'
  | 'operator.badge-removed'
  | 'operator.badge-unknown'

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

/** A row with the names of what it is about, which no hash is made of; null where they are not known any more. */
export const namedAuditEntrySchema = auditEntrySchema.extend({
  file: z.string().nullable(),
  runName: z.string().nullable(),
})
export type NamedAuditEntry = z.infer<typeof namedAuditEntrySchema>

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

/** A row of a table that is not as the audit says, with a message of the topic `reason`. */
export const auditDifferenceSchema = messageSchema.extend({
  table: z.string(),
  /** Its key, as a JSON array. */
  row: z.string(),
})
export type AuditDifference = z.infer<typeof auditDifferenceSchema>

export const auditReplaySchema = z.object({
  /** Rows of other tables of which the audit tells all. */
  told: z.int().nonnegative(),
  /** Rows that were there before the audit began to tell of rows. */
  untold: z.int().nonnegative(),
  /** How many differences there are; not more than a hundred of them are listed. */
  differing: z.int().nonnegative(),
  differences: z.array(auditDifferenceSchema),
})
export type AuditReplay = z.infer<typeof auditReplaySchema>

export const auditCheckSchema = z.object({
  rows: z.number().int().nonnegative(),
  /**
   * The hash of the newest row. If it is written down elsewhere, it later proves that no rows were cut off or
   * rewritten.
   */
  head: z.string(),
  /** Rows at which the chain is broken, with messages of the topic `reason`. */
  breaks: z.array(messageSchema.extend({ id: z.number().int() })),
  signatures: z.object({
    /** Rows without a signature: those of before the first key, and others, which are breaks. */
    unsigned: z.int().nonnegative(),
    keys: z.array(
      z.object({
        /** SHA-256 of the public key. */
        fingerprint: z.string(),
        keptBy: z.enum(['system', 'file']),
        /** Whether it is a key of this account of this computer. */
        own: z.boolean(),
        rows: z.int().nonnegative(),
      }),
    ),
  }),
  /** What is stored, compared with what the rows of the audit tell. */
  replay: auditReplaySchema,
})
export type AuditCheck = z.infer<typeof auditCheckSchema>

export const auditCalls = {
  /** Newest first. */
  'audit.list': call(
    z.object({ filter: auditFilterSchema.default({}), ...page }),
    z.object({ total: z.number().int(), entries: z.array(namedAuditEntrySchema) }),
  ),
  /** Checks the chain of hashes from the first row to the last, and whether a row has a hash that was written down. */
  'audit.check': call(z.object({ head: sha256Schema.nullable().default(null) }), auditCheckSchema),
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
