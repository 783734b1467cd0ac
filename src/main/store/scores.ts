import { z } from 'zod'
import { Failure } from '../../shared/failure.ts'
import { type Label, labelSchema, type Split, splitSchema } from '../../shared/image.ts'
import { messageSchema } from '../../shared/messages/message.ts'
import { type Decision, decisionKindSchema, decisionSchema } from '../../shared/review.ts'
import { runSchema } from '../../shared/run.ts'
import { type Score, scoreSchema } from '../../shared/score.ts'
import { type Id, type ImageId, imageIdSchema } from '../../shared/values.ts'
import { recordAudit } from './audit.ts'
import type { Database, SqlValues } from './database.ts'
import { countRow, flag, float32Blob, jsonText, toFloat32Blob, toJson } from './row.ts'
import { findRun } from './runs.ts'

/** The Failure `not-scored` for a run that has no score in a split. */
export const notScored = (run: Id, split: Split): Failure => new Failure('not-scored', { run, split })

const columns = `run_id AS runId, image_id AS imageId, score, calibrated, tiles, map_file AS mapFile,
  map_scale AS mapScale, map_width AS mapWidth, map_height AS mapHeight,
  reconstruction_file AS reconstructionFile, warnings, scored_at AS scoredAt`
const storedMessages = z.array(messageSchema)
const namesSchema = runSchema.shape.components.unwrap()
const scoreRow = scoreSchema.extend({ warnings: jsonText(storedMessages) })

export type NewScore = Omit<Score, 'runId' | 'scoredAt'> & {
  /** [tiles, components] in the order of the run's component names. */
  components: Float32Array
}

/**
 * Stores the scores of some images in one transaction; earlier scores of the same images are replaced. The first call
 * for a run fixes the names of its components.
 *
 * @param audited `later` where the audit will record the scores together with the verdicts that they lead to
 */
export function saveScores(
  db: Database,
  runId: Id,
  componentNames: readonly string[],
  scores: readonly NewScore[],
  audited: 'now' | 'later' = 'now',
): void {
  db.transaction(() => {
    const { components } = findRun(db, runId)
    if (components === null) {
      db.run('UPDATE run SET components = $names WHERE id = $runId', {
        runId,
        names: toJson(namesSchema, componentNames),
      })
    } else if (JSON.stringify(components) !== JSON.stringify(componentNames)) {
      throw new Failure('score-components', {
        run: runId,
        components: [...components],
        expected: [...componentNames],
      })
    }
    for (const { components: values, warnings, ...rest } of scores) {
      if (values.length !== rest.tiles * componentNames.length) {
        throw new RangeError(
          `${values.length} components for ${rest.tiles} tiles of ${componentNames.length}`,
        )
      }
      db.run(
        `INSERT INTO score (run_id, image_id, score, calibrated, tiles, components, map_file, map_scale, map_width,
           map_height, reconstruction_file, warnings, scored_at)
         VALUES ($runId, $imageId, $score, $calibrated, $tiles, $components, $mapFile, $mapScale, $mapWidth,
           $mapHeight, $reconstructionFile, $warnings, $now)
         ON CONFLICT (run_id, image_id) DO UPDATE SET score = excluded.score, calibrated = excluded.calibrated,
           tiles = excluded.tiles, components = excluded.components, map_file = excluded.map_file,
           map_scale = excluded.map_scale, map_width = excluded.map_width, map_height = excluded.map_height,
           reconstruction_file = excluded.reconstruction_file, warnings = excluded.warnings,
           scored_at = excluded.scored_at`,
        {
          ...rest,
          runId,
          components: toFloat32Blob(values),
          warnings: toJson(storedMessages, warnings),
          now: db.now(),
        },
      )
    }
    if (audited === 'later') return
    const ids = scores.map(({ imageId }) => imageId)
    recordAudit(db, { action: 'scoring.stored', run: runId, detail: { images: idRanges(ids) } })
  })
}

