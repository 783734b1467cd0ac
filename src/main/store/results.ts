/** Results of parts, as machines are told them: one for each part, stored together with its verdict. */
import { z } from 'zod'
import type { LivePart } from '../../shared/live.ts'
import {
  type Cause,
  causeSchema,
  machineVerdictSchema,
  type ResultDocument,
  resultDocumentSchema,
} from '../../shared/result.ts'
import { timeSchema } from '../../shared/values.ts'
import type { Database } from './database.ts'
import { countRow, jsonText, toJson } from './row.ts'

const causes = { good: 'passed', flagged: 'flagged', refused: 'refused' } as const
const numberRow = z.object({ number: z.int().nonnegative() })

/** Numbers that were given before a backup took the place of the database that had them, for each database. */
const givenBefore = new WeakMap<Database, number>()

function numbersBefore(db: Database): number {
  const known = givenBefore.get(db)
  if (known !== undefined) return known
  const sql = `SELECT coalesce(max(json_extract(detail, '$.numbersGiven')), 0) AS number FROM audit
    WHERE action = 'workspace.restored'`
  const number = db.get(numberRow, sql)?.number ?? 0
  givenBefore.set(db, number)
  return number
}

/**
 * The newest number; 0 before the first result. After a backup was restored, that of the database before it: a receiver
 * that has had a number takes no other result by it.
 */
export function newestNumber(db: Database): number {
  const stored = db.get(numberRow, 'SELECT coalesce(max(number), 0) AS number FROM result')?.number ?? 0
  return Math.max(stored, numbersBefore(db))
}

/**
 * Adds the result of a part that has its verdict. Where it was late, the machine has been told so, and that stays. To be
 * called in the transaction that stores the verdict.
 */
export function addResult(db: Database, part: LivePart): void {
  if (part.verdict === null) throw new RangeError(`part ${part.id} has no verdict`)
  add(db, part, causes[part.verdict])
}

/** @returns whether it is told now, and was not before */
export const addLateResult = (db: Database, part: LivePart): boolean => add(db, part, 'late')

const add = (db: Database, part: LivePart, cause: Cause): boolean =>
  insert(
    db,
    { ...part, cause, at: part.judgedAt ?? db.now(), viewed: null },
    part.partNumber === null ? {} : { partNumber: part.partNumber },
  )

/** What a result tells of a photograph. */
interface ToldView {
  part: number
  view: string
  file: string
  arrivedAt: number
  verdict: LivePart['verdict']
  score: number | null
  threshold: number | null
  run: string | null
  point: number | null
}

/**
 * Adds the result of a part with several views: of the first of them, with the score of the one that decided.
 * @returns whether it is told now, and was not before
 */
export function addViewedResult(
  db: Database,
  part: {
    id: number
    watch: string
    number: string
    cause: Cause
    at: number
    views: readonly ToldView[]
  },
): boolean {
  const { id: viewed, watch, number, cause, at, views } = part
  const [first] = views
  const decided = deciding(views)
  if (first === undefined || decided === undefined) throw new RangeError(`part ${viewed} has no view`)
  const { file, score, threshold, run, point } = decided
  const { arrivedAt } = first
  const told = { id: first.part, viewed, watch, file, score, threshold, run, point, arrivedAt, cause, at }
  return insert(db, told, {
    partNumber: number,
    views: views.map((one) => ({
      view: one.view,
      part: one.part,
      file: one.file,
      verdict: one.verdict,
      score: one.score,
      threshold: one.threshold,
    })),
  })
}

/** The view whose score is the largest share of its threshold, among flagged ones where there are some. */
function deciding<V extends ToldView>(views: readonly V[]): V | undefined {
  const flagged = views.filter(({ verdict }) => verdict === 'flagged')
  const refused = views.filter(({ verdict }) => verdict === 'refused')
  const among = flagged.length > 0 ? flagged : refused.length > 0 ? refused : views
  const share = ({ score, threshold }: V): number =>
    score === null || threshold === null ? Number.NEGATIVE_INFINITY : score / (threshold || 1)
  return among.toSorted((a, b) => share(b) - share(a))[0]
}

