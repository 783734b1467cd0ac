/** Labels that do not keep to the schema that reads them: written by an older version, or outside of Fanoscope. */
import { z } from 'zod'
import { defectTypeNameSchema, shapesSchema } from '../../shared/label.ts'
import { type ImageId, imageIdSchema } from '../../shared/values.ts'
import type { Database } from './database.ts'

export interface LabelFault {
  image: ImageId
  file: string
  /** What was drawn, or the name of the defect type. */
  what: 'drawing' | 'defect-type'
}

const isDrawing = (text: string): boolean => {
  try {
    return shapesSchema.safeParse(JSON.parse(text)).success
  } catch {
    return false
  }
}

/** A name as it is stored: no other form of it would be found by it. */
const isName = (name: string): boolean => defectTypeNameSchema.safeParse(name).data === name

export function labelFaults(db: Database): LabelFault[] {
  const faults: LabelFault[] = []
  const drawings = db.iterate(
    z.object({ image: imageIdSchema, file: z.string(), shapes: z.string() }),
    `SELECT image.id AS image, image.file, annotation.shapes FROM annotation
     JOIN image ON image.id = annotation.image_id ORDER BY image.id`,
    {},
  )
  for (const { image, file, shapes } of drawings) {
    if (!isDrawing(shapes)) faults.push({ image, file, what: 'drawing' })
  }
  const types = db.iterate(
    z.object({ image: imageIdSchema, file: z.string(), name: z.string() }),
    `SELECT id AS image, file, defect_type AS name FROM image WHERE defect_type IS NOT NULL ORDER BY id`,
    {},
  )
  for (const { image, file, name } of types) {
    if (!isName(name)) faults.push({ image, file, what: 'defect-type' })
  }
  return faults
}
