/** The anomaly map that a run made of an image. */
import { assetPath } from '../../shared/asset-path.ts'
import { assetUrl } from '../bridge.ts'
import { parseRawMap, type RawMap } from '../heatmap/raw-map.ts'

/** Null where main has none to give; rejects where what it gave is not a whole map. */
export async function readAnomalyMap(
  run: string,
  image: number,
  signal?: AbortSignal,
): Promise<RawMap | null> {
  const response = await fetch(assetUrl(assetPath.map(run, image)), { signal: signal ?? null })
  return response.ok ? parseRawMap(await response.arrayBuffer()) : null
}
