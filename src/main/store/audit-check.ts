/**
 * Checks the audit: its chain of hashes, the signatures, and whether what is stored is what its rows tell. All of it is
 * read as it was at one moment, while others go on writing.
 */
import { z } from 'zod'
import type { AuditCheck } from '../../shared/audit.ts'
import { type Message, message, type Params } from '../../shared/messages/message.ts'
import { auditHash, genesis, type StoredAuditRow, storedAuditRow } from './audit.ts'
import { keptHeads } from './audit-heads.ts'
import { createSignatureCheck, type SignatureCheck } from './audit-signatures.ts'
import type { Database } from './database.ts'
import { changedParts } from './live-checksum.ts'
import { createReplay, type Replay } from './told/replay.ts'

const checkedRow = storedAuditRow.extend({
  signedBy: z.int().nullable().catch(null),
  signature: z.instanceof(Uint8Array).nullable().catch(null),
})
type CheckedRow = z.output<typeof checkedRow>

/** The most breaks that are listed; the first says where to look. */
const listedBreaks = 100
/** Rows whose signatures are checked together: the threads of Node do that, several at once. */
const signaturesAtOnce = 256

type Break = AuditCheck['breaks'][number]

/**
 * @param known a hash that was written down elsewhere: a row has it, or the audit was cut off or made anew
 */
export const checkAudit = (db: Database, known: string | null = null): Promise<AuditCheck> =>
  db.snapshot(async () => {
    const replay = createReplay(db)
    const signatures = createSignatureCheck()
    try {
      const { breaks, rows, head } = await checkRows(db, known, signatures, replay)
      return { rows, head, breaks, signatures: signatures.result(), replay: replay.result() }
    } finally {
      replay.close()
    }
  })

async function checkRows(
  db: Database,
  known: string | null,
  signatures: SignatureCheck,
  replay: Replay,
): Promise<Pick<AuditCheck, 'breaks' | 'rows' | 'head'>> {
  const breaks: Break[] = []
  const chain = createChainCheck(db, known)
  let waiting: (Break[] | Promise<Break[]>)[] = []
  const settle = async (): Promise<void> => {
    const settled = (await Promise.all(waiting)).flat()
    waiting = []
    breaks.push(...settled.slice(0, listedBreaks - breaks.length))
  }
  const columns = 'id, at, action, operator, run, dataset, image, detail, previous, hash, stored'
  for (const raw of db.iterate(
    z.unknown(),
    `SELECT ${columns}, signed_by AS signedBy, signature FROM audit ORDER BY id`,
  )) {
    const parsed = checkedRow.safeParse(raw)
    waiting.push(parsed.success ? chain.see(parsed.data) : chain.seeUnreadable(raw))
    if (parsed.success) {
      const { data: row } = parsed
      waiting.push(signatures.see(row).then((how) => (how === null ? [] : [{ id: row.id, ...how }])))
      replay.see({ ...row, stored: row.stored ?? null })
    }
    if (waiting.length >= 2 * signaturesAtOnce) await settle()
  }
  waiting.push(chain.end())
  await settle()
  return { breaks, rows: chain.rows(), head: chain.head() }
}

interface ChainCheck {
  /** What is wrong with the next row. */
  see(row: CheckedRow): Break[]
  /** A row that is not of the form that every row has. */
  seeUnreadable(raw: unknown): Break[]
  /** What is wrong with the end. */
  end(): Break[]
  rows(): number
  head(): string
}

function createChainCheck(db: Database, known: string | null): ChainCheck {
  const kept = keptHeads(db.file)
  let isKnown = known === null || known === genesis
  let rows = 0
  let head = genesis
  let expected = 1
  let unlinked = 0

  return {
    see(row) {
      rows++
      const { hash, signedBy: _, signature: __, ...content } = row
      const found: Break[] = []
      const report = (id: number, how: Message): void => void found.push({ id, ...how })
      if (hash === known) isKnown = true
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
        unlinked = row.id + 1
      } else if (row.id === expected && row.previous !== head && row.id !== unlinked) {
        report(row.id, message('audit-row-unlinked', rowParams(row)))
      } else if (row.action === 'live.judged') {
        const parts = changedParts(db, row.detail)
        if (parts !== null) report(row.id, message('audit-live-parts', { parts, row: row.id }))
      }
      const before = kept.get(row.id)
      if (before !== undefined && before !== hash)
        report(row.id, message('audit-head-differs', { row: row.id }))
      if (found.length > 0) unlinked = row.id + 1
      head = hash
      expected = row.id + 1
      return found
    },
    seeUnreadable(raw) {
      rows++
      const { id } = z.object({ id: z.int().catch(expected) }).parse(raw)
      head = z.object({ hash: z.string().catch(head) }).parse(raw).hash
      expected = id + 1
      unlinked = id + 1
      return [{ id, ...message('audit-row-form', { row: id }) }]
    },
    end() {
      const found: Break[] = []
      if (!isKnown) found.push({ id: expected, ...message('audit-head-unknown', { hash: known }) })
      const last = db.get(z.object({ seq: z.int() }), "SELECT seq FROM sqlite_sequence WHERE name = 'audit'")
      if (last && last.seq >= expected) {
        found.push({
          id: expected,
          ...message('audit-end-missing', { last: expected - 1, written: last.seq }),
        })
      }
      return found
    },
    rows: () => rows,
    head: () => head,
  }
}

const rowParams = ({ id, action, at }: StoredAuditRow): Params => ({
  row: id,
  action,
  at: new Date(at).toISOString(),
})