/** Ids as a text like `1-5, 8`, which is short because ids mostly follow each other. */
export function idRanges(ids: readonly ImageId[]): string {
  const ranges: { first: number; last: number }[] = []
  for (const id of [...ids].sort((a, b) => a - b)) {
    const range = ranges.at(-1)
    if (range && id <= range.last + 1) range.last = id
    else ranges.push({ first: id, last: id })
  }
  return ranges.map(({ first, last }) => (first === last ? `${first}` : `${first}-${last}`)).join(', ')
}

export const scoreOf = (db: Database, runId: Id, imageId: ImageId): Score | undefined =>
  db.get(scoreRow, `SELECT ${columns} FROM score WHERE run_id = $runId AND image_id = $imageId`, {
    runId,
    imageId,
  })

/** Runs that have an anomaly map of the image, the newest first. */
export const runsWithMap = (db: Database, imageId: ImageId): Id[] =>
  db
    .all(
      z.object({ id: z.string() }),
      `SELECT run_id AS id FROM score WHERE image_id = $imageId AND map_file IS NOT NULL ORDER BY scored_at DESC, run_id`,
      { imageId },
    )
    .map(({ id }) => id)

/** What scoring measured on each tile: Float32Array [tiles, components]. */
export const componentsOf = (
  db: Database,
  runId: Id,
  imageId: ImageId,
): { tiles: number; components: Float32Array } | undefined =>
  db.get(
    z.object({ tiles: z.int(), components: float32Blob }),
    'SELECT tiles, components FROM score WHERE run_id = $runId AND image_id = $imageId',
    { runId, imageId },
  )

const scoredRow = z.object({
  imageId: imageIdSchema,
  split: splitSchema,
  label: labelSchema,
  defectType: z.string().nullable(),
  score: z.number(),
  tiles: z.int(),
  components: float32Blob,
  mapFile: z.string().nullable(),
  maskSha256: z.string().nullable(),
})
/** A scored image with its ground truth, for evaluation, thresholds and another kind of score. */
export type ScoredImage = z.output<typeof scoredRow>

/** The scored images of a run that are still in the dataset, in the order of import, row by row. */
export function iterateScores(
  db: Database,
  runId: Id,
  filter: { split?: Split | undefined; label?: Label | undefined } = {},
): Generator<ScoredImage> {
  const terms = ['score.run_id = $runId', 'image.removed_at IS NULL']
  const values: SqlValues = { runId }
  if (filter.split !== undefined) {
    terms.push('image.split = $split')
    values.split = filter.split
  }
  if (filter.label !== undefined) {
    terms.push('image.label = $label')
    values.label = filter.label
  }
  return db.iterate(
    scoredRow,
    `SELECT score.image_id AS imageId, image.split, image.label, image.defect_type AS defectType, score.score,
       score.tiles, score.components, score.map_file AS mapFile, image.mask_sha256 AS maskSha256
     FROM score JOIN image ON image.id = score.image_id
     WHERE ${terms.join(' AND ')} ORDER BY score.image_id`,
    values,
  )
}

/** Stores scores that were recomputed with another kind, another k or another reduction of tiles, and records it. */
export function updateScores(
  db: Database,
  runId: Id,
  scores: Iterable<{ imageId: ImageId; score: number; calibrated: number | null }>,
): void {
  db.transaction(() => {
    let images = 0
    for (const { imageId, score, calibrated } of scores) {
      db.run(
        'UPDATE score SET score = $score, calibrated = $calibrated WHERE run_id = $runId AND image_id = $imageId',
        { runId, imageId, score, calibrated },
      )
      images += 1
    }
    recordAudit(db, { action: 'scoring.changed', run: runId, detail: { images } })
  })
}

const queueRow = z.object({
  imageId: imageIdSchema,
  file: z.string(),
  width: z.int(),
  height: z.int(),
  split: splitSchema,
  label: labelSchema,
  defectType: z.string().nullable(),
  score: z.number(),
  calibrated: z.number().nullable(),
  tiles: z.int(),
  components: float32Blob,
  hasMap: flag,
  hasReconstruction: flag,
  hasMask: flag,
  mapScale: z.number().nullable(),
  decision: jsonText(decisionSchema).nullable(),
})
/** An image in the review queue, with the valid decision: the newest that was not undone. */
export type QueueRow = Omit<z.output<typeof queueRow>, 'decision'> & { decision: Decision | null }

