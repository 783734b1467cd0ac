/**
 * Determines which pixels of a photograph are in the region of interest. A drawn region is the same on all
 * photographs. A found region is what differs from the color of the border: Otsu's threshold (1979, "A threshold
 * selection method from gray-level histograms") on the distance from that color, then the largest connected component
 * with its holes filled and a margin around it.
 */

import { rasterize } from '../../shared/rasterize.ts'
import type { InsideRuns, RegionOfInterest } from '../../shared/region-of-interest.ts'
import { connectedComponents } from '../metrics/connected-components.ts'
import { requireLength } from '../platform/array-bounds.ts'

/** A mask: 1 where a pixel is inside of the region of interest, else 0. */
export interface Inside {
  width: number
  height: number
  data: Uint8Array
}

interface Samples {
  width: number
  height: number
  channels: 1 | 3
  data: ArrayLike<number>
}

/** Longer side, in pixels, of the reduced picture in which the part is searched for. */
const searchedSide = 256

/** Bins of the histogram of distances. */
const bins = 256

/**
 * The least share of the variance of distances that must lie between part and background (Otsu's eta). On a
 * photograph with only a slow change of brightness, or the grain of a surface, it is at most 3/4, and there is no
 * part to find.
 */
const leastSeparation = 0.8

/** A component smaller than this share of the photograph is not taken for a part. */
const leastShare = 0.01

/** The mask of the pixels that count; null where all do, also where no part is found on the photograph. */
export function insideOf(region: RegionOfInterest, photograph: Samples): Inside | null {
  const { width, height, channels, data } = photograph
  switch (region.kind) {
    case 'none':
      return null
    case 'drawn':
      return drawn(region.polygons, width, height)
    // Only a found region depends on the samples.
    case 'found':
      requireLength(data, width * height * channels, 'Samples of a photograph')
      return found(photograph, region.margin)
  }
}

export function drawn(polygons: readonly (readonly number[])[], width: number, height: number): Inside {
  const shapes = polygons.map((points) => ({
    kind: 'polygon' as const,
    points: points.map((share, i) => share * (i % 2 === 0 ? width : height)),
    defectType: 'inside',
  }))
  return { width, height, data: rasterize(shapes, width, height).data }
}

/** Resizes a mask by the nearest pixel: that in which the center of each new pixel lies. */
export function insideAt({ width, height, data }: Inside, toWidth: number, toHeight: number): Uint8Array {
  requireLength(data, width * height, 'Pixels that may count')
  if (width === toWidth && height === toHeight) return data
  const out = new Uint8Array(toWidth * toHeight)
  const across = Int32Array.from({ length: toWidth }, (_, x) => Math.floor(((x + 0.5) * width) / toWidth))
  for (let y = 0; y < toHeight; y++) {
    const row = Math.floor(((y + 0.5) * height) / toHeight) * width
    for (let x = 0; x < toWidth; x++) out[y * toWidth + x] = data[row + across[x]]
  }
  return out
}

export function runsOf({ width, height, data }: Inside): InsideRuns {
  const runs: number[] = []
  let state = 0
  let length = 0
  for (const value of data) {
    if (value === state) length += 1
    else {
      runs.push(length)
      state = value
      length = 1
    }
  }
  runs.push(length)
  return { width, height, runs }
}

/** The share of the pixels that count. */
export const shareOf = ({ data }: Inside): number =>
  data.reduce((sum, value) => sum + value, 0) / Math.max(1, data.length)

/** Sets every sample outside of the region to a value, in place. `inside` has the photograph's size. */
export function fillOutside(
  { width, height, channels }: Omit<Samples, 'data'>,
  data: Float32Array | Uint8Array | Uint16Array,
  inside: Uint8Array,
  value: number,
): void {
  requireLength(data, width * height * channels, 'Samples of a photograph')
  requireLength(inside, width * height, 'Pixels that may count')
  for (let i = 0; i < width * height; i++) {
    if (inside[i] === 1) continue
    for (let c = 0; c < channels; c++) data[i * channels + c] = value
  }
}

function found(photograph: Samples, margin: number): Inside | null {
  const small = averaged(photograph)
  const { width, height } = small
  const distances = distancesFrom(borderColor(small), small)
  const { threshold, separation } = otsu(distances)
  if (separation < leastSeparation) return null
  const mask = Uint8Array.from(distances, (distance) => (distance > threshold ? 1 : 0))
  const { labels, areas } = connectedComponents(mask, width, height)
  if (areas.length === 0) return null
  let largest = 0
  for (const [i, area] of areas.entries()) if (area > areas[largest]) largest = i
  if (areas[largest] < leastShare * width * height) return null
  const component = Uint8Array.from(labels, (label) => (label === largest + 1 ? 1 : 0))
  const data = grown(
    filled(component, width, height),
    width,
    height,
    Math.round(margin * Math.max(width, height)),
  )
  return { width, height, data }
}

