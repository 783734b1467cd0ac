/** The region of interest that a run was trained with. */
import { LRUCache } from 'lru-cache'
import type { RegionOfInterest } from '../../shared/region-of-interest.ts'
import { call } from '../bridge.ts'
import { drawRegionOfInterest } from '../stage/region-of-interest.ts'
import type { Size } from '../stage/view.ts'

/** Of the runs that were looked at last. A run's region of interest never changes, so it is asked for once. */
const ofRuns = new LRUCache<string, Promise<RegionOfInterest>>({ max: 100 })

export function regionOfInterestOfRun(run: string): Promise<RegionOfInterest> {
  const asked = ofRuns.get(run) ?? call('run.region', { run }).then(({ region }) => region)
  ofRuns.set(run, asked)
  // A failure is not kept: the next call asks again.
  asked.catch(() => ofRuns.delete(run))
  return asked
}

/** Lines around the run's region of interest on one photograph; null where all of it counts. */
export async function regionOfInterestLines(
  run: string,
  image: number,
  size: Size,
): Promise<ImageBitmap | null> {
  const region = await regionOfInterestOfRun(run)
  if (region.kind === 'none') return null
  const inside =
    region.kind === 'found' ? (await call('run.region', { run, image })).preview?.inside : undefined
  if (region.kind === 'found' && !inside) return null
  const context = new OffscreenCanvas(size.width, size.height).getContext('2d')
  if (context === null) throw new Error('This window cannot draw on a canvas.')
  if (region.kind === 'drawn') drawRegionOfInterest(context, size, region)
  else if (inside) drawRegionOfInterest(context, size, { inside })
  return createImageBitmap(context.canvas)
}
