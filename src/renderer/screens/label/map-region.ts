/** A mask proposed by an anomaly map: where it is at least as hot as a level. */
import type { RegionShape } from '../../../shared/label.ts'
import { regionOf } from '../../../shared/region-runs.ts'
import type { RawMap } from '../../heatmap/raw-map.ts'

/** Pixels at a level or above it: 1, else 0. */
export function hotPixels(map: RawMap, level: number): Uint8Array {
  const least = Math.max(1, Math.ceil((level / map.scale) * 65_535))
  const hot = new Uint8Array(map.values.length)
  for (let i = 0; i < hot.length; i += 1) if ((map.values[i] ?? 0) >= least) hot[i] = 1
  return hot
}

export interface Regions {
  /** Pixels of each connected region, the largest first. */
  areas: number[]
}

/**
 * Follows what is connected over an edge or a corner; regions with fewer pixels than `least` are set to 0.
 * @param hot [height, width]; changed in place
 */
export function withoutSpecks(hot: Uint8Array, width: number, least: number): Regions {
  const height = hot.length / width
  const areas: number[] = []
  const stack: number[] = []
  const members: number[] = []
  const seen = new Uint8Array(hot.length)
  for (let start = 0; start < hot.length; start += 1) {
    if (hot[start] !== 1 || seen[start] === 1) continue
    members.length = 0
    stack.push(start)
    seen[start] = 1
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      members.push(at)
      const x = at % width
      const y = (at - x) / width
      for (let row = Math.max(0, y - 1); row <= Math.min(height - 1, y + 1); row += 1) {
        for (let column = Math.max(0, x - 1); column <= Math.min(width - 1, x + 1); column += 1) {
          const next = row * width + column
          if (hot[next] !== 1 || seen[next] === 1) continue
          seen[next] = 1
          stack.push(next)
        }
      }
    }
    if (members.length < least) for (const at of members) hot[at] = 0
    else areas.push(members.length)
  }
  return { areas: areas.sort((a, b) => b - a) }
}

/** What the map proposes, at the size of the photograph; null where nothing is as hot. */
export function proposedRegion(
  map: RawMap,
  level: number,
  options: { least: number; defectType: string; width: number; height: number },
): RegionShape | null {
  const hot = hotPixels(map, level)
  withoutSpecks(hot, map.width, options.least)
  const { width, height, defectType } = options
  if (map.width === width && map.height === height) {
    return regionOf(map, (index) => hot[index] === 1, defectType)
  }
  return regionOf(
    { width, height },
    (index) => {
      const x = Math.floor((((index % width) + 0.5) / width) * map.width)
      const y = Math.floor(((Math.floor(index / width) + 0.5) / height) * map.height)
      return hot[y * map.width + x] === 1
    },
    defectType,
  )
}
