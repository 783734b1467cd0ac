/**
 * Makes of the shapes of a document from another program shapes that can be stored: cut to the picture, with names that
 * defect types can have. What cannot be used is left out and noted; one bad shape never costs the others.
 */
import { elementAt } from '../../../shared/element-at.ts'
import {
  cleanShapeType,
  mostCoordinates,
  mostShapes,
  type RegionShape,
  type Shape,
  shapeSchema,
  thickestStroke,
  thinnestStroke,
  unnamedDefect,
} from '../../../shared/label.ts'
import { type Message, message } from '../../../shared/messages/message.ts'
import { areasOf, mostTypes, rasterize } from '../../../shared/rasterize.ts'
import { regionShapesOf } from '../../../shared/region-shape.ts'
import type { Size } from '../../images/orientation.ts'

/** A shape as a document has it; nothing about its numbers is known but that they are finite. */
export type DrawnShape =
  | { kind: 'polygon'; defectType: string; points: number[] }
  | { kind: 'rectangle'; defectType: string; x: number; y: number; width: number; height: number }
  | { kind: 'circle'; defectType: string; x: number; y: number; radius: number }
  /** Pixels of a box, row by row: 1 where the defect is. */
  | {
      kind: 'pixels'
      defectType: string
      x: number
      y: number
      width: number
      height: number
      data: Uint8Array
    }
  /** Runs of CVAT: along the rows of a box, alternately outside and inside. */
  | {
      kind: 'rows'
      defectType: string
      x: number
      y: number
      width: number
      height: number
      counts: readonly number[]
    }
  /** Runs of COCO: along the columns of the whole picture, alternately outside and inside. */
  | { kind: 'columns'; defectType: string; width: number; height: number; counts: readonly number[] }

export interface Conformed {
  shapes: Shape[]
  /** Messages of the topic `warning`. */
  notes: Message[]
}

/** Counts what happened several times, so that a thousand bad shapes are one note. */
function counted() {
  const found = new Map<string, { note: Message; count: number }>()
  return {
    add(code: string, params: Message['params']): void {
      const key = JSON.stringify([code, params])
      const known = found.get(key)
      if (known) known.count += 1
      else found.set(key, { note: message(code, params), count: 1 })
    },
    notes: (): Message[] =>
      [...found.values()].map(({ note, count }) => ({ ...note, params: { ...note.params, count } })),
  }
}
export type CountedNotes = ReturnType<typeof counted>
export const countedNotes = counted

/** Names shapes that are left out by the reason, and gives null in the place of each. */
export const leavesOut =
  (notes: CountedNotes) =>
  (reason: string, params: Message['params'] = {}): null => {
    notes.add('shape-left-out', { case: reason, ...params })
    return null
  }

/** @param size of the upright photograph */
export function conformShapes(drawn: readonly DrawnShape[], size: Size): Conformed {
  const notes = counted()
  const named = namesOf(drawn, notes)
  const shapes: Shape[] = []
  for (const shape of drawn) {
    const kept = conformShape(
      { ...shape, defectType: named.get(shape.defectType) ?? unnamedDefect },
      size,
      notes,
    )
    for (const one of kept) {
      if (shapeSchema.safeParse(one).success) shapes.push(one)
      else notes.add('shape-left-out', { case: 'malformed' })
    }
  }
  if (shapes.length <= mostShapes) return { shapes, notes: notes.notes() }
  notes.add('shapes-united', { most: mostShapes })
  return { shapes: regionsOf(shapes, size), notes: notes.notes() }
}

