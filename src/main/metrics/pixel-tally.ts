import { requireLength } from '../platform/array-bounds.ts'
import { connectedComponents } from './connected-components.ts'
import { notANumber, requireArgument, requireSameLength } from './input.ts'
import { sortableKeys, sortKeys } from './radix-sort.ts'

/**
 * Counts of the pixels of any number of anomaly maps by their level of anomaly, lowest level first: all that pixel
 * AUROC and AUPRO need. It is plain data, so that several workers can each make one and the results be added.
 */
export interface PixelTally {
  /** Normal pixels at each level. */
  normal: Float64Array
  /** Anomalous pixels at each level. */
  anomalous: Float64Array
  /** Sum over anomalous regions of the share of the region's pixels at each level. */
  overlap: Float64Array
  /** Anomalous regions, connected by edges or corners. */
  regions: number
}

/** One anomaly map with its truth; all are width * height, row by row. */
interface PixelTruth<Values> {
  map: Values
  /** Non-zero where the part is defective; null for a normal image. */
  mask: ArrayLike<number> | null
  /** Non-zero where a pixel counts neither as normal nor as anomalous; null or left out where all count. */
  ignored?: ArrayLike<number> | null
  width: number
  height: number
}

/** An empty tally for maps of 16-bit levels on one scale. */
export function createPixelTally(): PixelTally {
  const levels = 65_536
  return {
    normal: new Float64Array(levels),
    anomalous: new Float64Array(levels),
    overlap: new Float64Array(levels),
    regions: 0,
  }
}

/**
 * Adds a 16-bit map to the tally. Memory does not grow with the number of maps, and the result is exact, since all
 * maps of a run are on one scale. Throws Failure `metrics-length` or `metrics-argument`.
 */
export function addToTally(tally: PixelTally, truth: PixelTruth<Uint16Array>): void {
  const { map, mask, ignored = null, width, height } = truth
  requireArgument(map.length === width * height, 'map-pixels')
  if (ignored !== null) requireSameLength(map, ignored, 'map-and-mask')
  const { normal, anomalous, overlap } = tally
  if (mask === null) {
    for (let i = 0; i < map.length; i++) {
      if (ignored !== null && ignored[i] !== 0) continue
      const level = map[i]
      normal[level]++
    }
    return
  }
  requireSameLength(map, mask, 'map-and-mask')
  const { labels, count, areas } = connectedComponents(mask, width, height)
  for (let i = 0; i < map.length; i++) {
    const level = map[i]
    const region = labels[i]
    if (region === 0) {
      if (ignored === null || ignored[i] === 0) normal[level]++
    } else {
      anomalous[level]++
      overlap[level] += 1 / areas[region - 1]
    }
  }
  tally.regions += count
}

/** The three lists of a tally have one value for each level. @throws RangeError */
export function requireLevels({ normal, anomalous, overlap }: PixelTally): void {
  requireLength(anomalous, normal.length, 'Anomalous pixels at the levels of a tally')
  requireLength(overlap, normal.length, 'Overlaps at the levels of a tally')
}

/** Adds a tally of the same levels into the first. */
export function mergeTally(into: PixelTally, other: PixelTally): void {
  requireLevels(into)
  requireLevels(other)
  requireSameLength(into.normal, other.normal, 'tallies')
  for (let i = 0; i < into.normal.length; i++) {
    into.normal[i] += other.normal[i]
    into.anomalous[i] += other.anomalous[i]
    into.overlap[i] += other.overlap[i]
  }
  into.regions += other.regions
}

/**
 * The exact tally of maps of floating-point values, from a sort of all pixels; 4 bytes per pixel are held until the
 * end. Consecutive levels that hold only normal pixels are merged, which does not change any curve. Throws Failure
 * `metrics-length`, `metrics-argument` or `metrics-nan`.
 */
export function tallyOfFloats(truths: Iterable<PixelTruth<Float32Array>>): PixelTally {
  const normalParts: Uint32Array[] = []
  const anomalousKeys: number[] = []
  const anomalousWeights: number[] = []
  let regions = 0
  for (const { map, mask, width, height } of truths) {
    requireArgument(map.length === width * height, 'map-pixels')
    const keys = sortableKeys(map, (index) => notANumber(index))
    if (mask === null) {
      normalParts.push(keys)
      continue
    }
    requireSameLength(map, mask, 'map-and-mask')
    const { labels, count, areas } = connectedComponents(mask, width, height)
    regions += count
    let kept = 0
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i]
      const region = labels[i]
      if (region === 0) {
        keys[kept++] = key
      } else {
        anomalousKeys.push(key)
        anomalousWeights.push(1 / areas[region - 1])
      }
    }
    normalParts.push(keys.subarray(0, kept))
  }
  return { ...mergeSorted(joined(normalParts), anomalousKeys, anomalousWeights), regions }
}

function joined(parts: readonly Uint32Array[]): Uint32Array<ArrayBuffer> {
  const all = new Uint32Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

function mergeSorted(
  normalKeys: Uint32Array<ArrayBuffer>,
  anomalousKeys: readonly number[],
  weights: readonly number[],
): Omit<PixelTally, 'regions'> {
  const { keys: normals } = sortKeys(normalKeys)
  const { keys: defects, order } = sortKeys(Uint32Array.from(anomalousKeys), true)
  const levels = 2 * defects.length + 1
  const normal = new Float64Array(levels)
  const anomalous = new Float64Array(levels)
  const overlap = new Float64Array(levels)
  let n = 0
  let level = 0
  for (let d = 0; d < defects.length; level++) {
    const key = defects[d]
    let start = n
    while (n < normals.length && normals[n] < key) n++
    if (n > start) normal[level++] = n - start
    start = n
    while (n < normals.length && normals[n] === key) n++
    normal[level] = n - start
    while (d < defects.length && defects[d] === key) {
      anomalous[level]++
      overlap[level] += weights[order[d]]
      d++
    }
  }
  if (n < normals.length) normal[level++] = normals.length - n
  return {
    normal: normal.slice(0, level),
    anomalous: anomalous.slice(0, level),
    overlap: overlap.slice(0, level),
  }
}
