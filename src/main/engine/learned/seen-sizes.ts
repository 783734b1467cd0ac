/** The sizes that a memory sees a photograph in: small defects show at the largest, large ones at the smallest. */
import { type Pixels, resample } from '../data/geometry.ts'

/** How many sizes a memory learns. */
export const sizesSeen = 3

/** From one size to the next smaller one. */
export const sizeStep = 0.7

/** The picture at so many sizes, the largest first. */
export function inSizes(picture: Pixels, count: number): Pixels[] {
  const side = (length: number) => Math.max(1, Math.round(length * sizeStep))
  const pictures = [picture]
  for (let last = picture; pictures.length < count; pictures.push(last)) {
    last = resample(last, side(last.width), side(last.height))
  }
  return pictures
}
