/** What was drawn on photographs, and the kinds of defects of a dataset. */
import { z } from 'zod'
import {
  cleanDefectType,
  type DefectType,
  defectColor,
  defectTypeSchema,
  type Shape,
  shapesSchema,
} from '../../shared/label.ts'
import { type Id, type ImageId, timeSchema } from '../../shared/values.ts'
import type { Database } from './database.ts'
import { jsonText, toJson } from './row.ts'

const annotationRow = z.object({ shapes: jsonText(shapesSchema), updatedAt: timeSchema })
export type Annotation = z.output<typeof annotationRow>

export const annotationOf = (db: Database, imageId: ImageId): Annotation | undefined =>
  db.get(annotationRow, 'SELECT shapes, updated_at AS updatedAt FROM annotation WHERE image_id = $imageId', {
    imageId,
  })

/**
 * Keeps what was drawn, checked by the schema that reads it again.
 * @throws ZodError where the shapes do not keep to it
 */
export function keepAnnotation(
  db: Database,
  values: { imageId: ImageId; shapes: readonly Shape[]; operatorId: number | null },
): void {
  const { imageId, shapes, operatorId } = values
  db.run(
    `INSERT INTO annotation (image_id, shapes, operator_id, updated_at) VALUES ($imageId, $shapes, $operatorId, $now)
     ON CONFLICT (image_id) DO UPDATE SET shapes = excluded.shapes, operator_id = excluded.operator_id,
       updated_at = excluded.updated_at`,
    { imageId, shapes: toJson(shapesSchema, shapes), operatorId, now: db.now() },
  )
}

/** The defect types that were set, in order, followed by those that images have but nobody has set. */
export function defectTypesOf(db: Database, datasetId: Id): DefectType[] {
  const set = db.all(
    defectTypeSchema,
    'SELECT name, color FROM defect_type WHERE dataset_id = $datasetId ORDER BY place',
    { datasetId },
  )
  const names = new Set(set.map(({ name }) => name.toLowerCase()))
  const used = db.all(
    z.object({ name: z.string() }),
    `SELECT DISTINCT defect_type AS name FROM image
     WHERE dataset_id = $datasetId AND removed_at IS NULL AND defect_type IS NOT NULL ORDER BY defect_type`,
    { datasetId },
  )
  const types = [...set]
  for (const { name: stored } of used) {
    // What an older version stored may be no name that a defect type can have; `verify` says so.
    const name = cleanDefectType(stored)
    if (name === null || names.has(name.toLowerCase())) continue
    names.add(name.toLowerCase())
    types.push({ name, color: defectColor(types.length) })
  }
  return types
}

/** Sets the defect types. Names that differ only in case are one type: the first is kept. */
export function setDefectTypes(db: Database, datasetId: Id, types: readonly DefectType[]): void {
  db.transaction(() => {
    db.run('DELETE FROM defect_type WHERE dataset_id = $datasetId', { datasetId })
    for (const [place, { name, color }] of types.entries()) {
      db.run(
        `INSERT INTO defect_type (dataset_id, name, color, place) VALUES ($datasetId, $name, $color, $place)
         ON CONFLICT DO NOTHING`,
        { datasetId, name, color, place },
      )
    }
  })
}
