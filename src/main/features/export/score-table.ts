/** Scores and decisions of a run as the tables that are exported as CSV and Parquet. */

import { z } from 'zod'
import type { Run } from '../../../shared/run.ts'
import { imageScore } from '../../model/scores.ts'
import type { CsvCell } from '../../platform/csv.ts'
import type { Database } from '../../store/database.ts'
import { activePoint } from '../../store/operating-points.ts'
import { float32Blob } from '../../store/row.ts'
import { decidingTile } from '../runs/deciding-tile.ts'
import { optionsFor, settingsInUse } from '../runs/score-settings.ts'

export type Cell = CsvCell

export interface Column {
  name: string
  type: 'STRING' | 'INT64' | 'DOUBLE' | 'BOOLEAN'
}

export interface Table {
  columns: readonly Column[]
  rows: Generator<readonly Cell[]>
}

const time = (value: number | null): string | null => (value === null ? null : new Date(value).toISOString())

const scoreRow = z.object({
  image: z.int(),
  dataset: z.string(),
  file: z.string(),
  sha256: z.string(),
  split: z.string(),
  label: z.string(),
  defectType: z.string().nullable(),
  partGroup: z.string().nullable(),
  calibrated: z.number().nullable(),
  tiles: z.int(),
  components: float32Blob,
  scoredAt: z.int(),
  decision: z.string().nullable(),
  operator: z.string().nullable(),
  decidedAt: z.int().nullable(),
  decidedType: z.string().nullable(),
  note: z.string().nullable(),
})

/**
 * Every scored image with its score by the settings in use, and the decision that is valid now.
 * @param components whether also the components that its score is made of, those of the tile with the highest score
 */
export function scoreTable(db: Database, run: Run, components = false): Table {
  const settings = settingsInUse(db, run)
  const options = optionsFor(run, settings)
  const point = activePoint(db, run.id)
  const names = run.components ?? []
  const columns: Column[] = [
    { name: 'image', type: 'INT64' },
    { name: 'dataset', type: 'STRING' },
    { name: 'file', type: 'STRING' },
    { name: 'sha256', type: 'STRING' },
    { name: 'split', type: 'STRING' },
    { name: 'label', type: 'STRING' },
    { name: 'defect_type', type: 'STRING' },
    { name: 'part_group', type: 'STRING' },
    { name: 'run', type: 'STRING' },
    { name: 'score_kind', type: 'STRING' },
    { name: 'score', type: 'DOUBLE' },
    { name: 'calibrated', type: 'DOUBLE' },
    { name: 'threshold', type: 'DOUBLE' },
    { name: 'above_threshold', type: 'BOOLEAN' },
    { name: 'tiles', type: 'INT64' },
    { name: 'scored_at', type: 'STRING' },
    { name: 'decision', type: 'STRING' },
    { name: 'decision_operator', type: 'STRING' },
    { name: 'decided_at', type: 'STRING' },
    { name: 'decision_defect_type', type: 'STRING' },
    { name: 'decision_note', type: 'STRING' },
    ...(components ? componentColumns(names) : []),
  ]
  function* rows(): Generator<readonly Cell[]> {
    const found = db.iterate(
      scoreRow,
      `SELECT image.id AS image, dataset.name AS dataset, image.file, image.sha256, image.split, image.label,
         image.defect_type AS defectType, image.part_group AS partGroup, score.calibrated, score.tiles,
         score.components, score.scored_at AS scoredAt, decision.decision, operator.name AS operator,
         decision.decided_at AS decidedAt, decision.defect_type AS decidedType, decision.note
       FROM score JOIN image ON image.id = score.image_id JOIN dataset ON dataset.id = image.dataset_id
         LEFT JOIN decision ON decision.id = (SELECT max(d.id) FROM decision AS d
           WHERE d.image_id = image.id AND d.undone_at IS NULL)
         LEFT JOIN operator ON operator.id = decision.operator_id
       WHERE score.run_id = $run AND image.removed_at IS NULL ORDER BY image.id`,
      { run: run.id },
    )
    for (const row of found) {
      const score = imageScore(row.components, names, options)
      yield [
        row.image,
        row.dataset,
        row.file,
        row.sha256,
        row.split,
        row.label,
        row.defectType,
        row.partGroup,
        run.id,
        settings.score,
        score,
        row.calibrated,
        point?.threshold ?? null,
        point === null ? null : score >= point.threshold,
        row.tiles,
        time(row.scoredAt),
        row.decision,
        row.operator,
        time(row.decidedAt),
        row.decidedType,
        row.note,
        ...(components ? decidingTile(row.components, names, options) : []),
      ]
    }
  }
  return { columns, rows: rows() }
}