/** The names that the shapes get; names beyond the number that one photograph can have become unnamed. */
function namesOf(drawn: readonly DrawnShape[], notes: CountedNotes): Map<string, string> {
  const names = new Map<string, string>()
  const types = new Set<string>([unnamedDefect])
  for (const { defectType } of drawn) {
    if (names.has(defectType)) continue
    const clean = cleanShapeType(defectType) ?? unnamedDefect
    if (types.size === mostTypes && !types.has(clean)) {
      names.set(defectType, unnamedDefect)
      notes.add('types-beyond', { most: mostTypes, type: unnamedDefect })
      continue
    }
    types.add(clean)
    names.set(defectType, clean)
    if (clean !== defectType.normalize('NFC').trim()) {
      const from = cleanShapeType(defectType) ?? ''
      notes.add('type-renamed', from === '' ? { case: 'empty', to: clean } : { to: clean })
    }
  }
  return names
}

function conformShape(shape: DrawnShape, size: Size, notes: CountedNotes): Shape[] {
  const { defectType } = shape
  switch (shape.kind) {
    case 'polygon': {
      const { points, isCut } = clipPolygon(shape.points, size)
      if (points.length < 6) return leftOut(notes, 'outside')
      if (isCut) notes.add('shape-cut', {})
      const drawn: Shape = { kind: 'polygon', defectType, points: shape.points }
      const cut: Shape = { kind: 'polygon', defectType, points }
      // Cutting rounds: where that would move a pixel from inside to outside, the pixels themselves are kept.
      const isExact = !isCut || haveSamePixels(drawn, cut, size)
      const kept: Shape[] = isExact && points.length <= mostCoordinates ? [cut] : regionsOf([drawn], size)
      return kept.length > 0 ? atLeastAPixel(kept, size, notes) : leftOut(notes, 'outside')
    }
    case 'rectangle': {
      const left = Math.max(0, shape.x)
      const top = Math.max(0, shape.y)
      const right = Math.min(size.width, shape.x + shape.width)
      const bottom = Math.min(size.height, shape.y + shape.height)
      if (!(right > left && bottom > top)) return leftOut(notes, 'outside')
      const isWhole =
        left === shape.x &&
        top === shape.y &&
        shape.x + shape.width <= size.width &&
        shape.y + shape.height <= size.height
      if (isWhole) {
        const { x, y, width, height } = shape
        return atLeastAPixel([{ kind: 'rectangle', defectType, x, y, width, height }], size, notes)
      }
      notes.add('shape-cut', {})
      const cut: Shape = {
        kind: 'rectangle',
        defectType,
        x: left,
        y: top,
        width: right - left,
        height: bottom - top,
      }
      return atLeastAPixel([cut], size, notes)
    }
    case 'circle':
      return conformCircle(shape, size, notes)
    case 'pixels':
      return conformPixels(shape, size, notes)
    case 'rows':
      return conformRows(shape, size, notes)
    case 'columns':
      return conformColumns(shape, size, notes)
  }
}

function haveSamePixels(a: Shape, b: Shape, { width, height }: Size): boolean {
  const [one, other] = [rasterize([a], width, height), rasterize([b], width, height)]
  return Buffer.from(one.data.buffer).equals(Buffer.from(other.data.buffer))
}

function leftOut(notes: CountedNotes, reason: string, params: Message['params'] = {}): Shape[] {
  notes.add('shape-left-out', { case: reason, ...params })
  return []
}

/** A shape may lie between the middles of pixels, and then marks nothing. */
function atLeastAPixel(shapes: Shape[], size: Size, notes: CountedNotes): Shape[] {
  const kept = shapes.filter((shape) => !isSmall(shape) || coversAPixel(shape, size))
  if (kept.length < shapes.length) notes.add('shape-left-out', { case: 'too-small' })
  return kept
}

