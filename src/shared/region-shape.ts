/**
 * Converts between single pixels and a `RegionShape`: a bounding box with lengths of runs along its rows, the form in
 * which a set of pixels is stored and sent.
 */
import { mostRuns, type RegionShape } from './label.ts'

/** The shape of the pixels of [height, width] for which `inside` holds; null where there are none. */
export function regionShapeOf(
  size: { width: number; height: number },
  inside: (index: number) => boolean,
  defectType: string,
): RegionShape | null {
  const { width, height } = size
  let left = width
  let right = -1
  let top = -1
  let bottom = -1
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      if (!inside(y * width + x)) continue
      if (top < 0) top = y
      bottom = y
      if (x < left) left = x
      if (x > right) right = x
    }
  }
  if (top < 0) return null
  const runs: number[] = []
  let state = false
  let length = 0
  for (let y = top; y <= bottom; y += 1) {
    for (let x = left; x <= right; x += 1) {
      const now = inside(y * width + x)
      if (now === state) length += 1
      else {
        runs.push(length)
        state = now
        length = 1
      }
    }
  }
  runs.push(length)
  return {
    kind: 'region',
    defectType,
    x: left,
    y: top,
    width: right - left + 1,
    height: bottom - top + 1,
    runs,
  }
}

/**
 * As `regionShapeOf`, in as many regions as it takes: a mask of noise may have more runs than one region can be stored
 * with.
 */
export function regionShapesOf(
  size: { width: number; height: number },
  inside: (index: number) => boolean,
  defectType: string,
): RegionShape[] {
  const { width, height } = size
  const whole = regionShapeOf(size, inside, defectType)
  if (whole === null) return []
  if (whole.runs.length <= mostRuns || height === 1) return [whole]
  const half = Math.floor(height / 2)
  const below = regionShapesOf(
    { width, height: height - half },
    (index) => inside(index + half * width),
    defectType,
  )
  return [
    ...regionShapesOf({ width, height: half }, inside, defectType),
    ...below.map((region) => ({ ...region, y: region.y + half })),
  ]
}

/** Calls `paint` for every run of inside pixels within a row, in coordinates of the photograph. */
export function eachRun(region: RegionShape, paint: (y: number, from: number, to: number) => void): void {
  let at = 0
  let inside = false
  for (const run of region.runs) {
    if (inside) {
      for (let left = run; left > 0; ) {
        const column = at % region.width
        const length = Math.min(left, region.width - column)
        const y = region.y + Math.floor(at / region.width)
        paint(y, region.x + column, region.x + column + length)
        at += length
        left -= length
      }
    } else at += run
    inside = !inside
  }
}
