/**
 * One JSON file for each photograph, as labelme reads and writes it, from version 3 on, and X-AnyLabeling, which adds
 * kinds of shapes. Polygons and rectangles stay what they are; where something was drawn over or taken away, the pixels
 * of each kind are a shape of the type `mask`. A document is read shape by shape: a bad one costs itself alone.
 */

import sharp from 'sharp'
import { z } from 'zod'
import { elementAt } from '../../../shared/element-at.ts'
import type { Shape } from '../../../shared/label.ts'
import type { Message } from '../../../shared/messages/message.ts'
import { areasOf, rasterize } from '../../../shared/rasterize.ts'
import { regionShapeOf } from '../../../shared/region-shape.ts'
import type { Size } from '../../images/orientation.ts'
import { type CountedNotes, countedNotes, type DrawnShape, finiteNumber, leavesOut } from './conform.ts'
import { meaningOfShape } from './label-words.ts'
import { isVector } from './vector.ts'

interface Photograph {
  file: string
  width: number
  height: number
}

export async function toLabelme(
  image: Photograph,
  shapes: readonly Shape[],
): Promise<Record<string, unknown>> {
  const written = isVector(shapes) ? shapes.flatMap(vectorShape) : await maskShapes(image, shapes)
  return {
    version: '5.5.0',
    flags: {},
    shapes: written.map((shape) => ({ ...shape, group_id: null, description: '', flags: {} })),
    imagePath: image.file,
    imageData: null,
    imageHeight: image.height,
    imageWidth: image.width,
  }
}

interface Written {
  label: string
  shape_type: string
  points: [number, number][]
  mask: string | null
}

function vectorShape(shape: Shape): Written[] {
  if (shape.kind === 'polygon') {
    return [{ label: shape.defectType, shape_type: 'polygon', points: pairs(shape.points), mask: null }]
  }
  if (shape.kind === 'rectangle') {
    const { x, y, width, height, defectType } = shape
    const corners: [number, number][] = [
      [x, y],
      [x + width, y + height],
    ]
    return [{ label: defectType, shape_type: 'rectangle', points: corners, mask: null }]
  }
  return []
}

const pairs = (points: readonly number[]): [number, number][] =>
  Array.from({ length: points.length / 2 }, (_, i) => [
    elementAt(points, i * 2, 'outline'),
    elementAt(points, i * 2 + 1, 'outline'),
  ])

async function maskShapes(image: Photograph, shapes: readonly Shape[]): Promise<Written[]> {
  const raster = rasterize(shapes, image.width, image.height)
  const written: Written[] = []
  for (const { defectType } of areasOf(raster)) {
    const value = raster.types.indexOf(defectType) + 1
    const region = regionShapeOf(raster, (index) => raster.data[index] === value, defectType)
    if (region === null) continue
    const { x, y, width, height } = region
    const gray = Buffer.alloc(width * height)
    for (let row = 0; row < height; row += 1) {
      for (let column = 0; column < width; column += 1) {
        const inside = raster.data[(y + row) * raster.width + x + column] === value
        if (inside) gray[row * width + column] = 255
      }
    }
    const png = await sharp(gray, { raw: { width, height, channels: 1 } })
      .toColourspace('b-w')
      .png()
      .toBuffer()
    // In labelme both corners are pixels of the box.
    written.push({
      label: defectType,
      shape_type: 'mask',
      points: [
        [x, y],
        [x + width - 1, y + height - 1],
      ],
      mask: png.toString('base64'),
    })
  }
  return written
}

/** What is asked of a document and of each of its shapes before they are looked at more closely. */
const documentSchema = z.object({
  imagePath: z.unknown().optional(),
  imageWidth: z.unknown().optional(),
  imageHeight: z.unknown().optional(),
  shapes: z.array(z.unknown()),
})
const shapeSchema = z.object({
  label: z.union([z.string(), z.number().transform(String), z.null().transform(() => '')]).default(''),
  points: z.array(z.unknown()),
  shape_type: z.string().nullish(),
  mask: z.string().nullish(),
})

export interface LabelmeReading {
  /** The photograph as the document calls it, often with the path of another machine. */
  imagePath: string | null
  /** The photograph's size as the document has it. */
  size: Size | null
  shapes: DrawnShape[]
  /** Number of shapes in the document. */
  count: number
  /** Messages of the topic `warning`. */
  notes: Message[]
}

/** The width or height of a picture that a document claims, if it is one. */
export function claimedSize(width: unknown, height: unknown): Size | null {
  const [w, h] = [finiteNumber(width), finiteNumber(height)]
  if (w === null || h === null || w < 1 || h < 1) return null
  return { width: Math.round(w), height: Math.round(h) }
}

