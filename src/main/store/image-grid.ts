/**
 * The grid of a dataset: any filter and order, a page at a time. A page is found on an index alone, and only its
 * rows are read, so that 100,000 images answer as fast as a hundred.
 */
import { z } from 'zod'
import {
  decisionKindSchema,
  type GridFilter,
  type GridImage,
  type GridSort,
  gridImageSchema,
} from '../../shared/dataset-grid.ts'
import { type Id, type ImageId, imageIdSchema } from '../../shared/domain.ts'
import type { Database, SqlValues } from './database.ts'
import { countRow, jsonText } from './row.ts'

const standing = `(SELECT d.decision FROM decision AS d
  WHERE d.image_id = image.id AND d.undone_at IS NULL ORDER BY d.id DESC LIMIT 1)`

const decided = 'EXISTS (SELECT 1 FROM decision AS d WHERE d.image_id = image.id AND d.undone_at IS NULL)'

const orders: Record<GridSort['by'], string> = {
  added: 'image.id',
  file: 'image.file',
  date: 'image.imported_at',
  score: 'score.score',
}

interface Query {
  from: string
  where: string
  order: string
  values: SqlValues
}

/** An index for each order; without one the planner may choose that of a filter and sort. */
const indexes: Record<GridSort['by'], string> = {
  added: 'INDEXED BY image_in_order',
  file: 'INDEXED BY image_by_name',
  date: 'INDEXED BY image_by_time',
  score: 'INDEXED BY image_in_order',
}

function queryOf(datasetId: Id, filter: GridFilter, sort: GridSort): Query {
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

  const byScore = filter.scoreFrom !== undefined || filter.scoreTo !== undefined
  add('score.score >= $scoreFrom', 'scoreFrom', filter.scoreFrom)
  add('score.score <= $scoreTo', 'scoreTo', filter.scoreTo)
  let from = `image ${indexes[sort.by]}`
  if (byScore || sort.by === 'score') {
    values.run = filter.run ?? ''
    terms.push('score.run_id = $run')
    // Along the scores where they say the order or few of them are asked for: an order of tables that holds.
    from = 'score INDEXED BY score_queue CROSS JOIN image ON image.id = score.image_id'
  }
  const direction = sort.descending ? 'DESC' : 'ASC'
  // The other way around for equal scores, as the index has them.
  const ties = sort.by === 'score' && sort.descending ? 'ASC' : direction
  const order = `${orders[sort.by]} ${direction}${sort.by === 'added' ? '' : `, image.id ${ties}`}`
  return { from, where: terms.join(' AND '), order, values }
}

/** How many images a filter shows; in the order of scores, only those that have one. */
export function countGrid(
  db: Database,
  datasetId: Id,
  filter: GridFilter,
  sort: GridSort = { by: 'added', descending: false },
): number {
  const { from, where, values } = queryOf(datasetId, filter, sort)
  return db.get(countRow, `SELECT count(*) AS n FROM ${from} WHERE ${where}`, values)?.n ?? 0
}

const gridRow = gridImageSchema.extend({
  warnings: jsonText(z.array(z.string())),
  decision: decisionKindSchema.nullable(),
})

export function listGrid(
  db: Database,
  datasetId: Id,
  filter: GridFilter,
  sort: GridSort,
  page: { offset: number; limit: number },
): GridImage[] {
  const { from, where, order, values } = queryOf(datasetId, filter, sort)
  return db.all(
    gridRow,
    `SELECT image.id, image.dataset_id AS datasetId, image.sha256, image.file, image.width, image.height,
       image.channels, image.bit_depth AS bitDepth, image.peak, blob.bytes, blob.format, image.split, image.label,
       image.defect_type AS defectType, image.mask_sha256 AS maskSha256, image.part_group AS partGroup,
       image.warnings, image.imported_at AS importedAt, image.removed_at AS removedAt,
       (SELECT score FROM score WHERE run_id = $shownRun AND image_id = image.id) AS score,
       ${standing} AS decision
     FROM (SELECT image.id AS id, row_number() OVER () AS place
           FROM (SELECT image.id FROM ${from} WHERE ${where} ORDER BY ${order} LIMIT $limit OFFSET $offset) AS image
          ) AS page
       JOIN image ON image.id = page.id JOIN blob ON blob.sha256 = image.sha256
     ORDER BY page.place`,
    { ...values, ...page, shownRun: filter.run ?? '' },
  )
}

/** All images of a filter, in the order of their import. */
export function gridIds(db: Database, datasetId: Id, filter: GridFilter): ImageId[] {
  const { from, where, values } = queryOf(datasetId, filter, { by: 'added', descending: false })
  return db
    .all(z.object({ id: imageIdSchema }), `SELECT image.id FROM ${from} WHERE ${where}`, values)
    .map(({ id }) => id)
}