export type QueueOrder = 'score' | 'score-ascending' | 'threshold' | 'time' | 'file'

export interface QueueFilter {
  runId: Id
  split?: Split | undefined
  /** Whether to list only images without a valid decision. */
  undecided?: boolean
  /** See `reviewViewSchema` of the contract. */
  view?: 'all' | 'second' | 'disagreements'
  /** The operator who reviews in the view `second`. */
  operatorId?: number | null
}

const orders: Record<QueueOrder, string> = {
  score: 'score.score DESC, score.image_id',
  'score-ascending': 'score.score ASC, score.image_id DESC',
  threshold: 'abs(score.score - $threshold), score.image_id',
  // Ids are assigned in order of arrival.
  time: 'score.image_id DESC',
  file: 'image.file, score.image_id',
}

/** Joins the newest decision on the image, whichever run it was made with. */
const standing = (which: string): string => `LEFT JOIN decision ON decision.id = (
  SELECT max(d.id) FROM decision AS d WHERE d.image_id = score.image_id AND d.undone_at IS NULL ${which})`

/**
 * The decision that each view shows: the view `second` hides what others decided, and a disagreement stays open until
 * it is settled.
 */
const shownDecision = {
  all: '',
  second: 'AND d.operator_id = $operatorId',
  disagreements: "AND d.role = 'settle'",
}

const viewTerms = {
  all: [],
  second: [
    `EXISTS (SELECT 1 FROM decision AS o WHERE o.image_id = score.image_id AND o.undone_at IS NULL
      AND o.operator_id <> $operatorId)`,
    `NOT EXISTS (SELECT 1 FROM decision AS o WHERE o.image_id = score.image_id AND o.undone_at IS NULL
      AND o.operator_id = $operatorId AND o.role <> 'blind')`,
  ],
  // Only the newest decision of each operator counts.
  disagreements: [
    `(SELECT count(DISTINCT o.decision) FROM decision AS o
      WHERE o.image_id = score.image_id AND o.undone_at IS NULL AND o.role <> 'settle'
        AND o.id = (SELECT max(n.id) FROM decision AS n WHERE n.image_id = o.image_id
          AND n.operator_id = o.operator_id AND n.undone_at IS NULL AND n.role <> 'settle')) > 1`,
  ],
}

function queueSource(filter: QueueFilter): { sql: string; values: SqlValues } {
  const terms = ['score.run_id = $runId', 'image.removed_at IS NULL']
  const values: SqlValues = { runId: filter.runId }
  if (filter.split !== undefined) {
    terms.push('image.split = $split')
    values.split = filter.split
  }
  if (filter.undecided) terms.push('decision.id IS NULL')
  const view = filter.view ?? 'all'
  terms.push(...viewTerms[view])
  if (view === 'second') values.operatorId = filter.operatorId ?? 0
  return {
    sql: `FROM score JOIN image ON image.id = score.image_id ${standing(shownDecision[view])} WHERE ${terms.join(' AND ')}`,
    values,
  }
}

export interface QueuePage {
  order?: QueueOrder
  /** The threshold for the order by nearness to it; without one, the order is by score. */
  threshold?: number | null
  offset?: number
  limit?: number
}

/** The query of `listQueue`. */
export function queueQuery(filter: QueueFilter, page: QueuePage = {}): { sql: string; values: SqlValues } {
  const { offset = 0, limit = -1, threshold = null } = page
  const order = page.order === 'threshold' && threshold === null ? 'score' : (page.order ?? 'score')
  const { sql, values } = queueSource(filter)
  return {
    sql: `SELECT score.image_id AS imageId, image.file, image.width, image.height, image.split, image.label,
       image.defect_type AS defectType, score.score, score.calibrated, score.tiles, score.components,
       score.map_file IS NOT NULL AS hasMap,
       score.reconstruction_file IS NOT NULL AS hasReconstruction, image.mask_sha256 IS NOT NULL AS hasMask,
       score.map_scale AS mapScale,
       CASE WHEN decision.id IS NULL THEN NULL ELSE json_object('id', decision.id, 'runId', decision.run_id,
         'imageId', decision.image_id, 'operatorId', decision.operator_id, 'decision', decision.decision,
         'defectType', decision.defect_type, 'note', decision.note, 'score', decision.score,
         'decidedAt', decision.decided_at, 'undoneAt', decision.undone_at, 'undoneBy', decision.undone_by)
       END AS decision
     ${sql} ORDER BY ${orders[order]} LIMIT $limit OFFSET $offset`,
    values: { ...values, offset, limit, ...(order === 'threshold' ? { threshold } : {}) },
  }
}

