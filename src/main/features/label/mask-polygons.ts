/** What was drawn, as polygons for formats that know nothing else. */
import { mostCoordinates, type Shape } from '../../../shared/label.ts'
import { areasOf, defectsOf, rasterize } from '../../../shared/rasterize.ts'
import { outlinesOf } from '../../images/outlines.ts'
import { isVector } from './vector.ts'

export interface MaskPolygon {
  defectType: string
  /** x and y in turn, in pixels. */
  points: number[]
}

export interface Box {
  left: number
  top: number
  right: number
  bottom: number
}

/**
 * The corners as they were drawn, where everything is a polygon or a rectangle inside the picture; else the outlines of
 * the marked pixels. What is to be ignored is left out. Filled by the even-odd rule both give the pixels of the mask.
 */
export function maskPolygons(shapes: readonly Shape[], width: number, height: number): MaskPolygon[] {
  const corners = isVector(shapes) ? shapes.flatMap((shape) => cornersOf(shape) ?? []) : []
  const isInside = corners.every(({ points }) =>
    points.every((place, i) => place >= 0 && place <= (i % 2 === 0 ? width : height)),
  )
  if (corners.length > 0 && isInside) {
    return corners.filter(({ defectType, points }) => {
      const own: Shape = { kind: 'polygon', defectType, points }
      return areasOf(rasterize([own], width, height)).length > 0
    })
  }
  const raster = defectsOf(rasterize(shapes, width, height))
  return areasOf(raster).flatMap(({ defectType }) => {
    const value = raster.types.indexOf(defectType) + 1
    const marked = raster.data.map((own) => Number(own === value))
    return boundedOutlines(marked, width, height).map((points) => ({ defectType, points }))
  })
}

function cornersOf(shape: Shape): MaskPolygon | null {
  if (shape.kind === 'polygon') return { defectType: shape.defectType, points: shape.points }
  if (shape.kind !== 'rectangle') return null
  const { x, y, width, height, defectType } = shape
  return { defectType, points: [x, y, x + width, y, x + width, y + height, x, y + height] }
}

/** Outlines that an import takes: a piece with too many corners is cut in two. */
function boundedOutlines(marked: Uint8Array, width: number, height: number): number[][] {
  const outlines = outlinesOf(marked, width, height)
  if (height === 1 || outlines.every(({ length }) => length <= mostCoordinates)) return outlines
  const half = Math.floor(height / 2)
  const below = boundedOutlines(marked.subarray(half * width), width, height - half)
  return [
    ...boundedOutlines(marked.subarray(0, half * width), width, half),
    ...below.map((points) => points.map((place, i) => (i % 2 === 0 ? place : place + half))),
  ]
}

export function boxAround({ points }: MaskPolygon): Box {
  const box = { left: Number.POSITIVE_INFINITY, top: Number.POSITIVE_INFINITY, right: 0, bottom: 0 }
  for (const [i, place] of points.entries()) {
    if (i % 2 === 0) {
      box.left = Math.min(box.left, place)
      box.right = Math.max(box.right, place)
    } else {
      box.top = Math.min(box.top, place)
      box.bottom = Math.max(box.bottom, place)
    }
  }
  return box
}
