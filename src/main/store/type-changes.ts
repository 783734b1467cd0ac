/** Renaming and deleting defect types: on all photographs and masks of a dataset at once, and back again. */
import { z } from 'zod'
import { Failure } from '../../shared/failure.ts'
import { cleanDefectType, type DefectType, type Shape } from '../../shared/label.ts'
import { type Removed, removedDays } from '../../shared/removed.ts'
import { type Id, type ImageId, imageIdSchema, timeSchema } from '../../shared/values.ts'
import { annotationOf, defectTypesOf, keepAnnotation, setDefectTypes } from './annotations.ts'
import { recordAudit } from './audit.ts'
import { timeForAges } from './clock.ts'
import type { Database } from './database.ts'
import { datasetById } from './datasets.ts'
import { requireNotFrozen } from './frozen.ts'
import { findOrMakeOperator } from './operators.ts'
import { removedUntil } from './removed.ts'
import { jsonText, toJson } from './row.ts'

const keyOf = (name: string): string => (cleanDefectType(name) ?? '').toLowerCase()
const shapeNamesSchema = z.array(z.object({ index: z.int().nonnegative(), name: z.string() }))
const namedImage = z.object({ image: imageIdSchema, name: z.string() })

export interface TypeChange {
  datasetId: Id
  kind: 'rename' | 'remove'
  name: string
  /** The new name; of a deleted type, the one that takes its masks, or null for a type that nothing has. */
  becomes: string | null
  operator: string | null
}

/** Images that have a type, by their own type and by those of their shapes. */
function imagesWith(db: Database, datasetId: Id, name: string) {
  const isIt = (found: { name: string }): boolean => keyOf(found.name) === keyOf(name)
  const whole = db
    .all(
      namedImage,
      'SELECT id AS image, defect_type AS name FROM image WHERE dataset_id = $datasetId AND defect_type IS NOT NULL',
      { datasetId },
    )
    .filter(isIt)
  const drawn = db
    .all(
      namedImage,
      `SELECT image_id AS image, drawn_type.name FROM drawn_type JOIN image ON image.id = image_id
       WHERE dataset_id = $datasetId`,
      { datasetId },
    )
    .filter(isIt)
  return {
    whole: new Map(whole.map((found) => [found.image, found.name])),
    drawn: new Set(drawn.map((found) => found.image)),
  }
}

/** The new name, after it was checked. */
function newName(types: readonly DefectType[], change: TypeChange, isUsed: boolean): string {
  const { kind, name, becomes } = change
  const other = types.find((type) => becomes !== null && keyOf(type.name) === keyOf(becomes))
  if (kind === 'rename') {
    if (becomes === null || (other && keyOf(other.name) !== keyOf(name))) {
      throw new Failure('defect-type-exists', { type: other?.name ?? '' })
    }
    return becomes
  }
  if (becomes === null) {
    if (isUsed) throw new Failure('defect-type-used', { type: name })
    return name
  }
  if (other === undefined || keyOf(other.name) === keyOf(name)) {
    throw new Failure('defect-type-unknown', { type: becomes, types: types.map((type) => type.name) })
  }
  return other.name
}

/**
 * Renames a defect type, or deletes it and gives what has it another one, as one step.
 * @throws Failure `defect-type-unknown`, `defect-type-exists`, `defect-type-used`, `validation-frozen`
 */
export function changeType(db: Database, change: TypeChange): { change: number; images: number } {
  const { datasetId, kind, operator } = change
  return db.transaction(() => {
    const types = defectTypesOf(db, datasetId)
    const place = types.findIndex((type) => keyOf(type.name) === keyOf(change.name))
    const type = types[place]
    if (type === undefined) {
      throw new Failure('defect-type-unknown', { type: change.name, types: types.map(({ name }) => name) })
    }
    const { whole, drawn } = imagesWith(db, datasetId, type.name)
    const images = [...new Set([...whole.keys(), ...drawn])]
    const becomes = newName(types, change, images.length > 0)
    requireNotFrozen(db, images)
    const { lastId } = db.run(
      `INSERT INTO type_change (dataset_id, kind, name, becomes, color, place, changed_by, changed_at)
       VALUES ($datasetId, $kind, $name, $becomes, $color, $place, $operator, $now)`,
      { datasetId, kind, name: type.name, becomes, color: type.color, place, operator, now: db.now() },
    )
    const operatorId = operator === null ? null : findOrMakeOperator(db, operator).id
    for (const image of images) {
      const drawing = drawn.has(image) ? renameShapes(db, image, type.name, becomes, operatorId) : null
      if (whole.has(image)) setType(db, image, becomes)
      db.run(
        `INSERT INTO type_change_image (change_id, image_id, whole, shapes, drawn_before, drawn_at)
         VALUES ($change, $image, $whole, $shapes, $before, $at)`,
        {
          change: lastId,
          image,
          whole: whole.get(image) ?? null,
          shapes: toJson(shapeNamesSchema, drawing?.shapes ?? []),
          before: drawing?.before ?? null,
          at: drawing?.at ?? null,
        },
      )
    }
    const others = types.filter((other) => other !== type)
    const next = kind === 'remove' ? others : types.map((t) => (t === type ? { ...t, name: becomes } : t))
    setDefectTypes(db, datasetId, next)
    recordAudit(db, {
      action: kind === 'rename' ? 'type.renamed' : 'type.removed',
      operator,
      dataset: datasetById(db, datasetId)?.name ?? null,
      detail: { change: lastId, type: type.name, becomes: change.becomes, images: images.length },
    })
    return { change: lastId, images: images.length }
  })
}

