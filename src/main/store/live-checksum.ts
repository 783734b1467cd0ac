/** The checksum of verdicts on live parts, which the audit keeps. */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { Database } from './database.ts'

const columns = `live_part.id, live_part.watch_id, live_part.file, live_part.bytes, live_part.modified_at,
  live_part.image_id, image.sha256, live_part.arrived_at, live_part.verdict, live_part.score, live_part.threshold,
  live_part.reason, live_part.judged_at, live_part.run_id, live_part.point_id`
const partRow = z.record(z.string(), z.union([z.string(), z.number(), z.null()]))

const rangesOf = (parts: string): { first: number; last: number }[] =>
  parts.split(', ').map((range) => {
    const [first = 0, last = first] = range.split('-').map(Number)
    return { first, last }
  })

/**
 * SHA-256 over everything that is stored about these parts, in the order of their numbers.
 * @param parts their numbers as `1-5, 8`
 */
export function judgedChecksum(db: Database, parts: string): string {
  const hash = createHash('sha256')
  for (const { first, last } of rangesOf(parts)) {
    const rows = db.all(
      partRow,
      `SELECT ${columns} FROM live_part LEFT JOIN image ON image.id = live_part.image_id
       WHERE live_part.id BETWEEN $first AND $last ORDER BY live_part.id`,
      { first, last },
    )
    for (const row of rows) hash.update(`${JSON.stringify(Object.values(row))}\n`)
  }
  return hash.digest('hex')
}

const pictureColumns = `image.id, image.dataset_id, image.file, image.width, image.height, image.channels,
  image.bit_depth, image.peak, image.import_id, image.imported_at, image.warnings`

/**
 * SHA-256 over what is stored of the photographs of these parts and never changes; what can be changed of them, the
 * audit tells when it is.
 */
export function picturesChecksum(db: Database, parts: string): string {
  const hash = createHash('sha256')
  for (const { first, last } of rangesOf(parts)) {
    const rows = db.all(
      partRow,
      `SELECT ${pictureColumns} FROM live_part JOIN image ON image.id = live_part.image_id
       WHERE live_part.id BETWEEN $first AND $last ORDER BY live_part.id`,
      { first, last },
    )
    for (const row of rows) hash.update(`${JSON.stringify(Object.values(row))}\n`)
  }
  return hash.digest('hex')
}

const detailSchema = z.object({ parts: z.string(), sha256: z.string(), pictures: z.string().optional() })

/**
 * The parts of a row of the audit whose stored data has changed since; null where none has.
 * @param detail of the row, as it is stored
 */
export function changedParts(db: Database, detail: string): string | null {
  const { parts, sha256, pictures } = detailSchema.parse(JSON.parse(detail))
  const isSame =
    judgedChecksum(db, parts) === sha256 &&
    (pictures === undefined || picturesChecksum(db, parts) === pictures)
  return isSame ? null : parts
}