interface Small {
  width: number
  height: number
  channels: number
  data: Float32Array
}

/** Reduces a photograph by the means of blocks of pixels, so that its longer side is at most `searchedSide`. */
function averaged({ width, height, channels, data }: Samples): Small {
  const factor = Math.max(1, Math.max(width, height) / searchedSide)
  const [w, h] = [Math.max(1, Math.round(width / factor)), Math.max(1, Math.round(height / factor))]
  const sums = new Float64Array(w * h * channels)
  const counts = new Uint32Array(w * h)
  const columns = Int32Array.from({ length: width }, (_, x) => Math.floor((x * w) / width))
  for (let y = 0; y < height; y++) {
    const row = Math.floor((y * h) / height) * w
    for (let x = 0; x < width; x++) {
      const to = row + columns[x]
      counts[to]++
      const from = (y * width + x) * channels
      for (let c = 0; c < channels; c++) {
        sums[to * channels + c] += data[from + c]
      }
    }
  }
  const means = Float32Array.from(sums, (sum, i) => sum / (counts[Math.floor(i / channels)] || 1))
  return { width: w, height: h, channels, data: means }
}

/**
 * The color of the border: the median of each channel over the outermost pixels, in a frame as wide as a fiftieth of
 * the shorter side.
 */
function borderColor({ width, height, channels, data }: Small): number[] {
  const ring = Math.max(1, Math.round(Math.min(width, height) / 50))
  const samples: number[][] = Array.from({ length: channels }, () => [])
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (x >= ring && y >= ring && x < width - ring && y < height - ring) continue
      for (let c = 0; c < channels; c++) samples[c].push(data[(y * width + x) * channels + c])
    }
  }
  return samples.map((values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)])
}

function distancesFrom(color: readonly number[], { width, height, channels, data }: Small): Float32Array {
  const out = new Float32Array(width * height)
  for (let i = 0; i < out.length; i++) {
    let sum = 0
    for (let c = 0; c < channels; c++) sum += (data[i * channels + c] - color[c]) ** 2
    out[i] = Math.sqrt(sum)
  }
  return out
}

/**
 * Otsu's method: the threshold that maximizes the variance between the two classes (equation 18), and the share of
 * the total variance that this is (equation 17).
 */
function otsu(values: Float32Array): { threshold: number; separation: number } {
  const most = values.reduce((largest, value) => Math.max(largest, value), 0)
  if (most === 0) return { threshold: 0, separation: 0 }
  const histogram = new Uint32Array(bins)
  for (const value of values) {
    const bin = Math.min(bins - 1, Math.floor((value / most) * bins))
    histogram[bin]++
  }
  let [total, squares] = [0, 0]
  for (const [bin, count] of histogram.entries()) {
    total += bin * count
    squares += bin * bin * count
  }
  const n = values.length
  let [best, threshold, below, sum] = [-1, 0, 0, 0]
  for (let bin = 0; bin < bins - 1; bin++) {
    below += histogram[bin]
    sum += bin * histogram[bin]
    const above = values.length - below
    if (below === 0 || above === 0) continue
    const between = below * above * (sum / below - (total - sum) / above) ** 2
    if (between > best) [best, threshold] = [between, bin]
  }
  const variance = n * squares - total ** 2
  return {
    threshold: ((threshold + 1) / bins) * most,
    // Both `best` and `variance` are multiplied by n squared, which cancels out.
    separation: variance > 0 ? best / variance : 0,
  }
}

/** Fills the holes of the component. */
function filled(component: Uint8Array, width: number, height: number): Uint8Array {
  const outside = Uint8Array.from(component, (value) => 1 - value)
  // The background is connected by sides only, because the component is connected by corners too: background that
  // touches only by a corner is enclosed.
  const { labels } = connectedComponents(outside, width, height, 4)
  const open = new Set<number>()
  const note = (i: number): void => void open.add(labels[i])
  for (let x = 0; x < width; x++) [x, (height - 1) * width + x].forEach(note)
  for (let y = 0; y < height; y++) [y * width, y * width + width - 1].forEach(note)
  open.delete(0)
  return Uint8Array.from(labels, (label) => (open.has(label) ? 0 : 1))
}

/** Dilates the component by a square that reaches `reach` pixels to each side. */
function grown(component: Uint8Array, width: number, height: number, reach: number): Uint8Array {
  if (reach === 0) return component
  const along = (
    source: Uint8Array,
    length: number,
    lines: number,
    at: (line: number, i: number) => number,
  ) => {
    const out = new Uint8Array(source.length)
    for (let line = 0; line < lines; line++) {
      let until = -1
      for (let i = -reach; i < length; i++) {
        if (i + reach < length && source[at(line, i + reach)] === 1) until = i + 2 * reach
        if (i >= 0 && i <= until) out[at(line, i)] = 1
      }
    }
    return out
  }
  const wide = along(component, width, height, (y, x) => y * width + x)
  return along(wide, height, width, (x, y) => y * width + x)
}