function setType(db: Database, image: ImageId, name: string): void {
  db.run('UPDATE image SET defect_type = $name WHERE id = $image', { image, name })
}

function renameShapes(
  db: Database,
  image: ImageId,
  name: string,
  becomes: string,
  operatorId: number | null,
) {
  const annotation = annotationOf(db, image)
  if (annotation === undefined) return null
  const named: z.output<typeof shapeNamesSchema> = []
  const shapes = annotation.shapes.map((shape, index): Shape => {
    if (shape.defectType === null || keyOf(shape.defectType) !== keyOf(name)) return shape
    named.push({ index, name: shape.defectType })
    return { ...shape, defectType: becomes }
  })
  const at = keepAnnotation(db, { imageId: image, shapes, operatorId })
  return { shapes: named, before: annotation.updatedAt, at }
}

const changeRow = z.object({
  id: z.int().positive(),
  datasetId: z.string(),
  kind: z.enum(['rename', 'remove']),
  name: z.string(),
  becomes: z.string(),
  color: z.string(),
  place: z.int(),
  by: z.string().nullable(),
  at: timeSchema,
})
const columns = `id, dataset_id AS datasetId, kind, name, becomes, color, place, changed_by AS 'by',
  changed_at AS 'at'`
const days = removedDays * 86_400_000

/** Renamed and deleted types of datasets that are there, which can be put back, newest first. */
export const typeChanges = (db: Database): Removed[] =>
  db
    .all(
      changeRow,
      `SELECT ${columns} FROM type_change WHERE undone_at IS NULL AND changed_at > $since
         AND EXISTS (SELECT 1 FROM dataset WHERE dataset.id = dataset_id AND dataset.removed_at IS NULL)
       ORDER BY id DESC`,
      { since: timeForAges(db) - days },
    )
    .map(({ id, name, becomes, at, by, datasetId }) => ({
      kind: 'type',
      id: String(id),
      name,
      dataset: datasetById(db, datasetId)?.name ?? null,
      becomes: becomes === name ? null : becomes,
      at,
      by,
      until: removedUntil(at),
    }))

const changedImage = z.object({
  image: imageIdSchema,
  whole: z.string().nullable(),
  shapes: jsonText(shapeNamesSchema),
  before: timeSchema.nullable(),
  at: timeSchema.nullable(),
  now: z.string().nullable(),
})

/**
 * Takes back what a change of a type did. A photograph that was labeled or drawn on anew since stays as it is.
 * @returns the type, and the number of such photographs
 * @throws Failure `removed-unknown`, `validation-frozen`
 */
export function undoTypeChange(
  db: Database,
  id: number,
  operator: string | null,
): { datasetId: Id; name: string; kept: number } {
  return db.transaction(() => {
    const change = db.get(
      changeRow,
      `SELECT ${columns} FROM type_change WHERE id = $id AND undone_at IS NULL`,
      {
        id,
      },
    )
    if (change === undefined || change.at <= timeForAges(db) - days)
      throw new Failure('removed-unknown', { id })
    const images = db.all(
      changedImage,
      `SELECT image_id AS image, whole, shapes, drawn_before AS before, drawn_at AS 'at', defect_type AS now
       FROM type_change_image JOIN image ON image.id = image_id WHERE change_id = $id`,
      { id },
    )
    requireNotFrozen(
      db,
      images.map(({ image }) => image),
    )
    const operatorId = operator === null ? null : findOrMakeOperator(db, operator).id
    const kept = images.filter((image) => !putTypeBack(db, change.becomes, image, operatorId)).length
    db.run('UPDATE type_change SET undone_at = $now WHERE id = $id', { id, now: db.now() })
    putInList(db, change, kept)
    recordAudit(db, {
      action: 'type.restored',
      operator,
      dataset: datasetById(db, change.datasetId)?.name ?? null,
      detail: { change: id, type: change.name, images: images.length - kept, kept },
    })
    return { datasetId: change.datasetId, name: change.name, kept }
  })
}

/** Whether all of it could be put back. */
function putTypeBack(
  db: Database,
  becomes: string,
  { image, whole, shapes, before, at, now }: z.output<typeof changedImage>,
  operatorId: number | null,
): boolean {
  const isAsLeft = whole === null || now === becomes
  if (whole !== null && isAsLeft) setType(db, image, whole)
  if (at === null) return isAsLeft
  const annotation = annotationOf(db, image)
  if (annotation?.updatedAt !== at) return false
  const names = new Map(shapes.map(({ index, name }) => [index, name]))
  const back = annotation.shapes.map((shape, index): Shape => {
    const name = names.get(index)
    return name === undefined ? shape : { ...shape, defectType: name }
  })
  keepAnnotation(db, { imageId: image, shapes: back, operatorId })
  // As it was before the change, so that an earlier change can be taken back too.
  db.run('UPDATE annotation SET updated_at = $before WHERE image_id = $image', { image, before })
  return isAsLeft
}

function putInList(
  db: Database,
  { datasetId, kind, name, becomes, color, place }: z.output<typeof changeRow>,
  kept: number,
): void {
  const types: DefectType[] = defectTypesOf(db, datasetId).filter((type) => {
    const isNew = kind === 'rename' && kept === 0 && keyOf(type.name) === keyOf(becomes)
    return !isNew && keyOf(type.name) !== keyOf(name)
  })
  types.splice(place, 0, { name, color })
  setDefectTypes(db, datasetId, types)
}
