/**
 * One COCO document for a dataset. Polygons and rectangles are `segmentation` polygons; where something was drawn
 * over or taken away, the pixels of each kind are an uncompressed run-length encoding (`iscrowd` 1, as pycocotools
 * expects of one). Regions to be ignored have a category of their own and `ignore` 1. A document of another program is read annotation by annotation: a bad one costs itself alone.
 */
import { z } from 'zod'
import { elementAt } from '../../../shared/element-at.ts'
import { ignoredType, type Shape, unnamedDefect } from '../../../shared/label.ts'
import type { Message } from '../../../shared/messages/message.ts'
import { areasOf, type Raster, rasterize } from '../../../shared/rasterize.ts'
import { regionShapeOf } from '../../../shared/region-shape.ts'
import type { Size } from '../../images/orientation.ts'
import { type CountedNotes, countedNotes, type DrawnShape, finiteNumber } from './conform.ts'
import { meaningOfShape } from './label-words.ts'
import { claimedSize, shown } from './labelme.ts'
import { isVector } from './vector.ts'

export interface CocoImage {
  file: string
  /** Of the photograph's bytes: two photographs can have one path, if its file changed between two imports. */
  sha256: string
  width: number
  height: number
  shapes: readonly Shape[]
}

/** Collects photographs one after another, so that only one is held in memory as pixels. */
export function cocoWriter() {
  const categories: { id: number; name: string; supercategory: string }[] = []
  const images: Record<string, unknown>[] = []
  const annotations: Record<string, unknown>[] = []
  const category = (name: string): number => {
    const known = categories.find((entry) => entry.name === name)
    if (known) return known.id
    const supercategory = name === ignoredType ? 'ignore' : 'defect'
    categories.push({ id: categories.length + 1, name, supercategory })
    return categories.length
  }
  return {
    add({ file, sha256, width, height, shapes }: CocoImage): void {
      const image = images.length + 1
      images.push({ id: image, file_name: file, width, height, sha256 })
      const annotate = (name: string, values: Record<string, unknown>): void => {
        annotations.push({
          id: annotations.length + 1,
          image_id: image,
          category_id: category(name),
          ...values,
          // Evaluations of COCO pass over such an annotation.
          ...(name === ignoredType ? { ignore: 1, iscrowd: 1 } : {}),
        })
      }
      if (isVector(shapes)) {
        for (const shape of shapes) {
          const polygon = outline(shape)
          if (polygon === null || shape.defectType === null) continue
          const raster = rasterize([shape], width, height)
          const area = areasOf(raster)[0]?.area ?? 0
          if (area === 0) continue
          annotate(shape.defectType, {
            segmentation: [polygon],
            area,
            bbox: boxOf(polygon),
            iscrowd: 0,
          })
        }
        return
      }
      const raster = rasterize(shapes, width, height)
      for (const { defectType, area } of areasOf(raster)) {
        const value = raster.types.indexOf(defectType) + 1
        const region = regionShapeOf(raster, (index) => raster.data[index] === value, defectType)
        if (region === null) continue
        annotate(defectType, {
          segmentation: { size: [height, width], counts: columnRuns(raster, value) },
          area,
          bbox: [region.x, region.y, region.width, region.height],
          iscrowd: 1,
        })
      }
    },
    finish: (): Record<string, unknown> => ({
      info: { description: 'Masks of defects', version: '1.0' },
      licenses: [],
      images,
      annotations,
      categories,
    }),
  }
}

function outline(shape: Shape): number[] | null {
  if (shape.kind === 'polygon') return shape.points
  if (shape.kind !== 'rectangle') return null
  const { x, y, width, height } = shape
  return [x, y, x + width, y, x + width, y + height, x, y + height]
}

function boxOf(points: readonly number[]): [number, number, number, number] {
  let [left = 0, top = 0] = points
  let right = left
  let bottom = top
  for (let i = 0; i < points.length; i += 2) {
    const x = elementAt(points, i, 'outline')
    const y = elementAt(points, i + 1, 'outline')
    left = Math.min(left, x)
    right = Math.max(right, x)
    top = Math.min(top, y)
    bottom = Math.max(bottom, y)
  }
  return [left, top, right - left, bottom - top]
}

