/**
 * The audit: what was done, by whom and when, in rows that are only ever added. Each row has the SHA-256 of itself
 * together with the hash of the row before it, so that any later change is found and its row can be named.
 */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { type AuditAction, type AuditEntry, auditEntrySchema } from '../../shared/audit.ts'
import { actor } from '../platform/actor.ts'
import { type AuditKey, auditKey } from '../platform/audit-key.ts'
import { type AuditDetail, auditDetails } from './audit-details.ts'
import { keepHead } from './audit-heads.ts'
import { signedText } from './audit-signatures.ts'
import type { Database, SqlValues } from './database.ts'
import { countRow, jsonText } from './row.ts'
import { type StoredRows, storedRowsSchema } from './told/stored-rows.ts'
import { takeTouched } from './told/tell-rows.ts'

interface About {
  /** The operator's name. Left out or null: whoever is acting, see `actor`. */
  operator?: string | null
  run?: string | null
  dataset?: string | null
  image?: number | null
}
/** The detail may be left out where there may be nothing in it. */
type Detailed<D> = Record<never, never> extends D ? { detail?: D } : { detail: D }
type NewAuditEntryOf<A extends AuditAction> = A extends AuditAction
  ? About & { action: A } & Detailed<AuditDetail<A>>
  : never
export type NewAuditEntry = NewAuditEntryOf<AuditAction>

/** The hash before the first row. */
export const genesis = '0'.repeat(64)

const columns = 'id, at, action, operator, run, dataset, image, detail, previous, hash'
/** A row as it is stored. `stored`: what it tells of rows of other tables, see `stored-rows.ts`. */
export const storedAuditRow = auditEntrySchema.extend({
  detail: z.string(),
  stored: z.string().nullable().optional(),
})
export type StoredAuditRow = z.output<typeof storedAuditRow>
const entryRow = auditEntrySchema.extend({ detail: jsonText(auditEntrySchema.shape.detail) })
const wholeRow = entryRow.extend({ stored: jsonText(storedRowsSchema).nullable() })
/** A row with everything that its hash is of. */
export type WholeAuditEntry = z.output<typeof wholeRow>

/** JSON with the keys of every object sorted, so that the same content always gives the same text. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`)
  return `{${members.join(',')}}`
}

/**
 * The hash of a row: over the hash before it, and over the row as canonical JSON; `detail` and `stored` are their
 * stored texts. A row that leaves nothing behind has the hash that it had before rows told of that.
 */
export function auditHash(row: Omit<StoredAuditRow, 'hash'>): string {
  const { previous, stored, ...content } = row
  return createHash('sha256')
    .update(`${previous}\n${canonicalJson(stored == null ? content : { ...content, stored })}`)
    .digest('hex')
}

/**
 * Adds a row and returns its number. Call it inside the transaction that does what the row records, so that either
 * both are stored or neither. A copy of a database that cannot be written shows the audit as it is there, without rows
 * that would be gone with the copy: then nothing is added, and the number is 0.
 */
export function recordAudit(db: Database, entry: NewAuditEntry): number {
  if (db.copyOf !== null) return 0
  return db.transaction(() => {
    const key = auditKey()
    return append(db, entry, key && { key, row: keyRow(db, key) }, takeTouched(db))
  })
}

const keyRowSchema = z.object({ id: z.int() })
/** The row that tells of this process's key, by connection: a row of the audit stays, so it is looked for once. */
const keyRows = new WeakMap<Database, { fingerprint: string; row: number }>()

/** The row that tells of a key; added where the audit does not know the key yet. */
function keyRow(db: Database, key: AuditKey): number {
  const { fingerprint, publicKey, keptBy } = key
  const found = keyRows.get(db)
  if (found?.fingerprint === fingerprint) return found.row
  const known = db.get(
    keyRowSchema,
    "SELECT id FROM audit WHERE action = 'audit.key' AND detail ->> '$.key' = $key ORDER BY id DESC LIMIT 1",
    { key: fingerprint },
  )
  const row =
    known?.id ??
    append(
      db,
      { action: 'audit.key', detail: { key: fingerprint, publicKey, keptBy } },
      { key, row: 'itself' },
      null,
    )
  // A row that is taken back with its transaction must not be named by later ones.
  db.afterCommit('audit-key', () => keyRows.set(db, { fingerprint, row }))
  return row
}

