/** Where a map is at least as hot as the threshold: a line around it, and its size. */
import type { RawMap } from '../../heatmap/raw-map.ts'
import { hotPixels, withoutSpecks } from '../../heatmap/flagged-pixels.ts'
import { lineWidth, maskOutline } from './mask-outline.ts'

export interface FlaggedRegion {
  /** Pixels of the map, all regions together and the largest of them. */
  pixels: number
  largest: number
  regions: number
}

/** A region is looked for on at most so many pixels: the next part must be on screen at once. */
const mostPixels = 400_000
/** Fewer pixels are noise of the camera. */
const least = 4

/** The map at every nth pixel of every nth row. */
function sampled(map: RawMap): { map: RawMap; step: number } {
  const step = Math.max(1, Math.ceil(Math.sqrt((map.width * map.height) / mostPixels)))
  if (step === 1) return { map, step }
  const width = Math.ceil(map.width / step)
  const height = Math.ceil(map.height / step)
  const values = new Uint16Array(width * height)
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      values[y * width + x] = map.values[y * step * map.width + x * step] ?? 0
    }
  }
  return { map: { width, height, scale: map.scale, values }, step }
}

/**
 * @param level in the units of the map
 * @returns the sizes, and RGBA of the lines (orange on black) or null where nothing is as hot
 */
export function flaggedRegion(
  whole: RawMap,
  level: number,
): {
  region: FlaggedRegion
  lines: { data: Uint8ClampedArray<ArrayBuffer>; width: number; height: number } | null
} {
  const { map, step } = sampled(whole)
  const { width, height } = map
  const hot = hotPixels(map, level)
  const { areas } = withoutSpecks(hot, width, least)
  const scale = step * step
  const region = {
    pixels: areas.reduce((sum, area) => sum + area, 0) * scale,
    largest: (areas[0] ?? 0) * scale,
    regions: areas.length,
  }
  if (areas.length === 0) return { region, lines: null }
  const mask = new Uint8ClampedArray(width * height * 4)
  for (let i = 0; i < hot.length; i += 1) if (hot[i] === 1) mask[i * 4] = 255
  const data = maskOutline({ width, height, data: mask }, lineWidth(width, height))
  // White is what ground truth is drawn in.
  for (let i = 0; i < data.length; i += 4) {
    if (data[i] !== 255) continue
    data[i + 1] = 176
    data[i + 2] = 0
  }
  return { region, lines: { data, width, height } }
}