/** The runs of a value, column by column as COCO has them. */
function columnRuns({ data, width, height }: Raster, value: number): number[] {
  const counts: number[] = []
  let state = false
  let length = 0
  for (let x = 0; x < width; x += 1) {
    for (let y = 0; y < height; y += 1) {
      const inside = data[y * width + x] === value
      if (inside === state) length += 1
      else {
        counts.push(length)
        state = inside
        length = 1
      }
    }
  }
  counts.push(length)
  return counts
}

/**
 * Reads pycocotools' compressed counts: characters of 5 bits with a sign; from the third count on, each is stored as
 * a difference. Null where the text ends within a number or has other characters.
 */
export function compressedCounts(text: string): number[] | null {
  const counts: number[] = []
  for (let at = 0; at < text.length; ) {
    let value = 0
    let shift = 0
    for (;;) {
      const character = text.charCodeAt(at) - 48
      // Six groups hold more than any picture has pixels.
      if (!(character >= 0 && character < 64) || shift > 30) return null
      at += 1
      value += (character & 0x1f) * 2 ** shift
      shift += 5
      if ((character & 0x20) !== 0) continue
      if ((character & 0x10) !== 0) value -= 2 ** shift
      break
    }
    counts.push(counts.length > 2 ? value + elementAt(counts, counts.length - 2, 'counts') : value)
  }
  return counts
}

/** Of each piece only what must be there at all; everything else is looked at where it is used. */
const documentSchema = z.object({
  images: z.array(z.unknown()),
  annotations: z.array(z.unknown()),
  categories: z.array(z.unknown()).nullish(),
})
const idSchema = z.union([z.string().trim().min(1), z.number().transform(String)])
const imageSchema = z.object({
  id: idSchema,
  file_name: z.string().min(1),
  width: z.unknown().optional(),
  height: z.unknown().optional(),
  sha256: z.string().nullish().catch(null),
})
const annotationSchema = z.object({
  image_id: idSchema,
  category_id: idSchema.nullish().catch(null),
  segmentation: z.unknown().optional(),
  bbox: z.unknown().optional(),
})
const categorySchema = z.object({ id: idSchema, name: z.union([z.string(), z.number().transform(String)]) })

export interface CocoReading {
  file: string
  /** The file is the name of a frame of a video, without an ending. */
  isFrame?: boolean
  sha256: string | null
  /** The photograph's size as the document has it. */
  size: Size | null
  shapes: DrawnShape[]
  /** Number of annotations of the photograph. */
  count: number
  /** Messages of the topic `warning`. */
  notes: Message[]
}

/** Reads a document piece by piece; null where it is none of COCO. The notes concern the whole document. */
export function readCoco(document: unknown): { images: CocoReading[]; notes: Message[] } | null {
  const found = documentSchema.safeParse(document)
  if (!found.success) return null
  const notes = countedNotes()
  const names = new Map<string, string>()
  for (const piece of found.data.categories ?? []) {
    const read = categorySchema.safeParse(piece)
    if (read.success) {
      const { id, name } = read.data
      const known = names.get(id)
      if (known === undefined) names.set(id, name)
      else if (known !== name)
        notes.add('category-twice', { id: shown(id), first: shown(known), other: shown(name) })
    } else notes.add('category-malformed', {})
  }
  const images = new Map<string, { reading: Omit<CocoReading, 'notes'>; notes: CountedNotes }>()
  const several = new Set<string>()
  for (const piece of found.data.images) {
    const read = imageSchema.safeParse(piece)
    if (!read.success) {
      notes.add('image-entry-malformed', {})
      continue
    }
    const { id, file_name: file, width, height, sha256 = null } = read.data
    const known = images.get(id)
    if (known) {
      if (known.reading.file !== file) several.add(id)
      continue
    }
    const reading = { file, sha256, size: claimedSize(width, height), shapes: [], count: 0 }
    images.set(id, { reading, notes: countedNotes() })
  }
  for (const piece of found.data.annotations) {
    const read = annotationSchema.safeParse(piece)
    if (!read.success) {
      notes.add('annotation-left-out', { case: 'malformed' })
      continue
    }
    const { image_id: id, category_id: category } = read.data
    const image = images.get(id)
    if (!image || several.has(id)) {
      notes.add('annotation-left-out', { case: image ? 'several-images' : 'no-image', id: shown(id) })
      continue
    }
    image.reading.count += 1
    const name = category === null || category === undefined ? undefined : names.get(category)
    if (name === undefined) {
      image.notes.add('category-unknown', { id: shown(category ?? ''), type: unnamedDefect })
    }
    const meaning = name === undefined ? 'kept' : meaningOfShape(name)
    if (meaning !== 'kept') {
      image.notes.add('shape-left-out', { case: meaning, label: shown(name ?? '') })
      continue
    }
    image.reading.shapes.push(...drawnShapes(read.data, name ?? unnamedDefect, image.notes))
  }
  return {
    images: [...images.values()].map(({ reading, notes: own }) => ({ ...reading, notes: own.notes() })),
    notes: notes.notes(),
  }
}

