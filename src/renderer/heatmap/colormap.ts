/**
 * Colors for anomaly values. All maps grow in lightness from low to high, so that they order the same way
 * for every kind of color vision and on a gray print.
 */
import { interpolateCividis, interpolateInferno, interpolateViridis } from 'd3-scale-chromatic'

export const colorMapNames = ['inferno', 'viridis', 'cividis'] as const
export type ColorMapName = (typeof colorMapNames)[number]

const interpolators: Record<ColorMapName, (t: number) => string> = {
  inferno: interpolateInferno,
  viridis: interpolateViridis,
  cividis: interpolateCividis,
}

export const tableSize = 256

/** [red, green, blue] in 0..255 of a CSS color as d3 writes them: `#rrggbb` or `rgb(r, g, b)`. */
function channels(color: string): [number, number, number] {
  if (color.startsWith('#')) {
    const value = Number.parseInt(color.slice(1), 16)
    return [value >> 16, (value >> 8) & 255, value & 255]
  }
  const [red, green, blue] = (color.match(/\d+/g) ?? []).map(Number)
  if (red === undefined || green === undefined || blue === undefined)
    throw new RangeError(`${color} is no color of three channels.`)
  return [red, green, blue]
}

const tables = new Map<ColorMapName, Uint8Array<ArrayBuffer>>()

/** The map as RGBA bytes, [256, 4], opaque. */
export function colorTable(name: ColorMapName): Uint8Array<ArrayBuffer> {
  const known = tables.get(name)
  if (known !== undefined) return known
  const table = new Uint8Array(tableSize * 4)
  for (let i = 0; i < tableSize; i += 1) {
    table.set([...channels(interpolators[name](i / (tableSize - 1))), 255], i * 4)
  }
  tables.set(name, table)
  return table
}

/** A CSS gradient of the map, low to high, for a legend. */
export function cssGradient(name: ColorMapName, direction: string): string {
  const stops = Array.from({ length: 17 }, (_, i) => interpolators[name](i / 16))
  return `linear-gradient(${direction}, ${stops.join(', ')})`
}