/** A page of the review queue. */
export function listQueue(db: Database, filter: QueueFilter, page: QueuePage = {}): QueueRow[] {
  const { sql, values } = queueQuery(filter, page)
  return db.all(queueRow, sql, values)
}

/** The length of the queue, and the numbers of decisions on its images. */
export function countQueue(
  db: Database,
  filter: QueueFilter,
): { total: number; decided: number; accepted: number; rejected: number } {
  const { sql, values } = queueSource(filter)
  const count = z.int().nonnegative()
  const row = z.object({ total: count, decided: count, accepted: count, rejected: count })
  const found = db.get(
    row,
    `SELECT count(*) AS total, count(decision.id) AS decided,
       count(*) FILTER (WHERE decision.decision = 'accept') AS accepted,
       count(*) FILTER (WHERE decision.decision = 'reject') AS rejected ${sql}`,
    values,
  )
  return found ?? { total: 0, decided: 0, accepted: 0, rejected: 0 }
}

const waitingRow = z.object({ split: splitSchema, n: z.int().nonnegative() })

/** How many scored parts of each split nobody has decided on. */
export function countWaiting(db: Database, runId: Id): Record<Split, number> {
  const { sql, values } = queueSource({ runId, undecided: true })
  const waiting = { train: 0, validation: 0, test: 0, live: 0 }
  for (const { split, n } of db.all(
    waitingRow,
    `SELECT image.split, count(*) AS n ${sql} GROUP BY image.split`,
    values,
  )) {
    waiting[split] = n
  }
  return waiting
}

/** How many live parts have a score of the run. */
export const countLiveScored = (db: Database, runId: Id): number =>
  db.get(
    countRow,
    `SELECT count(*) AS n FROM image JOIN score ON score.run_id = $runId AND score.image_id = image.id
     WHERE image.split = 'live' AND image.removed_at IS NULL AND image.dataset_id IN (
       SELECT dataset_id FROM live_watch UNION SELECT dataset_id FROM run WHERE id = $runId)`,
    { runId },
  )?.n ?? 0

const opinionRow = z.object({
  operator: z.string(),
  decision: decisionKindSchema,
  defectType: z.string().nullable(),
  note: z.string().nullable(),
})

/** The newest decision of each operator about a part, in the order in which they were made. */
export const opinionsOn = (db: Database, imageId: ImageId): z.output<typeof opinionRow>[] =>
  db.all(
    opinionRow,
    `SELECT operator.name AS operator, o.decision, o.defect_type AS defectType, o.note
     FROM decision AS o JOIN operator ON operator.id = o.operator_id
     WHERE o.image_id = $imageId AND o.undone_at IS NULL AND o.role <> 'settle'
       AND o.id = (SELECT max(n.id) FROM decision AS n WHERE n.image_id = o.image_id
         AND n.operator_id = o.operator_id AND n.undone_at IS NULL AND n.role <> 'settle')
     ORDER BY o.id`,
    { imageId },
  )

const undecidedRow = z.object({ id: imageIdSchema, score: z.number() })

/** Images of the queue on which no decision stands, with their scores. */
export function undecidedOf(
  db: Database,
  filter: Omit<QueueFilter, 'undecided'>,
): z.output<typeof undecidedRow>[] {
  const { sql, values } = queueSource({ ...filter, undecided: true })
  return db.all(undecidedRow, `SELECT score.image_id AS id, score.score ${sql}`, values)
}