function drawnShapes(
  { segmentation, bbox }: { segmentation?: unknown; bbox?: unknown },
  defectType: string,
  notes: CountedNotes,
): DrawnShape[] {
  const leftOut = (reason: string): DrawnShape[] => {
    notes.add('shape-left-out', { case: reason })
    return []
  }
  if (Array.isArray(segmentation) && segmentation.length > 0) {
    return outlinesOf(segmentation).flatMap((outline): DrawnShape[] => {
      const points = outline.map(finiteNumber)
      const numbers = points.filter((value) => value !== null)
      if (numbers.length < points.length || numbers.length % 2 !== 0) return leftOut('malformed')
      if (numbers.length < 6) {
        notes.add('shape-left-out', { case: 'few-corners', kind: 'polygon' })
        return []
      }
      return [{ kind: 'polygon', defectType, points: numbers }]
    })
  }
  if (typeof segmentation === 'object' && segmentation !== null && !Array.isArray(segmentation)) {
    return runsOf(segmentation, defectType) ?? leftOut('runs')
  }
  // A text or a number is no outline; only where there is none, the box counts.
  if (segmentation !== undefined && segmentation !== null && !Array.isArray(segmentation))
    return leftOut('malformed')
  if (bbox === undefined || bbox === null) return leftOut('nothing-drawn')
  const [x = null, y = null, width = null, height = null] = Array.isArray(bbox) ? bbox.map(finiteNumber) : []
  if (x === null || y === null || width === null || height === null) return leftOut('malformed')
  if (width <= 0 || height <= 0) return leftOut('too-small')
  return [{ kind: 'rectangle', defectType, x, y, width, height }]
}

/** The outlines of a segmentation: lists of numbers, one such list alone, or lists of corners. */
function outlinesOf(segmentation: readonly unknown[]): unknown[][] {
  const lists: readonly unknown[][] = segmentation.filter((part) => Array.isArray(part))
  if (lists.length === 0) return [[...segmentation]]
  const areCorners = (list: readonly unknown[]): boolean =>
    list.length > 0 && list.every((part) => Array.isArray(part) && part.length === 2)
  if (lists.length === segmentation.length && lists.length >= 3 && areCorners(lists)) return [lists.flat()]
  return segmentation.map((part) => {
    if (!Array.isArray(part)) return [part]
    return areCorners(part) ? part.flat() : part
  })
}

/** More counts than pixels of the largest picture make no sense. */
const mostCounts = 16_383 ** 2

/** Runs of a mask; null where they are none of COCO. Their size is compared before anything is reserved for them. */
function runsOf(segmentation: object, defectType: string): DrawnShape[] | null {
  const read = z
    .object({ size: z.array(z.unknown()).length(2), counts: z.union([z.string(), z.array(z.unknown())]) })
    .safeParse(segmentation)
  if (!read.success) return null
  const [height = null, width = null] = read.data.size.map(finiteNumber)
  if (height === null || width === null || !isCount(height) || !isCount(width)) return null
  const { counts: written } = read.data
  const counts = typeof written === 'string' ? compressedCounts(written) : written.map(finiteCount)
  if (counts === null || counts.length > mostCounts) return null
  const runs = counts.filter((count) => count !== null && isCount(count))
  if (runs.length < counts.length) return null
  return [{ kind: 'columns', defectType, width, height, counts: runs.map(Number) }]
}

const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0

/** Counts may be long: a picture has more pixels than its sides are long. */
function finiteCount(value: unknown): number | null {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : null
}
