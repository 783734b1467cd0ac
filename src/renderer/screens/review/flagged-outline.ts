/** Where a map reaches the threshold: a line around the flagged regions, and how large they are. */
import { flaggedPixels, removeSmallRegions } from '../../heatmap/flagged-pixels.ts'
import { mostPixels, type RawMap, sampledMap } from '../../heatmap/raw-map.ts'
import { lineWidth, maskOutline } from './mask-outline.ts'

export interface FlaggedRegions {
  /** Pixels of the map, all regions together and the largest of them. */
  pixels: number
  largest: number
  count: number
}

/** Smaller regions are noise of the camera. */
const least = 4

/**
 * @param level in the units of the map
 * @returns the sizes, and RGBA of the lines (orange on black) or null where nothing reaches the level
 */
export function flaggedOutline(
  whole: RawMap,
  level: number,
): {
  regions: FlaggedRegions
  lines: { data: Uint8ClampedArray<ArrayBuffer>; width: number; height: number } | null
} {
  const { map, step } = sampledMap(whole, mostPixels)
  const { width, height } = map
  const flagged = flaggedPixels(map, level)
  const areas = removeSmallRegions(flagged, width, least)
  const [largest = 0] = areas
  const pixelsOfEach = step * step
  const regions = {
    pixels: areas.reduce((sum, area) => sum + area, 0) * pixelsOfEach,
    largest: largest * pixelsOfEach,
    count: areas.length,
  }
  if (areas.length === 0) return { regions, lines: null }
  const mask = new Uint8ClampedArray(width * height * 4)
  for (let i = 0; i < flagged.length; i += 1) if (flagged[i] === 1) mask[i * 4] = 255
  const data = maskOutline({ width, height, data: mask }, lineWidth(width, height))
  // Ground truth is drawn in white.
  for (let i = 0; i < data.length; i += 4) {
    if (data[i] !== 255) continue
    data[i + 1] = 176
    data[i + 2] = 0
  }
  return { regions, lines: { data, width, height } }
}
