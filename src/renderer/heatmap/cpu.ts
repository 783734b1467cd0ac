/** Colors a map without a GPU: the reference for `webgl.ts`, and its stand-in where WebGL 2 is missing. */

import { type Coloring, overlayAlpha, position } from './coloring.ts'
import { colorTable, tableSize } from './colormap.ts'
import type { RawMap } from './raw-map.ts'

/** RGBA bytes, row-major [height, width, 4], alpha not premultiplied. */
export function colorOnCpu(map: RawMap, coloring: Coloring): Uint8ClampedArray<ArrayBuffer> {
  const table = colorTable(coloring.colorMap)
  const pixels = new Uint8ClampedArray(map.width * map.height * 4)
  const unit = map.scale / 65535
  map.values.forEach((raw, i) => {
    const t = position(raw * unit, coloring.fullScale)
    const entry = Math.round(t * (tableSize - 1)) * 4
    const at = i * 4
    pixels[at] = table[entry] ?? 0
    pixels[at + 1] = table[entry + 1] ?? 0
    pixels[at + 2] = table[entry + 2] ?? 0
    pixels[at + 3] = coloring.overlay ? Math.round(overlayAlpha(t) * 255) : 255
  })
  return pixels
}
