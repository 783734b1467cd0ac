/** Colors a map without a GPU: the reference for `webgl.ts`, and its stand-in where WebGL 2 is missing. */

import { elementAt } from '../../shared/element-at.ts'
import { type Coloring, overlayAlpha, position } from './coloring.ts'
import { colorTable, tableSize } from './colormap.ts'
import type { RawMap } from './raw-map.ts'

/** Values that a map can hold. */
const levels = 65536

/**
 * RGBA bytes, row-major [height, width, 4], alpha not premultiplied. Each value's color is computed once: a map of
 * 4096 x 4096 has 16 million pixels and at most 65,536 values.
 */
export function colorOnCpu(map: RawMap, coloring: Coloring): Uint8ClampedArray<ArrayBuffer> {
  const table = colorTable(coloring.colorMap)
  const unit = map.scale / (levels - 1)
  const colors = new Uint8ClampedArray(levels * 4)
  const words = new Uint32Array(colors.buffer)
  const isKnown = new Uint8Array(levels)
  const pixels = new Uint32Array(map.width * map.height)
  if (map.values.length !== pixels.length)
    throw new RangeError(`A map of ${map.width} x ${map.height} has ${map.values.length} values.`)
  map.values.forEach((raw, i) => {
    if (isKnown[raw] === 0) {
      const t = position(raw * unit, coloring.fullScale)
      const entry = Math.round(t * (tableSize - 1)) * 4
      colors.set(table.subarray(entry, entry + 3), raw * 4)
      colors[raw * 4 + 3] = coloring.overlay ? Math.round(overlayAlpha(t) * 255) : 255
      isKnown[raw] = 1
    }
    pixels[i] = elementAt(words, raw)
  })
  return new Uint8ClampedArray(pixels.buffer)
}
