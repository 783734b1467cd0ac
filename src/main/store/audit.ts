/**
 * The audit: what was done, by whom and when, in rows that are only ever added. Each row has the SHA-256 of itself
 * together with the hash of the row before it, so that any later change is found and its row can be named.
 */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { type AuditEntry, auditEntrySchema } from '../../shared/audit.ts'
import { type Message, message, type Params } from '../../shared/messages/message.ts'
import type { JsonObject } from '../../shared/values.ts'
import { keepHead } from './audit-heads.ts'
import type { Database, SqlValues } from './database.ts'
import { changedParts } from './live-checksum.ts'
import { countRow, jsonText } from './row.ts'

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
  | 'model.promoted'
  | 'model.rolled-back'
  | 'model.imported'
  | 'export.written'
  | 'live.judged'
  | 'live.model-taken'
  | 'live.model-refused'
  | 'live.cleared'
  | 'audit.lost'
  | 'workspace.restored'

export interface NewAuditEntry {
  action: AuditAction
  /** The operator's name; null where nobody is known. */
  operator?: string | null
  run?: string | null
  dataset?: string | null
  image?: number | null
  /** Further details, as plain JSON. */
  detail?: JsonObject
}

/** The hash before the first row. */
export const genesis = '0'.repeat(64)

const columns = 'id, at, action, operator, run, dataset, image, detail, previous, hash'
const storedRow = auditEntrySchema.extend({ detail: z.string() })
export type StoredAuditRow = z.output<typeof storedRow>
const entryRow = auditEntrySchema.extend({ detail: jsonText(auditEntrySchema.shape.detail) })

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

/** The hash of a row: over the hash before it, and over the row as canonical JSON; `detail` is its stored text. */
export function auditHash(row: Omit<StoredAuditRow, 'hash'>): string {
  const { previous, ...content } = row
  return createHash('sha256')
    .update(`${previous}\n${canonicalJson(content)}`)
    .digest('hex')
}

/**
 * Adds a row and returns its number. Call it inside the transaction that does what the row records, so that either
 * both are stored or neither.
 */
export function recordAudit(db: Database, entry: NewAuditEntry): number {
  const { action, operator = null, run = null, dataset = null, image = null, detail = {} } = entry
  return db.transaction(() => {
    const last = db.get(
      z.object({ id: z.int(), hash: z.string() }),
      'SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1',
    )
    const row = {
      id: (last?.id ?? 0) + 1,
      at: db.now(),
      action,
      operator,
      run,
      dataset,
      image,
      detail: canonicalJson(detail),
      previous: last?.hash ?? genesis,
    }
    const hash = auditHash(row)
    db.run(
      `INSERT INTO audit (${columns})
       VALUES ($id, $at, $action, $operator, $run, $dataset, $image, $detail, $previous, $hash)`,
      { ...row, hash },
    )
    keepHead(db, { id: row.id, hash, at: row.at })
    return row.id
  })
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

/** All rows of the audit, oldest first, one by one. */
export function iterateAudit(db: Database, filter: AuditFilter = {}): Generator<AuditEntry> {
  const { sql, values } = where(filter)
  return db.iterate(entryRow, `SELECT ${columns} FROM audit ${sql} ORDER BY id`, values)
}

/** A row at which the chain is broken, and how: a message of the topic `reason`. */
export interface AuditBreak extends Message {
  id: number
}

export interface AuditCheck {
  rows: number
  /**
   * The hash of the newest row. If it is written down elsewhere, it later proves that no rows were cut off or
   * rewritten.
   */
  head: string
  breaks: AuditBreak[]
}

/** The most breaks that are listed; the first says where to look. */
const listedBreaks = 100

/** Checks the whole chain of hashes. 100,000 rows take about a second. */
export function checkAudit(db: Database): AuditCheck {
  const breaks: AuditBreak[] = []
  let rows = 0
  let head = genesis
  let expected = 1
  const report = (id: number, how: Message): void => {
    if (breaks.length < listedBreaks) breaks.push({ id, ...how })
  }
  for (const raw of db.iterate(z.unknown(), `SELECT ${columns} FROM audit ORDER BY id`)) {
    rows++
    const parsed = storedRow.safeParse(raw)
    if (!parsed.success) {
      const { id } = z.object({ id: z.int().catch(expected) }).parse(raw)
      report(id, message('audit-row-form', { row: id }))
      head = z.object({ hash: z.string().catch(head) }).parse(raw).hash
      expected = id + 1
      continue
    }
    const row = parsed.data
    const { hash, ...content } = row
    if (row.id !== expected) {
      const last = row.id - 1
      report(
        expected,
        last === expected
          ? message('audit-row-missing', { row: expected })
          : message('audit-rows-missing', { first: expected, last }),
      )
    }
    if (auditHash(content) !== hash) {
      report(row.id, message('audit-row-changed', rowParams(row)))
    } else if (row.id === expected && row.previous !== head && breaks.at(-1)?.id !== row.id - 1) {
      report(row.id, message('audit-row-unlinked', rowParams(row)))
    } else if (row.action === 'live.judged') {
      const parts = changedParts(db, row.detail)
      if (parts !== null) {
        report(row.id, message('audit-live-parts', { parts, row: row.id }))
      }
    }
    head = hash
    expected = row.id + 1
  }
  const last = db.get(z.object({ seq: z.int() }), "SELECT seq FROM sqlite_sequence WHERE name = 'audit'")
  if (last && last.seq >= expected) {
    report(expected, message('audit-end-missing', { last: expected - 1, written: last.seq }))
  }
  return { rows, head, breaks }
}

const rowParams = ({ id, action, at }: StoredAuditRow): Params => ({
  row: id,
  action,
  at: new Date(at).toISOString(),
})
