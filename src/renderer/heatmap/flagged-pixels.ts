/** Which pixels of an anomaly map are flagged, and how large the connected regions are that they form. */
import type { RawMap } from './raw-map.ts'

/** 1 for each pixel whose value is at least `level`, else 0; [height, width] as the map. */
export function flaggedPixels(map: RawMap, level: number): Uint8Array {
  const least = Math.max(1, Math.ceil((level / map.scale) * 65_535))
  const flagged = new Uint8Array(map.values.length)
  map.values.forEach((value, i) => {
    if (value >= least) flagged[i] = 1
  })
  return flagged
}

/**
 * The regions of flagged pixels, each as the numbers of its pixels. Pixels belong to one region where they touch at an
 * edge or a corner. The same array is given again for the next region.
 * @param flagged [height, width]
 */
export function* regionsOf(flagged: Uint8Array, width: number): Generator<readonly number[]> {
  const height = flagged.length / width
  if (!Number.isInteger(height))
    throw new RangeError(`${flagged.length} pixels are no whole rows of ${width}.`)
  const stack: number[] = []
  const members: number[] = []
  const seen = new Uint8Array(flagged.length)
  for (let start = 0; start < flagged.length; start += 1) {
    if (flagged[start] !== 1 || seen[start] === 1) continue
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
          if (flagged[next] !== 1 || seen[next] === 1) continue
          seen[next] = 1
          stack.push(next)
        }
      }
    }
    yield members
  }
}

/**
 * Regions of fewer pixels than `least` are taken out of `flagged`.
 * @param flagged [height, width]; changed in place
 * @returns the pixels of each region that stays, the largest first
 */
export function removeSmallRegions(flagged: Uint8Array, width: number, least: number): number[] {
  const areas: number[] = []
  for (const members of regionsOf(flagged, width)) {
    if (members.length < least) for (const at of members) flagged[at] = 0
    else areas.push(members.length)
  }
  return areas.sort((a, b) => b - a)
}
