/** What was delivered on which output, when, and after how many attempts. */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { recordAudit } from './audit.ts'
import type { Database } from './database.ts'
import { countAfter, newestNumber } from './results.ts'
import { countRow } from './row.ts'
import { idRanges } from './scores.ts'

/** Which output: its row. */
interface Of {
  id: number
  name: string
  point: string
}

/** Notes an attempt that failed. */
export function noteAttempt(db: Database, { id }: Of, number: number): void {
  db.run(
    `INSERT INTO delivery (output_id, number, attempts) VALUES ($id, $number, 1)
     ON CONFLICT (output_id, number) DO UPDATE SET attempts = attempts + 1`,
    { id, number },
  )
}

/** Notes results that were delivered, in the order in which they were. */
export function noteDelivered(
  db: Database,
  output: Of,
  delivered: readonly { number: number; at: number }[],
): void {
  const last = delivered.at(-1)
  if (last === undefined) return
  db.transaction(() => {
    for (const { number, at } of delivered) {
      db.run(
        `INSERT INTO delivery (output_id, number, attempts, delivered_at) VALUES ($id, $number, 1, $at)
         ON CONFLICT (output_id, number) DO UPDATE SET attempts = attempts + 1, delivered_at = $at, given_up_at = NULL`,
        { id: output.id, number, at },
      )
    }
    moveTo(db, output, last.number)
  })
}

function moveTo(db: Database, { id }: Of, through: number): void {
  db.run('UPDATE output SET through = max(through, $through) WHERE id = $id', { id, through })
}

/** Results that are not for the output, by the recipe that judged, keep nobody waiting. */
export function passOver(db: Database, output: Of): void {
  db.transaction(() => {
    if (countAfter(db, output.point, throughOf(db, output), output.id) === 0)
      moveTo(db, output, newestNumber(db))
  })
}

const throughRow = z.object({ through: z.int() })
/** The newest result that the output had, or that was given up. */
export const throughOf = (db: Database, { id }: Pick<Of, 'id'>): number =>
  db.get(throughRow, 'SELECT through FROM output WHERE id = $id', { id })?.through ?? 0

/** The newest result that every output in use of an inspection point had; null where there is none in use. */
export const throughOfAll = (db: Database, point: string): number | null =>
  db.get(
    z.object({ through: z.int().nullable() }),
    'SELECT min(through) AS through FROM output WHERE enabled = 1 AND point = $point',
    { point },
  )?.through ?? null

/**
 * Gives up the oldest results of those that wait for an output, where they are more than may wait.
 * @returns how many
 */
export function giveUpOldest(
  db: Database,
  output: Of,
  { mostWaiting, limit }: { mostWaiting: number; limit: number },
): number {
  return db.transaction(() => {
    const through = throughOf(db, output)
    const excess = Math.min(countAfter(db, output.point, through, output.id) - mostWaiting, limit)
    if (excess <= 0) return 0
    const numbers = db
      .all(
        z.object({ number: z.int() }),
        `SELECT number FROM result WHERE point = $point AND number > $through
           AND (outputs IS NULL OR $output IN (SELECT value FROM json_each(outputs)))
         ORDER BY number LIMIT $excess`,
        { point: output.point, through, excess, output: output.id },
      )
      .map(({ number }) => number)
    for (const number of numbers) {
      db.run(
        `INSERT INTO delivery (output_id, number, attempts, given_up_at) VALUES ($id, $number, 0, $now)
         ON CONFLICT (output_id, number) DO UPDATE SET given_up_at = $now`,
        { id: output.id, number, now: db.now() },
      )
    }
    moveTo(db, output, numbers.at(-1) ?? through)
    return numbers.length
  })
}

const newestRow = z.object({ number: z.int(), at: z.int() })
export const newestDelivery = (db: Database, { id }: Pick<Of, 'id'>): z.output<typeof newestRow> | null =>
  db.get(
    newestRow,
    `SELECT number, delivered_at AS at FROM delivery WHERE output_id = $id AND delivered_at IS NOT NULL
     ORDER BY number DESC LIMIT 1`,
    { id },
  ) ?? null

export const countGivenUp = (db: Database, { id }: Pick<Of, 'id'>): number =>
  db.get(countRow, 'SELECT count(*) AS n FROM delivery WHERE output_id = $id AND given_up_at IS NOT NULL', {
    id,
  })?.n ?? 0

const recordRow = z.object({
  output: z.string(),
  attempts: z.int(),
  deliveredAt: z.int().nullable(),
  givenUpAt: z.int().nullable(),
})

/** Each output on which a result was delivered, tried or given up, also those that were removed since. */
export const deliveriesOf = (db: Database, number: number): z.output<typeof recordRow>[] =>
  db.all(
    recordRow,
    `SELECT output.name AS output, attempts, delivered_at AS deliveredAt, given_up_at AS givenUpAt
     FROM delivery JOIN output ON output.id = output_id WHERE number = $number ORDER BY output.name, output.id`,
    { number },
  )

/** The most deliveries in one row of the audit. */
const deliveriesPerRow = 5000
const untoldRow = z.object({
  number: z.int(),
  attempts: z.int(),
  deliveredAt: z.int().nullable(),
  givenUpAt: z.int().nullable(),
})

/** Adds rows to the audit for deliveries that it does not contain yet, and for what was given up. */
export function recordDeliveries(db: Database, output: Of): void {
  for (;;) {
    const count = db.transaction(() => {
      const rows = db.all(
        untoldRow,
        `SELECT number, attempts, delivered_at AS deliveredAt, given_up_at AS givenUpAt FROM delivery
         WHERE output_id = $id AND audit_id IS NULL AND (delivered_at IS NOT NULL OR given_up_at IS NOT NULL)
         ORDER BY number LIMIT $deliveriesPerRow`,
        { id: output.id, deliveriesPerRow },
      )
      if (rows.length === 0) return 0
      const numbers = (which: 'deliveredAt' | 'givenUpAt'): string =>
        idRanges(rows.filter((row) => row[which] !== null).map(({ number }) => number))
      const hash = createHash('sha256')
      for (const row of rows) hash.update(`${JSON.stringify(Object.values(row))}\n`)
      const times = rows.flatMap(({ deliveredAt }) => deliveredAt ?? [])
      const audit = recordAudit(db, {
        action: 'output.delivered',
        detail: {
          output: output.id,
          name: output.name,
          results: numbers('deliveredAt'),
          givenUp: numbers('givenUpAt'),
          first: times[0] ?? null,
          last: times.at(-1) ?? null,
          sha256: hash.digest('hex'),
        },
      })
      for (const { number } of rows) {
        db.run('UPDATE delivery SET audit_id = $audit WHERE output_id = $id AND number = $number', {
          audit,
          id: output.id,
          number,
        })
      }
      return rows.length
    })
    if (count < deliveriesPerRow) return
  }
}
