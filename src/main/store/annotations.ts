/** What was drawn on photographs, and the kinds of defects of a dataset. */
import { z } from 'zod'
import {
  cleanDefectType,
  type DefectType,
  defectColor,
  defectTypeSchema,
  ignoredType,
  type ListedDefectType,
  type Shape,
  shapesSchema,
} from '../../shared/label.ts'
import { type Id, type ImageId, imageIdSchema, timeSchema } from '../../shared/values.ts'
import { recordAudit } from './audit.ts'
import type { Database } from './database.ts'
import { datasetById } from './datasets.ts'
import { jsonText, toJson } from './row.ts'

const annotationRow = z.object({ shapes: jsonText(shapesSchema), updatedAt: timeSchema })
export type Annotation = z.output<typeof annotationRow>

export const annotationOf = (db: Database, imageId: ImageId): Annotation | undefined =>
  db.get(annotationRow, 'SELECT shapes, updated_at AS updatedAt FROM annotation WHERE image_id = $imageId', {
    imageId,
  })

/**
 * Keeps what was drawn, checked by the schema that reads it again.
 * @returns when
 * @throws ZodError where the shapes do not keep to it
 */
export function keepAnnotation(
  db: Database,
  values: { imageId: ImageId; shapes: readonly Shape[]; operatorId: number | null },
): number {
  const { imageId, shapes, operatorId } = values
  const now = db.now()
  const drawn = new Set(
    shapes.map(({ defectType }) => defectType).filter((name) => name !== null && name !== ignoredType),
  )
  db.run('DELETE FROM drawn_type WHERE image_id = $imageId', { imageId })
  for (const name of drawn) {
    db.run('INSERT INTO drawn_type (image_id, name) VALUES ($imageId, $name)', { imageId, name })
  }
  db.run(
    `INSERT INTO annotation (image_id, shapes, operator_id, updated_at) VALUES ($imageId, $shapes, $operatorId, $now)
     ON CONFLICT (image_id) DO UPDATE SET shapes = excluded.shapes, operator_id = excluded.operator_id,
       updated_at = excluded.updated_at`,
    { imageId, shapes: toJson(shapesSchema, shapes), operatorId, now },
  )
  return now
}

/** The images of a dataset on which a region to be ignored is drawn. */
export const imagesWithIgnored = (db: Database, datasetId: Id): ReadonlySet<ImageId> =>
  new Set(
    db
      .all(
        z.object({ image: imageIdSchema }),
        `SELECT image_id AS image FROM annotation JOIN image ON image.id = image_id
         WHERE dataset_id = $datasetId AND instr(shapes, $type) > 0`,
        { datasetId, type: JSON.stringify(ignoredType) },
      )
      .map(({ image }) => image),
  )

/**
 * The defect types that were set, in order, followed by those that images or their shapes have but nobody has set:
 * every type that is used is in the list.
 */
export function defectTypesOf(db: Database, datasetId: Id): ListedDefectType[] {
  const set = db.all(
    defectTypeSchema,
    'SELECT name, color FROM defect_type WHERE dataset_id = $datasetId ORDER BY place',
    { datasetId },
  )
  const used = db.all(
    z.object({ name: z.string(), images: z.int() }),
    `SELECT name, count(*) AS images FROM (
       SELECT id, defect_type AS name FROM image
       WHERE dataset_id = $datasetId AND removed_at IS NULL AND defect_type IS NOT NULL
       UNION
       SELECT image.id, drawn_type.name FROM drawn_type JOIN image ON image.id = drawn_type.image_id
       WHERE image.dataset_id = $datasetId AND image.removed_at IS NULL
     ) GROUP BY name ORDER BY name`,
    { datasetId },
  )
  const types = new Map<string, ListedDefectType>()
  for (const type of set) types.set(type.name.toLowerCase(), { ...type, images: 0 })
  for (const { name: stored, images } of used) {
    // What an older version stored may be no name that a defect type can have; `verify` says so.
    const name = cleanDefectType(stored)
    if (name === null) continue
    const key = name.toLowerCase()
    const known = types.get(key) ?? { name, color: defectColor(types.size), images: 0 }
    types.set(key, { ...known, images: known.images + images })
  }
  return [...types.values()]
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
    recordAudit(db, {
      action: 'dataset.types',
      dataset: datasetById(db, datasetId)?.name ?? null,
      detail: { types: types.map(({ name }) => name) },
    })
  })
}