/** Reads a document piece by piece; null where it is none of labelme. */
export async function readLabelme(document: unknown): Promise<LabelmeReading | null> {
  const found = documentSchema.safeParse(document)
  if (!found.success) return null
  const { imagePath, imageWidth, imageHeight, shapes: pieces } = found.data
  const size = claimedSize(imageWidth, imageHeight)
  const notes = countedNotes()
  const shapes: DrawnShape[] = []
  for (const piece of pieces) {
    const read = shapeSchema.safeParse(piece)
    if (!read.success) {
      notes.add('shape-left-out', { case: 'malformed' })
      continue
    }
    const { label, shape_type: type } = read.data
    const meaning = meaningOfShape(label)
    if (meaning !== 'kept') {
      notes.add('shape-left-out', { case: meaning, label: shown(label) })
      continue
    }
    const shape = await drawnShape(type ?? 'polygon', { ...read.data, points: read.data.points }, size, notes)
    if (shape) shapes.push(shape)
  }
  return {
    imagePath: typeof imagePath === 'string' && imagePath.trim() !== '' ? imagePath : null,
    size,
    shapes,
    count: pieces.length,
    notes: notes.notes(),
  }
}

/** A text of a document in a message: short, and in one line. */
export const shown = (text: string): string => {
  const plain = text
    .toWellFormed()
    .replaceAll(/\p{Cc}+/gu, ' ')
    .trim()
  return plain.length > 40 ? `${plain.slice(0, 40).toWellFormed()}…` : plain
}

/** Corners as the document has them; null where one is no pair of numbers. */
function cornersOf(points: readonly unknown[]): [number, number][] | null {
  const corners: [number, number][] = []
  for (const point of points) {
    const [x, y] = Array.isArray(point) ? [finiteNumber(point[0]), finiteNumber(point[1])] : [null, null]
    if (x === null || y === null) return null
    corners.push([x, y])
  }
  return corners
}

async function drawnShape(
  type: string,
  piece: { label: string; points: readonly unknown[]; mask?: string | null | undefined },
  size: Size | null,
  notes: CountedNotes,
): Promise<DrawnShape | null> {
  const { label: defectType, points, mask } = piece
  const corners = cornersOf(points)
  const leftOut = leavesOut(notes)
  if (corners === null) return leftOut('malformed')
  const [first, second] = corners
  switch (type.toLowerCase()) {
    // Four corners of a rectangle are X-AnyLabeling's; `rotation` and `quadrilateral` are its turned ones.
    case 'polygon':
    case 'rotation':
    case 'quadrilateral':
    case 'rectangle':
      if (type.toLowerCase() === 'rectangle' && corners.length === 2 && first && second) {
        const width = Math.abs(first[0] - second[0])
        const height = Math.abs(first[1] - second[1])
        if (width === 0 || height === 0) return leftOut('too-small')
        const [x, y] = [Math.min(first[0], second[0]), Math.min(first[1], second[1])]
        return { kind: 'rectangle', defectType, x, y, width, height }
      }
      if (corners.length < 3) return leftOut('few-corners', { kind: shown(type) })
      return { kind: 'polygon', defectType, points: corners.flat() }
    case 'circle': {
      if (!first || !second) return leftOut('few-corners', { kind: 'circle' })
      const radius = Math.hypot(first[0] - second[0], first[1] - second[1])
      if (radius === 0) return leftOut('too-small')
      return { kind: 'circle', defectType, x: first[0], y: first[1], radius }
    }
    case 'mask':
      if (!first || typeof mask !== 'string') return leftOut('malformed')
      return (await pixelsOf(mask, first, defectType, size)) ?? leftOut('malformed')
    default:
      return leftOut('kind', { kind: shown(type) })
  }
}

/** The largest picture inside a document whose photograph has no size in it. */
const mostPixels = 16_383 ** 2

/** The pixels of a shape of the type `mask`: a PNG in base64. Null where it is no picture of a fitting size. */
async function pixelsOf(
  mask: string,
  [x, y]: [number, number],
  defectType: string,
  size: Size | null,
): Promise<DrawnShape | null> {
  try {
    const bytes = Buffer.from(mask.replace(/^data:[^,]*,/, ''), 'base64')
    const limitInputPixels = size === null ? mostPixels : Math.min(mostPixels, size.width * size.height)
    const { data, info } = await sharp(bytes, { limitInputPixels })
      .toColourspace('b-w')
      .extractChannel(0)
      .raw()
      .toBuffer({ resolveWithObject: true })
    const { width, height } = info
    return { kind: 'pixels', defectType, x, y, width, height, data: data.map((value) => (value > 0 ? 1 : 0)) }
  } catch {
    return null
  }
}
