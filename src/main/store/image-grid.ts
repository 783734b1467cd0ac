/**
 * Queries for the grid of a dataset, with any filter and order. The ids of all matching images are found in order
 * using indexes alone; only the rows of the page that is shown are read.
 */
import { z } from 'zod'
import { type GridFilter, type GridImage, type GridSort, gridImageSchema } from '../../shared/dataset.ts'
import { messageSchema } from '../../shared/messages/message.ts'
import { decisionKindSchema } from '../../shared/review.ts'
import { type Id, type ImageId, imageIdSchema } from '../../shared/values.ts'
import type { Database, SqlValues } from './database.ts'
import { jsonText } from './row.ts'

const standing = `(SELECT d.decision FROM decision AS d
  WHERE d.image_id = image.id AND d.undone_at IS NULL ORDER BY d.id DESC LIMIT 1)`

const decided = 'EXISTS (SELECT 1 FROM decision AS d WHERE d.image_id = image.id AND d.undone_at IS NULL)'

/** The index for each order; if none is named, the query planner may choose the index of a filter and sort. */
const orders = {
  added: { index: 'image_in_order', by: 'image.id' },
  file: { index: 'image_by_name', by: 'image.file' },
  date: { index: 'image_by_time', by: 'image.imported_at' },
} as const

const idList = z.object({ ids: jsonText(z.array(imageIdSchema)) })

/**
 * The ids that a query gives, in its order, as one row: reading a hundred thousand rows would take most of the time.
 */
function idsOf(db: Database, query: string, values: SqlValues): ImageId[] {
  // With the limit, SQLite does not leave out the order of the inner query.
  const sql = `SELECT json_group_array(id) AS ids FROM (${query} LIMIT -1)`
  return db.get(idList, sql, values)?.ids ?? []
}

/** The ids of a dataset's images by any order except by score. */
function imagesOf(
  db: Database,
  datasetId: Id,
  filter: GridFilter,
  sort: { by: keyof typeof orders; descending: boolean },
): ImageId[] {
  const terms = [
    'image.dataset_id = $datasetId',
    filter.removed ? 'image.removed_at > 0' : 'image.removed_at IS NULL',
  ]
  const values: SqlValues = { datasetId }
  const add = (term: string, name: string, value: string | number | undefined): void => {
    if (value === undefined) return
    terms.push(term)
    values[name] = value
  }
  add('image.split = $split', 'split', filter.split)
  add('image.label = $label', 'label', filter.label)
  add('image.defect_type = $defectType', 'defectType', filter.defectType)
  add('image.imported_at >= $after', 'after', filter.importedFrom)
  add('image.imported_at < $before', 'before', filter.importedBefore)
  if (filter.text !== undefined && filter.text !== '') {
    add("image.file LIKE $text ESCAPE '\\'", 'text', `%${filter.text.replace(/[\\%_]/g, '\\$&')}%`)
  }
  if (filter.decision === 'none') terms.push(`NOT ${decided}`)
  else if (filter.decision !== undefined) {
    terms.push(decided)
    add(`${standing} = $decision`, 'decision', filter.decision)
  }
  const { index, by } = orders[sort.by]
  const direction = sort.descending ? 'DESC' : 'ASC'
  const order = `${by} ${direction}${sort.by === 'added' ? '' : `, image.id ${direction}`}`
  return idsOf(
    db,
    `SELECT image.id AS id FROM image INDEXED BY ${index} WHERE ${terms.join(' AND ')} ORDER BY ${order}`,
    values,
  )
}

/** The ids of images of any dataset, ordered by the scores of a run. */
function scoredOf(db: Database, filter: GridFilter, descending: boolean): ImageId[] {
  const terms = ['run_id = $run']
  const values: SqlValues = { run: filter.run ?? '' }
  if (filter.scoreFrom !== undefined) {
    terms.push('score >= $from')
    values.from = filter.scoreFrom
  }
  if (filter.scoreTo !== undefined) {
    terms.push('score <= $to')
    values.to = filter.scoreTo
  }
  return idsOf(
    db,
    `SELECT image_id AS id FROM score INDEXED BY score_queue WHERE ${terms.join(' AND ')}
     ORDER BY score ${descending ? 'DESC' : 'ASC'}, image_id`,
    values,
  )
}

/**
 * The ids of all images of a filter in an order; in the order of scores, only those that have one. Images and scores
 * are read one after the other, each along an index, and matched here, which avoids a lookup for each row.
 */
export function gridOrder(db: Database, datasetId: Id, filter: GridFilter, sort: GridSort): ImageId[] {
  if (sort.by === 'score') {
    const shown = new Set(imagesOf(db, datasetId, filter, { by: 'added', descending: false }))
    return scoredOf(db, filter, sort.descending).filter((id) => shown.has(id))
  }
  const images = imagesOf(db, datasetId, filter, { ...sort, by: sort.by })
  if (filter.scoreFrom === undefined && filter.scoreTo === undefined) return images
  const scored = new Set(scoredOf(db, filter, true))
  return images.filter((id) => scored.has(id))
}

const gridRow = gridImageSchema.extend({
  warnings: jsonText(z.array(messageSchema)),
  decision: decisionKindSchema.nullable(),
})

/** The rows of images that the grid shows, in the order of the ids. */
export const gridRows = (db: Database, ids: readonly ImageId[], run: Id | undefined): GridImage[] =>
  db.all(
    gridRow,
    `SELECT image.id, image.dataset_id AS datasetId, image.sha256, image.file, image.width, image.height,
       image.channels, image.bit_depth AS bitDepth, image.peak, blob.bytes, blob.format, image.split, image.label,
       image.defect_type AS defectType, image.mask_sha256 AS maskSha256, image.part_group AS partGroup,
       image.warnings, image.imported_at AS importedAt, image.removed_at AS removedAt,
       (SELECT score FROM score WHERE run_id = $run AND image_id = image.id) AS score,
       ${standing} AS decision
     FROM json_each($ids) AS page JOIN image ON image.id = page.value JOIN blob ON blob.sha256 = image.sha256
     ORDER BY page.key`,
    { ids: JSON.stringify(ids), run: run ?? '' },
  )
