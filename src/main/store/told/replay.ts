/**
 * Replays the audit: what its rows tell, one after another, must be what is stored now. Whoever changes a decision, a
 * label or a threshold beside Fanoscope can make its checksum fit, and cannot make the audit say it.
 */
import { z } from 'zod'
import type { AuditDifference, AuditReplay } from '../../../shared/audit.ts'
import { type Message, message } from '../../../shared/messages/message.ts'
import type { Database } from '../database.ts'
import { jsonOf } from '../row.ts'
import { type Begin, beginSchema } from './begin-telling.ts'
import { differencesOf } from './compare-table.ts'
import { takeDetails } from './details-of-before.ts'
import { expectedRows } from './expected-rows.ts'
import { rowWords } from './row-words.ts'
import { keyCells, keyText, storedRowsSchema } from './stored-rows.ts'
import { untoldParts } from './tell-rows.ts'
import { toldTables } from './told-tables.ts'
import { differingVersions } from './version-images.ts'

export interface ReplayedRow {
  id: number
  action: string
  run: string | null
  image: number | null
  /** JSON text. */
  detail: string
  /** JSON text; null where the row leaves nothing behind. */
  stored: string | null
}

export interface Replay {
  /** Takes the next row of the audit. */
  see(row: ReplayedRow): void
  /** Compares what the rows told with what is stored. */
  result(): AuditReplay
  close(): void
}

/** The most differences that are listed; the others are counted. */
const listedDifferences = 100

const detailSchema = z.record(z.string(), z.unknown())

export function createReplay(db: Database): Replay {
  const expected = expectedRows()
  const found: AuditDifference[] = []
  let differing = 0
  /** Null until the audit has told of a row, or has said that it begins to. */
  let begin: Begin | null = null

  function report(table: string, part: string, how: Message): void {
    differing += 1
    if (found.length < listedDifferences) found.push({ table, row: part, ...how })
  }

  return {
    see({ id, action, run, image, detail, stored }) {
      if (action === 'audit.told' && begin === null) {
        begin = beginSchema.safeParse(jsonOf(detail)).data ?? null
      }
      if (stored !== null) {
        begin ??= { rows: {}, last: {} }
        // A row of another form was changed, and is named with the chain.
        const told = storedRowsSchema.safeParse(jsonOf(stored)).data ?? []
        for (const { table, part } of expected.take(id, told)) {
          report(table, part, message('told-twice', { row: id, what: rowWords(table, part) }))
        }
      } else if (begin === null) {
        const read = detailSchema.safeParse(jsonOf(detail))
        if (read.success) takeDetails(expected, { id, action, run, image, detail: read.data })
      }
    },
    result() {
      const waiting = new Set<string>()
      for (const { table, part } of untoldParts(db)) waiting.add(`${table} ${keyText(keyCells(part) ?? [])}`)
      const counts = { told: 0, untold: 0 }
      for (const table of toldTables) {
        const isWaiting = (part: string): boolean => waiting.has(`${table.name} ${part}`)
        for (const { part, how } of differencesOf(db, table, { expected, begin, isWaiting }, counts)) {
          report(table.name, part, how)
        }
      }
      for (const version of differingVersions(db)) {
        const part = keyText([version])
        report('dataset_version', part, message('told-version', { what: rowWords('dataset_version', part) }))
      }
      return { ...counts, differing, differences: found }
    },
    close: () => expected.close(),
  }
}
