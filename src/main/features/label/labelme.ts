/**
 * One JSON file for each photograph, as labelme reads and writes it. Polygons and rectangles stay what they are;
 * where something was drawn over or taken away, the pixels of each kind are a shape of the type `mask`.
 */

import sharp from 'sharp'
import { z } from 'zod'
import { elementAt } from '../../../shared/element-at.ts'
import { type Shape, unnamedDefect } from '../../../shared/label.ts'
import { regionShapeOf } from '../../../shared/region-shape.ts'
import { areasOf, rasterize } from '../../images/rasterize.ts'
import { isVector } from './vector.ts'

const point = z.tuple([z.number(), z.number()])
const shapeSchema = z.object({
  label: z.string(),
  points: z.array(point),
  shape_type: z.string().default('polygon'),
  mask: z.string().nullish(),
})
export const labelmeSchema = z.object({
  imagePath: z.string().optional(),
  imageWidth: z.int().positive().nullish(),
  imageHeight: z.int().positive().nullish(),
  shapes: z.array(shapeSchema),
})
export type Labelme = z.infer<typeof labelmeSchema>

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

type Written = z.input<typeof shapeSchema>

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

/** @throws Error where a mask inside is no picture */
export async function fromLabelme(document: Labelme): Promise<{ shapes: Shape[]; skipped: string[] }> {
  const shapes: Shape[] = []
  const skipped: string[] = []
  for (const { label, points, shape_type: type, mask } of document.shapes) {
    const defectType = label.trim().slice(0, 100) || unnamedDefect
    const [first, second] = points
    if (type === 'polygon' && points.length >= 3) {
      shapes.push({ kind: 'polygon', defectType, points: points.flat() })
    } else if (type === 'rectangle' && first && second) {
      const x = Math.min(first[0], second[0])
      const y = Math.min(first[1], second[1])
      const width = Math.abs(first[0] - second[0])
      const height = Math.abs(first[1] - second[1])
      if (width > 0 && height > 0) shapes.push({ kind: 'rectangle', defectType, x, y, width, height })
      else skipped.push('rectangle')
    } else if (type === 'circle' && first && second) {
      const radius = Math.hypot(first[0] - second[0], first[1] - second[1])
      if (radius > 0) shapes.push({ kind: 'stroke', defectType, size: radius * 2, points: [...first] })
      else skipped.push('circle')
    } else if (type === 'mask' && first && typeof mask === 'string') {
      const { data, info } = await sharp(Buffer.from(mask, 'base64'))
        .toColourspace('b-w')
        .extractChannel(0)
        .raw()
        .toBuffer({ resolveWithObject: true })
      const region = regionShapeOf(info, (index) => elementAt(data, index, 'mask') > 0, defectType)
      const left = Math.round(first[0])
      const top = Math.round(first[1])
      if (region) shapes.push({ ...region, x: region.x + left, y: region.y + top })
    } else skipped.push(type)
  }
  return { shapes, skipped }
}
