/**
 * Ground truth as a line around each defect, so that what lies inside stays visible: white on the inner edge,
 * black on the outer one, readable over every photograph and every color map.
 */
import { elementAt } from '../../../shared/element-at.ts'

export interface MaskPicture {
  width: number
  height: number
  /** RGBA, row-major; a pixel is part of a defect where red is above half. */
  data: Uint8ClampedArray
}

/** A line width, in pixels of the mask, that can still be seen when a large mask is shown smaller. */
export const lineWidth = (width: number, height: number): number =>
  Math.max(1, Math.round(Math.max(width, height) / 320))

/** RGBA, [height, width, 4]: transparent but for the lines. */
export function maskOutline(mask: MaskPicture, line: number): Uint8ClampedArray<ArrayBuffer> {
  const { width, height, data } = mask
  if (data.length !== width * height * 4)
    throw new RangeError(`A mask of ${width} x ${height} has ${data.length} bytes.`)
  const inside = (x: number, y: number): boolean => elementAt(data, (y * width + x) * 4) > 127
  const pixels = new Uint8ClampedArray(width * height * 4)
  /** Whether a pixel of the other kind is at most `line` away in either direction. */
  const bordersOn = (x: number, y: number, wanted: boolean): boolean => {
    const right = Math.min(width - 1, x + line)
    const bottom = Math.min(height - 1, y + line)
    for (let row = Math.max(0, y - line); row <= bottom; row += 1) {
      for (let column = Math.max(0, x - line); column <= right; column += 1) {
        if (inside(column, row) === wanted) return true
      }
    }
    return false
  }
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const own = inside(x, y)
      if (!bordersOn(x, y, !own)) continue
      pixels.fill(own ? 255 : 0, (y * width + x) * 4, (y * width + x) * 4 + 3)
      pixels[(y * width + x) * 4 + 3] = 255
    }
  }
  return pixels
}
