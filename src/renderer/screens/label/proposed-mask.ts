/** A mask that an anomaly map proposes: its flagged pixels without the small regions, at the size of the photograph. */
import type { RegionShape } from '../../../shared/label.ts'
import { regionShapeOf } from '../../../shared/region-shape.ts'
import { flaggedPixels, removeSmallRegions } from '../../heatmap/flagged-pixels.ts'
import type { RawMap } from '../../heatmap/raw-map.ts'

/** Null where nothing of the map reaches the level. */
export function proposedMask(
  map: RawMap,
  level: number,
  options: { least: number; defectType: string; width: number; height: number },
): RegionShape | null {
  const flagged = flaggedPixels(map, level)
  removeSmallRegions(flagged, map.width, options.least)
  const { width, height, defectType } = options
  if (map.width === width && map.height === height) {
    return regionShapeOf(map, (index) => flagged[index] === 1, defectType)
  }
  return regionShapeOf(
    { width, height },
    (index) => {
      const x = Math.floor((((index % width) + 0.5) / width) * map.width)
      const y = Math.floor(((Math.floor(index / width) + 0.5) / height) * map.height)
      return flagged[y * map.width + x] === 1
    },
    defectType,
  )
}
