/**
 * How a value becomes a color, the same on the GPU (`webgl.ts`) and on the CPU (`cpu.ts`).
 *
 * With m = `fullScale`, a value v gets the color at t = min(1, v / m) of the map: one color means the same
 * value on every part of a run. Over a photograph low values are also transparent, so that what the model
 * finds normal stays visible: alpha = smoothstep(0.08, 0.5, t).
 */
import type { ColorMapName } from './colormap.ts'

export interface Coloring {
  colorMap: ColorMapName
  /** The anomaly value of the last color; `mapScale` of the review queue. */
  fullScale: number
  /** Transparent where values are low; else opaque everywhere. */
  overlay: boolean
}

export const overlayStart = 0.08
export const overlaySolid = 0.5

/** Share of the way through the color map, 0 to 1. */
export function position(value: number, fullScale: number): number {
  return fullScale > 0 ? Math.min(1, Math.max(0, value / fullScale)) : 0
}

/** Opacity over a photograph at a position of the color map, 0 to 1. */
export function overlayAlpha(t: number): number {
  const s = Math.min(1, Math.max(0, (t - overlayStart) / (overlaySolid - overlayStart)))
  return s * s * (3 - 2 * s)
}