const componentColumns = (names: readonly string[]): Column[] =>
  names.map((name) => ({ name: `component_${name}`, type: 'DOUBLE' }))

const tileRow = z.object({ image: z.int(), file: z.string(), tiles: z.int(), components: float32Blob })

/** Every component of every tile: all that each score of the run can be computed from, by docs/methods.md. */
export function componentTable(db: Database, run: Run): Table {
  const names = run.components ?? []
  const columns: Column[] = [
    { name: 'image', type: 'INT64' },
    { name: 'file', type: 'STRING' },
    { name: 'tile', type: 'INT64' },
    ...componentColumns(names),
  ]
  function* rows(): Generator<readonly Cell[]> {
    const found = db.iterate(
      tileRow,
      `SELECT image.id AS image, image.file, score.tiles, score.components
       FROM score JOIN image ON image.id = score.image_id
       WHERE score.run_id = $run AND image.removed_at IS NULL ORDER BY image.id`,
      { run: run.id },
    )
    for (const { image, file, tiles, components } of found) {
      for (let tile = 0; tile < tiles; tile++) {
        yield [image, file, tile, ...components.subarray(tile * names.length, (tile + 1) * names.length)]
      }
    }
  }
  return { columns, rows: rows() }
}

const decisionRow = z.object({
  id: z.int(),
  image: z.int(),
  file: z.string(),
  decision: z.string(),
  operator: z.string(),
  defectType: z.string().nullable(),
  note: z.string().nullable(),
  score: z.number().nullable(),
  decidedAt: z.int(),
  undoneAt: z.int().nullable(),
  undoneBy: z.string().nullable(),
})

/** Every decision that was made with the run's scores, also those that were undone, in order. */
export function decisionTable(db: Database, run: Run): Table {
  const columns: Column[] = [
    { name: 'decision_id', type: 'INT64' },
    { name: 'image', type: 'INT64' },
    { name: 'file', type: 'STRING' },
    { name: 'decision', type: 'STRING' },
    { name: 'operator', type: 'STRING' },
    { name: 'defect_type', type: 'STRING' },
    { name: 'note', type: 'STRING' },
    { name: 'score_shown', type: 'DOUBLE' },
    { name: 'decided_at', type: 'STRING' },
    { name: 'undone_at', type: 'STRING' },
    { name: 'undone_by', type: 'STRING' },
  ]
  function* rows(): Generator<readonly Cell[]> {
    const found = db.iterate(
      decisionRow,
      `SELECT decision.id, image.id AS image, image.file, decision.decision, operator.name AS operator,
         decision.defect_type AS defectType, decision.note, decision.score, decision.decided_at AS decidedAt,
         decision.undone_at AS undoneAt, undoer.name AS undoneBy
       FROM decision JOIN image ON image.id = decision.image_id JOIN operator ON operator.id = decision.operator_id
         LEFT JOIN operator AS undoer ON undoer.id = decision.undone_by
       WHERE decision.run_id = $run ORDER BY decision.id`,
      { run: run.id },
    )
    for (const row of found) {
      yield [
        row.id,
        row.image,
        row.file,
        row.decision,
        row.operator,
        row.defectType,
        row.note,
        row.score,
        time(row.decidedAt),
        time(row.undoneAt),
        row.undoneBy,
      ]
    }
  }
  return { columns, rows: rows() }
}
