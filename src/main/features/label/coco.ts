/**
 * One COCO document for a dataset. Polygons and rectangles are `segmentation` polygons; where something was drawn
 * over or taken away, the pixels of each kind are an uncompressed run-length encoding (`iscrowd` 1, as pycocotools
 * expects of one). Compressed encodings are read too.
 */
import { z } from 'zod'
import { elementAt } from '../../../shared/element-at.ts'
import { type Shape, unnamedDefect } from '../../../shared/label.ts'
import { regionShapeOf } from '../../../shared/region-shape.ts'
import { areasOf, type Raster, rasterize } from '../../images/rasterize.ts'
import { isVector } from './vector.ts'

const runsSchema = z.object({
  size: z.tuple([z.int().positive(), z.int().positive()]),
  counts: z.union([z.array(z.int().nonnegative()), z.string()]),
})
export const cocoSchema = z.object({
  images: z.array(
    z.object({
      id: z.union([z.int(), z.string()]),
      file_name: z.string(),
      width: z.int().positive(),
      height: z.int().positive(),
    }),
  ),
  annotations: z.array(
    z.object({
      image_id: z.union([z.int(), z.string()]),
      category_id: z.int(),
      segmentation: z.union([z.array(z.array(z.number())), runsSchema]).nullish(),
      bbox: z.array(z.number()).nullish(),
    }),
  ),
  categories: z.array(z.object({ id: z.int(), name: z.string() })),
})
export type Coco = z.infer<typeof cocoSchema>

export interface CocoImage {
  file: string
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
    categories.push({ id: categories.length + 1, name, supercategory: 'defect' })
    return categories.length
  }
  return {
    add({ file, width, height, shapes }: CocoImage): void {
      const image = images.length + 1
      images.push({ id: image, file_name: file, width, height })
      const annotate = (name: string, values: Record<string, unknown>): void => {
        annotations.push({
          id: annotations.length + 1,
          image_id: image,
          category_id: category(name),
          ...values,
        })
      }
      if (isVector(shapes)) {
        for (const shape of shapes) {
          const polygon = outline(shape)
          if (polygon === null || shape.defectType === null) continue
          const raster = rasterize([shape], width, height)
          annotate(shape.defectType, {
            segmentation: [polygon],
            area: areasOf(raster)[0]?.area ?? 0,
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
 * a difference.
 */
export function compressedCounts(text: string): number[] {
  const counts: number[] = []
  for (let at = 0; at < text.length; ) {
    let value = 0
    let shift = 0
    for (;;) {
      const character = text.charCodeAt(at) - 48
      at += 1
      value |= (character & 0x1f) << shift
      shift += 5
      if ((character & 0x20) !== 0) continue
      if ((character & 0x10) !== 0) value |= -1 << shift
      break
    }
    counts.push(counts.length > 2 ? value + elementAt(counts, counts.length - 2, 'counts') : value)
  }
  return counts
}

/** The shapes of each photograph, by its file name in the document. */
export function fromCoco(document: Coco): Map<string, { width: number; height: number; shapes: Shape[] }> {
  const names = new Map(document.categories.map(({ id, name }) => [id, name.trim().slice(0, 100)]))
  const byId = new Map(
    document.images.map(({ id, file_name: file, width, height }) => {
      const shapes: Shape[] = []
      return [id, { file, width, height, shapes }]
    }),
  )
  for (const { image_id: image, category_id: category, segmentation, bbox } of document.annotations) {
    const found = byId.get(image)
    if (!found) continue
    const defectType = names.get(category) || unnamedDefect
    if (Array.isArray(segmentation) && segmentation.length > 0) {
      for (const points of segmentation) {
        if (points.length >= 6 && points.length % 2 === 0) {
          found.shapes.push({ kind: 'polygon', defectType, points })
        }
      }
    } else if (segmentation && 'counts' in segmentation) {
      const [height, width] = segmentation.size
      const { counts } = segmentation
      const mask = new Uint8Array(width * height)
      let at = 0
      let inside = false
      for (const run of typeof counts === 'string' ? compressedCounts(counts) : counts) {
        if (inside) {
          for (let i = at; i < Math.min(at + run, mask.length); i += 1) {
            mask[(i % height) * width + Math.floor(i / height)] = 1
          }
        }
        at += run
        inside = !inside
      }
      const region = regionShapeOf({ width, height }, (index) => mask[index] === 1, defectType)
      if (region) found.shapes.push(region)
    } else if (bbox) {
      const [x, y, width, height] = bbox
      if (x !== undefined && y !== undefined && width && height && width > 0 && height > 0) {
        found.shapes.push({ kind: 'rectangle', defectType, x, y, width, height })
      }
    }
  }
  return new Map([...byId.values()].map(({ file, ...rest }) => [file, rest]))
}