const lastRowSchema = z.object({ id: z.int(), hash: z.string() })

/**
 * Adds a row inside the transaction of `recordAudit`.
 * @param signer null: the row is not signed
 */
function append(
  db: Database,
  entry: NewAuditEntry,
  signer: { key: AuditKey; row: number | 'itself' } | null,
  stored: StoredRows | null,
): number {
  const { action, run = null, dataset = null, image = null, detail = {} } = entry
  auditDetails[action].parse(detail)
  const operator = entry.operator ?? actor()
  const last = db.get(lastRowSchema, 'SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1')
  const row = {
    id: (last?.id ?? 0) + 1,
    at: db.now(),
    action,
    // The database stores well-formed text only, and the hash must be that of what it stores.
    operator: operator?.toWellFormed() ?? null,
    run: run?.toWellFormed() ?? null,
    dataset: dataset?.toWellFormed() ?? null,
    image,
    detail: canonicalJson(detail),
    previous: last?.hash ?? genesis,
    ...(stored === null ? {} : { stored: canonicalJson(storedRowsSchema.parse(stored)) }),
  }
  const hash = auditHash(row)
  // A database that is being migrated may not have the newest column yet, nor anything to put there.
  const also = stored === null ? { column: '', value: '' } : { column: 'stored, ', value: '$stored, ' }
  db.run(
    `INSERT INTO audit (${columns}, ${also.column}signed_by, signature) VALUES ($id, $at, $action, $operator, $run,
       $dataset, $image, $detail, $previous, $hash, ${also.value}$signedBy, $signature)`,
    {
      ...row,
      hash,
      signedBy: signer === null ? null : signer.row === 'itself' ? row.id : signer.row,
      signature: signer === null ? null : signer.key.sign(signedText(row.id, hash)),
    },
  )
  keepHead(db, { id: row.id, hash, at: row.at })
  return row.id
}

export interface AuditFilter {
  /** An action, or the word before its dot: `threshold` for all of thresholds. */
  action?: string | undefined
  operator?: string | undefined
  run?: string | undefined
  dataset?: string | undefined
  image?: number | undefined
  /** Times, milliseconds; both ends included. */
  from?: number | undefined
  to?: number | undefined
}

function where(filter: AuditFilter): { sql: string; values: SqlValues } {
  const terms = ['1']
  const values: SqlValues = {}
  const add = (term: string, name: string, value: string | number | undefined): void => {
    if (value === undefined) return
    terms.push(term)
    values[name] = value
  }
  add(
    "(action = $action OR substr(action, 1, length($action) + 1) = $action || '.')",
    'action',
    filter.action,
  )
  add('operator = $operator COLLATE NOCASE', 'operator', filter.operator)
  add('run = $run', 'run', filter.run)
  add('dataset = $dataset', 'dataset', filter.dataset)
  add('image = $image', 'image', filter.image)
  add('at >= $from', 'from', filter.from)
  add('at <= $to', 'to', filter.to)
  return { sql: `WHERE ${terms.join(' AND ')}`, values }
}

export function countAudit(db: Database, filter: AuditFilter = {}): number {
  const { sql, values } = where(filter)
  return db.get(countRow, `SELECT count(*) AS n FROM audit ${sql}`, values)?.n ?? 0
}

/** A page of the audit, newest first. */
export function listAudit(
  db: Database,
  filter: AuditFilter = {},
  page: { offset: number; limit: number } = { offset: 0, limit: -1 },
): AuditEntry[] {
  const { sql, values } = where(filter)
  return db.all(
    entryRow,
    `SELECT ${columns} FROM audit ${sql} ORDER BY id DESC LIMIT $limit OFFSET $offset`,
    { ...values, ...page },
  )
}

/** All rows of the audit with everything that their hashes are of, oldest first, one by one. */
export function iterateAudit(db: Database, filter: AuditFilter = {}): Generator<WholeAuditEntry> {
  const { sql, values } = where(filter)
  return db.iterate(wholeRow, `SELECT ${columns}, stored FROM audit ${sql} ORDER BY id`, values)
}
