/** What the smart brush is growing from a point: it is shown while the tolerance changes, and becomes a shape. */
import type { RegionShape } from '../../../shared/label.ts'
import { regionShapeOf } from '../../../shared/region-shape.ts'
import type { Point } from '../../stage/points.ts'
import type { Size } from '../../stage/view.ts'
import { colorDistances, fillSmallHoles, grownRegion, type Pixels } from './grow-region.ts'

export const leastTolerance = 1
export const mostTolerance = 120
export const within = (tolerance: number): number =>
  Math.min(mostTolerance, Math.max(leastTolerance, Math.round(tolerance)))

/** Holes up to so many pixels are grain. */
const grain = 24
/** The preview is made with each movement, so it has at most so many pixels. */
const previewPixels = 1_000_000

export interface SmartBrush {
  /** Another photograph is shown, or none. */
  show(picture: CanvasImageSource | null, size: Size): void
  /** Begins at a point; nothing where it is outside of the photograph. */
  begin(at: Point, tolerance: number, color: string): void
  change(tolerance: number): void
  /** What has grown, which is then no longer shown; null where nothing has. */
  take(defectType: string): RegionShape | null
  drop(): void
}

export function createSmartBrush(preview: (picture: HTMLCanvasElement | null) => void): SmartBrush {
  let picture: CanvasImageSource | null = null
  let size: Size = { width: 1, height: 1 }
  /** Read from the photograph when the brush is first used on it. */
  let pixels: Pixels | null = null
  let growing: { at: Point; far: Uint8Array; inside: Uint8Array; color: string } | null = null

  function readPixels(): Pixels | null {
    if (picture === null) return null
    const canvas = document.createElement('canvas')
    canvas.width = size.width
    canvas.height = size.height
    const context = canvas.getContext('2d', { willReadFrequently: true })
    if (context === null) return null
    context.drawImage(picture, 0, 0, size.width, size.height)
    return context.getImageData(0, 0, size.width, size.height)
  }

  function show(): void {
    if (growing === null) {
      preview(null)
      return
    }
    const step = Math.max(1, Math.ceil(Math.sqrt((size.width * size.height) / previewPixels)))
    const width = Math.ceil(size.width / step)
    const height = Math.ceil(size.height / step)
    const image = new ImageData(width, height)
    const color = Number.parseInt(growing.color.slice(1), 16)
    // Opaque, little-endian: ABGR from the highest byte down.
    const word = (0xff << 24) | ((color & 0xff) << 16) | (color & 0xff00) | (color >> 16)
    const words = new Uint32Array(image.data.buffer)
    for (let y = 0; y < height; y += 1) {
      for (let x = 0; x < width; x += 1) {
        if (growing.inside[y * step * size.width + x * step] === 1) words[y * width + x] = word
      }
    }
    const canvas = document.createElement('canvas')
    canvas.width = width
    canvas.height = height
    canvas.getContext('2d')?.putImageData(image, 0, 0)
    preview(canvas)
  }

  function grow(tolerance: number): void {
    if (growing === null) return
    const { at, far } = growing
    const inside = grownRegion(far, size, at, within(tolerance))
    fillSmallHoles(inside, size, grain)
    growing = { ...growing, inside }
    show()
  }

  return {
    show(next, its) {
      picture = next
      size = its
      pixels = null
      growing = null
      preview(null)
    },
    begin(point, tolerance, color) {
      const at = { x: Math.floor(point.x), y: Math.floor(point.y) }
      if (at.x < 0 || at.y < 0 || at.x >= size.width || at.y >= size.height) return
      pixels ??= readPixels()
      if (pixels === null) return
      const far = colorDistances(pixels, at)
      growing = { at, far, inside: new Uint8Array(far.length), color }
      grow(tolerance)
    },
    change: grow,
    take(defectType) {
      const done = growing
      growing = null
      show()
      return done === null ? null : regionShapeOf(size, (index) => done.inside[index] === 1, defectType)
    },
    drop() {
      growing = null
      show()
    },
  }
}