function boxOf(shape: Shape): { left: number; top: number; right: number; bottom: number } {
  if (!('points' in shape)) {
    const { x, y, width, height } = shape
    return { left: x, top: y, right: x + width, bottom: y + height }
  }
  const reach = shape.kind === 'stroke' ? shape.size / 2 : 0
  const box = {
    left: Number.POSITIVE_INFINITY,
    top: Number.POSITIVE_INFINITY,
    right: Number.NEGATIVE_INFINITY,
    bottom: Number.NEGATIVE_INFINITY,
  }
  for (let i = 0; i + 1 < shape.points.length; i += 2) {
    const x = elementAt(shape.points, i, 'outline')
    const y = elementAt(shape.points, i + 1, 'outline')
    box.left = Math.min(box.left, x - reach)
    box.right = Math.max(box.right, x + reach)
    box.top = Math.min(box.top, y - reach)
    box.bottom = Math.max(box.bottom, y + reach)
  }
  return box
}

/** Only a shape that is thinner than two pixels can miss all their middles, up to very sharp corners. */
function isSmall(shape: Shape): boolean {
  const { left, top, right, bottom } = boxOf(shape)
  return right - left < 2 || bottom - top < 2 || (right - left) * (bottom - top) < 64
}

function coversAPixel(shape: Shape, { width, height }: Size): boolean {
  const box = boxOf(shape)
  const x = Math.max(0, Math.floor(box.left))
  const y = Math.max(0, Math.floor(box.top))
  const right = Math.min(width, Math.ceil(box.right))
  const bottom = Math.min(height, Math.ceil(box.bottom))
  if (right <= x || bottom <= y) return false
  return areasOf(rasterize([moved(shape, -x, -y)], right - x, bottom - y)).length > 0
}

function moved(shape: Shape, dx: number, dy: number): Shape {
  if (!('points' in shape)) return { ...shape, x: shape.x + dx, y: shape.y + dy }
  return { ...shape, points: shape.points.map((value, i) => value + (i % 2 === 0 ? dx : dy)) }
}

function conformCircle(circle: DrawnShape & { kind: 'circle' }, size: Size, notes: CountedNotes): Shape[] {
  const { defectType, x, y, radius } = circle
  if (radius * 2 < thinnestStroke) return leftOut(notes, 'too-small')
  const isOutside =
    x + radius <= 0 || y + radius <= 0 || x - radius >= size.width || y - radius >= size.height
  if (isOutside) return leftOut(notes, 'outside')
  const stroke: Shape = { kind: 'stroke', defectType, size: radius * 2, points: [x, y] }
  const isInside = x >= 0 && y >= 0 && x <= size.width && y <= size.height
  if (isInside && radius * 2 <= thickestStroke) return atLeastAPixel([stroke], size, notes)
  // Too large to be stored as a circle: the pixels of the picture that it covers.
  const regions = regionsOf([stroke], size)
  return regions.length > 0 ? regions : leftOut(notes, 'outside')
}

/** The pixels of shapes as regions, one or more of each type. */
function regionsOf(shapes: readonly Shape[], size: Size): RegionShape[] {
  const raster = rasterize(shapes, size.width, size.height)
  return areasOf(raster).flatMap(({ defectType }) => {
    const value = raster.types.indexOf(defectType) + 1
    return regionShapesOf(raster, (index) => raster.data[index] === value, defectType)
  })
}

function conformPixels(box: DrawnShape & { kind: 'pixels' }, size: Size, notes: CountedNotes): Shape[] {
  const { defectType, data } = box
  const x = Math.round(box.x)
  const y = Math.round(box.y)
  const left = Math.max(0, x)
  const top = Math.max(0, y)
  const width = Math.min(size.width, x + box.width) - left
  const height = Math.min(size.height, y + box.height) - top
  if (width <= 0 || height <= 0) return leftOut(notes, 'outside')
  if (width < box.width || height < box.height) notes.add('shape-cut', {})
  const at = (index: number): boolean =>
    data[(top - y + Math.floor(index / width)) * box.width + (left - x) + (index % width)] === 1
  const regions = regionShapesOf({ width, height }, at, defectType)
  if (regions.length === 0) return leftOut(notes, 'no-pixel')
  return regions.map((region) => ({ ...region, x: region.x + left, y: region.y + top }))
}