function insert(
  db: Database,
  part: Pick<LivePart, 'id' | 'watch' | 'file' | 'score' | 'threshold' | 'run' | 'point' | 'arrivedAt'> & {
    cause: Cause
    at: number
    viewed: number | null
  },
  more: Pick<ResultDocument, 'partNumber' | 'views'>,
): boolean {
  const { cause, at } = part
  const number = newestNumber(db) + 1
  const document: ResultDocument = {
    format: 'fanoscope.result/1',
    number,
    point: pointOf(db, part),
    part: part.id,
    file: part.file,
    verdict: cause === 'passed' ? 'good' : 'reject',
    cause,
    score: part.score,
    threshold: part.threshold,
    run: part.run,
    operatingPoint: part.point,
    arrivedAt: new Date(part.arrivedAt).toISOString(),
    judgedAt: new Date(at).toISOString(),
    ...more,
  }
  const { changes } = db.run(
    `INSERT INTO result (number, point, part_id, verdict, cause, score, threshold, run_id, operating_point_id, judged_at,
       document, viewed_part_id, outputs)
     VALUES ($number, $point, $part, $verdict, $cause, $score, $threshold, $run, $operatingPoint, $at, $document,
       $viewed, (SELECT recipe_use.outputs FROM live_part JOIN recipe_use ON recipe_use.id = live_part.recipe_use_id
         WHERE live_part.id = $part))
     ON CONFLICT DO NOTHING`,
    {
      number,
      point: document.point,
      part: part.id,
      viewed: part.viewed,
      verdict: document.verdict,
      cause,
      score: part.score,
      threshold: part.threshold,
      run: part.run,
      operatingPoint: part.point,
      at,
      document: toJson(resultDocumentSchema, document),
    },
  )
  return changes > 0
}

const pointRow = z.object({ point: z.string() })
function pointOf(db: Database, { watch }: Pick<LivePart, 'watch'>): string {
  const row = db.get(pointRow, 'SELECT point FROM live_watch WHERE id = $watch', { watch })
  if (row === undefined) throw new RangeError(`there is no watch ${watch}`)
  return row.point
}

export interface Result {
  number: number
  document: ResultDocument
}
const resultRow = z.object({ number: z.int(), document: jsonText(resultDocumentSchema) })

/** Condition: the recipe that judged has this output, or all; $output null: whichever output. */
const isFor = '($output IS NULL OR outputs IS NULL OR $output IN (SELECT value FROM json_each(outputs)))'

/** The oldest results after a number. @param output only those that are for it */
export const resultsAfter = (
  db: Database,
  point: string,
  number: number,
  limit: number,
  output: number | null = null,
): Result[] =>
  db.all(
    resultRow,
    `SELECT number, document FROM result
     WHERE point = $point AND number > $number AND document IS NOT NULL AND ${isFor}
     ORDER BY number LIMIT $limit`,
    { point, number, limit, output },
  )

export const countAfter = (
  db: Database,
  point: string,
  number: number,
  output: number | null = null,
): number =>
  db.get(
    countRow,
    `SELECT count(*) AS n FROM result WHERE point = $point AND number > $number AND ${isFor}`,
    { point, number, output },
  )?.n ?? 0

const partRow = z.object({
  number: z.int(),
  verdict: machineVerdictSchema,
  cause: causeSchema,
  at: timeSchema,
})

/** What the machine was told of a part, or of that which it is a view of; undefined where it was told nothing. */
export const resultOfPart = (db: Database, part: number): z.output<typeof partRow> | undefined =>
  db.get(
    partRow,
    `SELECT number, verdict, cause, judged_at AS at FROM result
     WHERE part_id = $part OR viewed_part_id = (SELECT viewed_part_id FROM live_part WHERE id = $part) LIMIT 1`,
    { part },
  )

/** Results of an inspection point that say that a part was late, since a time. */
export const countLate = (db: Database, point: string, since: number): number =>
  db.get(
    countRow,
    `SELECT count(*) AS n FROM result WHERE point = $point AND cause = 'late' AND judged_at >= $since`,
    { point, since },
  )?.n ?? 0

/**
 * Empties results of an inspection point that need not be sent any more, but for the newest: their rows stay.
 * @param through the newest result that every output of the point had
 * @returns how many were emptied
 */
export function emptyResults(
  db: Database,
  { point, through, keep, limit }: { point: string; through: number; keep: number; limit: number },
): number {
  return db.run(
    `UPDATE result SET document = NULL WHERE number IN (
       SELECT number FROM result WHERE document IS NOT NULL AND number <= $last AND point = $point
       ORDER BY number LIMIT $limit)`,
    { point, last: Math.min(through, newestNumber(db) - keep), limit },
  ).changes
}
