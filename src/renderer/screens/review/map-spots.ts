/** The spots of a map that a person looks at first. */
import { elementAt } from '../../../shared/element-at.ts'
import type { ReviewItem } from '../../../shared/review.ts'
import { flaggedPixels, regionsOf } from '../../heatmap/flagged-pixels.ts'
import { mostPixels, type RawMap, sampledMap } from '../../heatmap/raw-map.ts'

/** Where a spot is strongest, as shares of the photograph's width and height. */
export interface Spot {
  x: number
  y: number
}

/** Whether the run compared the places of the part with those of good parts, so that its spots can be explained. */
export const comparesPlaces = ({ hasMap, components }: Pick<ReviewItem, 'hasMap' | 'components'>): boolean =>
  hasMap && 'memory-local' in components

/** Spots of one part, at most. */
const most = 3

/**
 * The largest flagged regions of a map, by how much of it lies above the level; where nothing is flagged, the place
 * with the highest value.
 * @param level in the units of the map
 */
export function spotsOf(whole: RawMap, level: number): Spot[] {
  const { map } = sampledMap(whole, mostPixels)
  const { width, height, values } = map
  const least = (level / map.scale) * 65_535
  const valueAt = (pixel: number): number => elementAt(values, pixel, 'Pixels of a map')
  const placeOf = (pixel: number): Spot => ({
    x: ((pixel % width) + 0.5) / width,
    y: (Math.floor(pixel / width) + 0.5) / height,
  })
  const found: { weight: number; spot: Spot }[] = []
  for (const pixels of regionsOf(flaggedPixels(map, level), width)) {
    let [weight, strongest] = [0, elementAt(pixels, 0, 'Pixels of a region')]
    for (const pixel of pixels) {
      weight += valueAt(pixel) - least
      if (valueAt(pixel) > valueAt(strongest)) strongest = pixel
    }
    found.push({ weight, spot: placeOf(strongest) })
  }
  if (found.length > 0) {
    return found
      .sort((a, b) => b.weight - a.weight)
      .slice(0, most)
      .map(({ spot }) => spot)
  }
  let highest = 0
  for (let pixel = 1; pixel < values.length; pixel += 1) {
    if (valueAt(pixel) > valueAt(highest)) highest = pixel
  }
  return [placeOf(highest)]
}