function conformRows(runs: DrawnShape & { kind: 'rows' }, size: Size, notes: CountedNotes): Shape[] {
  const { counts, width, height } = runs
  // Nothing is reserved for a box that only the document knows.
  if (width > size.width || height > size.height) {
    const params = { width, height, fileWidth: size.width, fileHeight: size.height }
    return leftOut(notes, 'runs-size', params)
  }
  const sum = counts.reduce((total, run) => total + run, 0)
  if (sum > width * height) return leftOut(notes, 'runs-sum', { sum, pixels: width * height })
  const data = new Uint8Array(width * height)
  let at = 0
  for (const [i, run] of counts.entries()) {
    if (i % 2 === 1) data.fill(1, at, at + run)
    at += run
  }
  return conformPixels({ ...runs, kind: 'pixels', data }, size, notes)
}

function conformColumns(runs: DrawnShape & { kind: 'columns' }, size: Size, notes: CountedNotes): Shape[] {
  const { defectType, width, height, counts } = runs
  // Nothing is reserved for a picture that only the document knows.
  if (width !== size.width || height !== size.height) {
    const params = { width, height, fileWidth: size.width, fileHeight: size.height }
    return leftOut(notes, 'runs-size', params)
  }
  const pixels = width * height
  const sum = counts.reduce((total, run) => total + run, 0)
  if (sum !== pixels) {
    return leftOut(notes, 'runs-sum', { sum, pixels })
  }
  const mask = new Uint8Array(pixels)
  let at = 0
  let area = 0
  for (const [i, run] of counts.entries()) {
    if (i % 2 === 1) {
      area += run
      for (let pixel = at; pixel < at + run; pixel += 1) {
        mask[(pixel % height) * width + Math.floor(pixel / height)] = 1
      }
    }
    at += run
  }
  const regions = regionShapesOf({ width, height }, (index) => mask[index] === 1, defectType)
  if (regions.length === 0) return leftOut(notes, 'no-pixel')
  if (area * 2 > pixels) notes.add('shape-mostly-marked', { share: { share: area / pixels } })
  return regions
}

/**
 * Cuts a polygon to the picture (Sutherland and Hodgman 1974). Every point inside the picture stays inside or outside
 * of the polygon, also by the even-odd rule: what is cut away is replaced by a line on the border.
 */
export function clipPolygon(
  points: readonly number[],
  { width, height }: Size,
): { points: number[]; isCut: boolean } {
  const isWithin = points.every((value, i) => value >= 0 && value <= (i % 2 === 0 ? width : height))
  if (isWithin) return { points: [...points], isCut: false }
  let cut = [...points]
  for (const [axis, limit, sign] of [
    [0, 0, 1],
    [0, width, -1],
    [1, 0, 1],
    [1, height, -1],
  ] as const) {
    const next: number[] = []
    const count = cut.length / 2
    for (let i = 0; i < count; i += 1) {
      const from = pointAt(cut, (i + count - 1) % count)
      const to = pointAt(cut, i)
      const before = sign * (from[axis] - limit)
      const now = sign * (to[axis] - limit)
      if (before >= 0 !== now >= 0) {
        const share = before / (before - now)
        const across = axis === 0 ? 1 : 0
        const other = from[across] + share * (to[across] - from[across])
        next.push(...(axis === 0 ? [limit, other] : [other, limit]))
      }
      if (now >= 0) next.push(...to)
    }
    cut = next
  }
  return { points: cut, isCut: true }
}

export const pointAt = (points: readonly number[], i: number): [number, number] => [
  elementAt(points, i * 2, 'outline'),
  elementAt(points, i * 2 + 1, 'outline'),
]

/** Farther than this from the picture nothing was drawn: the number is broken. */
const farthestDrawn = 1e7

/** A coordinate or a length, from a number or the text of one; null for everything else. */
export function finiteNumber(value: unknown): number | null {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof number === 'number' && Math.abs(number) <= farthestDrawn ? number : null
}
