/**
 * Mends labels that do not keep to the schema that reads them, so that they can be opened and exported again. Masks are
 * never changed. The database is copied into the workspace's folder `backups` before.
 */
import { join } from 'node:path'
import { z } from 'zod'
import { Failure } from '../../../shared/failure.ts'
import {
  cleanDefectType,
  cleanShapeType,
  type Shape,
  shapeSchema,
  unnamedDefect,
} from '../../../shared/label.ts'
import type { ImageId } from '../../../shared/values.ts'
import { keepAnnotation } from '../../store/annotations.ts'
import { recordAudit } from '../../store/audit.ts'
import type { Database } from '../../store/database.ts'
import { backUpDatabase } from '../../store/database-backups.ts'
import { requireNotFrozen } from '../../store/frozen.ts'
import { findImage, setLabel } from '../../store/images.ts'
import { type LabelFault, labelFaults } from '../../store/label-faults.ts'
import type { Workspace } from '../../store/workspace.ts'
import { conformShapes, type DrawnShape, finiteNumber } from './conform.ts'

export const mendReportSchema = z.object({
  /** What was mended, by image. */
  mended: z.array(
    z.object({
      image: z.int(),
      file: z.string(),
      what: z.enum(['drawing', 'defect-type']),
      /** `mask`: the drawing was beyond repair, and the pixels of its mask take its place. */
      how: z.enum(['mended', 'mask', 'removed']),
    }),
  ),
  /** A copy of the database as it was before; null where nothing had to be mended. */
  backup: z.string().nullable(),
})
export type MendReport = z.infer<typeof mendReportSchema>

/** @throws Failure `disk-full` */
export async function mendLabels(workspace: Workspace): Promise<MendReport> {
  const { db, paths } = workspace
  const faults = labelFaults(db)
  if (faults.length === 0) return { mended: [], backup: null }
  const backup = join(paths.backups, backUpDatabase(db, paths.backups, 'before-mending'))
  const mended = faults.flatMap((fault) => {
    const how = fault.what === 'drawing' ? mendDrawing(db, fault) : mendType(db, fault)
    return how === null ? [] : [{ ...fault, how }]
  })
  return { mended, backup }
}

type How = MendReport['mended'][number]['how']

function mendType(db: Database, { image }: LabelFault): How | null {
  const { label, defectType } = findImage(db, image)
  try {
    requireNotFrozen(db, [image])
  } catch (error) {
    // Nothing changes in a frozen validation set; `verify` goes on naming it.
    if (error instanceof Failure && error.code === 'validation-frozen') return null
    throw error
  }
  setLabel(db, image, label, cleanDefectType(defectType ?? '') ?? unnamedDefect)
  return 'mended'
}

function mendDrawing(db: Database, { image }: LabelFault): How {
  const stored = db.get(
    z.object({ shapes: z.string(), operatorId: z.int().nullable() }),
    'SELECT shapes, operator_id AS operatorId FROM annotation WHERE image_id = $image',
    { image },
  )
  const { width, height, maskSha256 } = findImage(db, image)
  const shapes = repaired(stored?.shapes ?? '', { width, height })
  return db.transaction(() => {
    if (shapes === null) {
      db.run('DELETE FROM annotation WHERE image_id = $image', { image })
      db.run('DELETE FROM drawn_type WHERE image_id = $image', { image })
    } else keepAnnotation(db, { imageId: image, shapes, operatorId: stored?.operatorId ?? null })
    const how: How = shapes !== null ? 'mended' : maskSha256 === null ? 'removed' : 'mask'
    recordMending(db, image, how)
    return how
  })
}

function recordMending(db: Database, image: ImageId, how: How): void {
  const { label, defectType } = findImage(db, image)
  recordAudit(db, { action: 'image.labeled', image, detail: { label, defectType, drawing: how } })
}

/** The shapes, all of them, as they can be stored; null where one of them cannot. */
function repaired(text: string, size: { width: number; height: number }): Shape[] | null {
  let pieces: unknown
  try {
    pieces = JSON.parse(text)
  } catch {
    return null
  }
  if (!Array.isArray(pieces)) return null
  const shapes: Shape[] = []
  for (const piece of pieces) {
    const sound = shapeSchema.safeParse(piece)
    if (sound.success) {
      shapes.push(sound.data)
      continue
    }
    const drawn = drawnOf(piece)
    const kept = drawn === null ? [] : conformShapes([drawn], size).shapes
    if (kept.length === 0) return null
    shapes.push(...kept)
  }
  return shapes
}

const looseSchema = z.object({
  kind: z.string(),
  defectType: z.string(),
  points: z.array(z.unknown()).default([]),
  x: z.unknown().optional(),
  y: z.unknown().optional(),
  width: z.unknown().optional(),
  height: z.unknown().optional(),
  size: z.unknown().optional(),
  runs: z.unknown().optional(),
})

/** What a broken shape can have meant: a name too long, a coordinate without its other half, a circle too large. */
function drawnOf(piece: unknown): DrawnShape | null {
  const read = looseSchema.safeParse(piece)
  if (!read.success) return null
  const { kind, points, runs } = read.data
  const defectType = cleanShapeType(read.data.defectType) ?? unnamedDefect
  const numbers = points.map(finiteNumber).filter((value) => value !== null)
  if (numbers.length < points.length) return null
  const pairs = numbers.slice(0, numbers.length - (numbers.length % 2))
  const [x, y, width, height, size] = [
    finiteNumber(read.data.x),
    finiteNumber(read.data.y),
    finiteNumber(read.data.width),
    finiteNumber(read.data.height),
    finiteNumber(read.data.size),
  ]
  if (kind === 'polygon' && pairs.length >= 6) return { kind, defectType, points: pairs }
  if (kind === 'stroke' && size !== null && pairs.length === 2) {
    const [left = 0, top = 0] = pairs
    return { kind: 'circle', defectType, x: left, y: top, radius: size / 2 }
  }
  if (x === null || y === null || width === null || height === null || width <= 0 || height <= 0) return null
  if (kind === 'rectangle') return { kind, defectType, x, y, width, height }
  const pixels = kind === 'region' ? pixelsOf(runs, width, height) : null
  return pixels && { kind: 'pixels', defectType, x, y, width, height, data: pixels }
}

/** The pixels of runs that end within their box; null where they do not. */
function pixelsOf(runs: unknown, width: number, height: number): Uint8Array | null {
  const lengths = z.array(z.int().nonnegative()).safeParse(runs)
  const pixels = width * height
  if (!lengths.success || !Number.isInteger(width) || !Number.isInteger(height) || pixels > 2 ** 28)
    return null
  if (lengths.data.reduce((sum, run) => sum + run, 0) > pixels) return null
  const data = new Uint8Array(pixels)
  let at = 0
  for (const [i, run] of lengths.data.entries()) {
    if (i % 2 === 1) data.fill(1, at, at + run)
    at += run
  }
  return data
}
