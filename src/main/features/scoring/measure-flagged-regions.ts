/**
 * Measures the flagged regions of anomaly maps at all levels, once for each map, so that the criteria for area and
 * strength can be changed without reading maps again.
 */
import { readFile } from 'node:fs/promises'
import type { Run } from '../../../shared/run.ts'
import { readAnomalyMap } from '../../images/anomaly-map.ts'
import { saveFlaggedRegionProfiles, unmeasuredMaps } from '../../store/flagged-region-profiles.ts'
import type { Workspace } from '../../store/workspace.ts'
import { mapScaleOf } from '../runs/score-settings.ts'
import { flaggedRegionProfile } from './flagged-region-profile.ts'

/** Number of maps whose profiles are stored in one transaction. */
const batch = 50

/**
 * @param images measures only these; null for all of the run
 * @returns how many were measured; a missing map is skipped, and `verify` reports it
 */
export async function measureFlaggedRegionsOfRun(
  workspace: Workspace,
  run: Run,
  images: readonly number[] | null,
): Promise<number> {
  const mapScale = mapScaleOf(run)
  const waiting = unmeasuredMaps(workspace.db, run.id, images)
  let measured = 0
  for (let at = 0; at < waiting.length; at += batch) {
    const profiles: { imageId: number; scoredAt: number; areas: Uint32Array }[] = []
    for (const { imageId, mapFile, scoredAt } of waiting.slice(at, at + batch)) {
      const bytes = await readFile(workspace.path(mapFile)).catch(() => null)
      if (bytes === null) continue
      const { values, width, height } = await readAnomalyMap(bytes)
      profiles.push({ imageId, scoredAt, areas: flaggedRegionProfile(values, width, height, mapScale) })
    }
    saveFlaggedRegionProfiles(workspace.db, run.id, profiles)
    measured += profiles.length
  }
  return measured
}
